// What of a mailboxes file Dovecot's configuration can say, and what is refused.
#include "harness/lanes/live/dovecot_host.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace watershed::harness {
namespace {

using testing::HasSubstr;

store::MailboxSettings mailbox(const std::string& local_part, const std::string& extension,
                               std::map<std::string, std::string> uses) {
  store::MailboxSettings settings;
  settings.address = {local_part, "x.example"};
  settings.at = {"mailboxes/" + local_part + ".yaml", 3, 1};
  settings.folder_by_special_use = std::move(uses);
  if (!extension.empty()) {
    const auto script = sieve::compile("require \"" + extension + "\"; keep;", "s.sieve");
    EXPECT_TRUE(script) << extension;
    settings.script = *script;
  }
  return settings;
}

TEST(DovecotSpecialUses, AreWrittenWhereAScriptAsks) {
  const auto none = dovecot_special_uses({mailbox("a", "fileinto", {{"\\junk", "Spam"}}), mailbox("b", "", {})});
  ASSERT_TRUE(none);
  EXPECT_EQ(*none, "");
  const auto some =
      dovecot_special_uses({mailbox("a", "special-use", {{"\\all", "Old"}, {"\\archive", "Old"}, {"\\junk", "Spam"}}),
                            mailbox("b", "fileinto", {})});
  ASSERT_TRUE(some);
  EXPECT_THAT(*some, testing::AllOf(HasSubstr("mailbox \"Old\" {\n    special_use = \\all \\archive\n"),
                                    HasSubstr("mailbox \"Spam\" {\n    special_use = \\junk\n"),
                                    HasSubstr("sieve_extensions = +special-use")));
}

TEST(DovecotSpecialUses, WhatDovecotCannotBeGivenIsRefused) {
  const auto differing = dovecot_special_uses(
      {mailbox("a", "special-use", {{"\\junk", "Spam"}}), mailbox("b", "special-use", {{"\\junk", "Bad"}})});
  ASSERT_FALSE(differing);
  EXPECT_THAT(differing.error().message, testing::AllOf(HasSubstr("a.yaml:3"), HasSubstr("b.yaml:3")));
  for (const char* extension : {"mboxmetadata", "servermetadata"}) {
    const auto annotated = dovecot_special_uses({mailbox("a", extension, {})});
    ASSERT_FALSE(annotated);
    EXPECT_THAT(annotated.error().message, HasSubstr("simulated lane only"));
  }
}

}  // namespace
}  // namespace watershed::harness
