// pipe(8): attributes, macros, and what is refused because it is not modelled.
#include "components/router/postfix/pipe_service.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace watershed::postfix {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Service service(std::string_view arguments) {
  const auto master = MasterCf::parse("procmail unix - n n - - pipe\n  " + std::string(arguments) + "\n", "master.cf");
  return master->services().front();
}

PipeMacros macros() {
  return {"op@station.example",   {"AutoDRM+x", "Ctbto.org"}, {"a.drm", "ctbto.org"}, "Ctbto.org", "4ABC", "+",
          std::to_string(10 * 10)};
}

TEST(PipeService, ReadsItsAttributesUpToArgv) {
  const auto pipe = pipe_service_of(service("flags=DR user=mail:mail null_sender= argv=/usr/bin/procmail -m user=x"));
  ASSERT_TRUE(pipe);
  EXPECT_EQ(pipe->user, "mail");
  EXPECT_EQ(pipe->null_sender, "");
  EXPECT_EQ(pipe->program(), "procmail");
  EXPECT_TRUE(pipe->has_flag('D'));
  EXPECT_FALSE(pipe->has_flag('u'));
  EXPECT_THAT(pipe->command, ElementsAre("/usr/bin/procmail", "-m", "user=x"));
}

TEST(PipeService, SaysWhatItDoesNotModel) {
  EXPECT_THAT(pipe_service_of(service("flags=DRF user=mail argv=x")).error().message, HasSubstr("flag 'F'"));
  EXPECT_THAT(pipe_service_of(service("user=mail size=10 argv=x")).error().message, HasSubstr("attribute size"));
  EXPECT_THAT(pipe_service_of(service("argv=x")).error().message, HasSubstr("no user="));
  EXPECT_THAT(pipe_service_of(service("user=mail")).error().message, HasSubstr("no argv="));
}

TEST(PipeService, FillsInMacrosAndFoldsCaseWhereFlagsSaySo) {
  const auto plain = pipe_service_of(
      service("user=mail argv=x ${user} $mailbox $(extension) {a ${domain} b} $$5 ${sender} ${recipient}"));
  EXPECT_THAT(*expand_command(*plain, macros()), ElementsAre("x", "AutoDRM", "AutoDRM+x", "x", "a Ctbto.org b", "$5",
                                                             "op@station.example", "AutoDRM+x@Ctbto.org"));
  const auto folded = pipe_service_of(service("flags=hu user=mail argv=x ${user} ${domain} ${recipient}"));
  EXPECT_THAT(*expand_command(*folded, macros()), ElementsAre("x", "autodrm", "ctbto.org", "autodrm+x@ctbto.org"));
  const auto wrong = pipe_service_of(service("user=mail argv=x ${nope}"));
  EXPECT_THAT(expand_command(*wrong, macros()).error().message, HasSubstr("${nope}"));
  const auto open = pipe_service_of(service("user=mail argv=x ${user"));
  EXPECT_FALSE(expand_command(*open, macros()));
}

}  // namespace
}  // namespace watershed::postfix
