// What the live lane must skip because it would rehearse another world than the one written down.
#include "harness/lanes/live/live_run.hpp"

#include "base/test_files.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace watershed::harness {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

class LiveSkipReasonTest : public ::testing::Test {
 protected:
  LiveSkipReasonTest() {
    write("w.zone", "$ORIGIN example.\n$TTL 300\n@ IN SOA ns.example. host.example. 1 1 1 1 300\n");
    write("spam.yaml", "version: 1\nrules: []\n");
  }
  void write(const std::string& name, const std::string& text) { files_.write(name, text); }

  // Why a world is skipped whose router has these keys in world.yaml and these lines in its Postfix folder.
  std::string reason(const std::string& keys, const std::string& main, const std::string& master = "") {
    write("pf/main.cf", main + "mynetworks = 127.0.0.0/8\n");
    write("pf/master.cf", "smtp inet n - n - - smtpd\n" + master);
    write("world.yaml",
          "version: 1\nworld: w\nzones:\n  inside: { carries: [verification] }\n  other: { carries: [personal] }\n"
          "dns: w.zone\nhosts:\n  mx.example: { zone: inside, address: 192.0.2.25, router: pf" +
              keys + " }\n  filter.example: { zone: other, address: 192.0.2.80, spam_filter: spam.yaml }\n");
    const auto world = load_world(folder_, "w");
    if (!world) return render(world.error());
    return live_skip_reason(Scenario(), **world, sandbox::Level::root_namespaces).value_or("");
  }

  TestFiles files_;
  const fs::path& folder_ = files_.path();
};

TEST_F(LiveSkipReasonTest, AFilterAtAnotherHost) {
  EXPECT_THAT(reason(", milter: filter.example", "smtpd_milters = inet:filter.example:11332\n"),
              AllOf(HasSubstr("simulated lane only"), HasSubstr("mx.example"), HasSubstr("filter.example")));
  EXPECT_EQ(reason(", milter: filter.example", ""), "");  // it is not asked
  EXPECT_EQ(reason("", ""), "");
}

TEST_F(LiveSkipReasonTest, ASocketThatOnlyOneServiceNames) {
  const std::string own = ", spam_filter: spam.yaml";
  EXPECT_EQ(reason(own, "smtpd_milters = unix:a\nnon_smtpd_milters = $smtpd_milters\n"), "");
  EXPECT_EQ(reason(own, "smtpd_milters = unix:a\n", "26 inet n - n - - smtpd\n  -o smtpd_milters=\n"), "");
  EXPECT_THAT(reason(own, "", "26 inet n - n - - smtpd\n  -o smtpd_milters=unix:c\n"),
              AllOf(HasSubstr("simulated lane only"), HasSubstr("w/pf/master.cf:2"), HasSubstr("unix:c")));
  EXPECT_THAT(reason(own, "non_smtpd_milters = unix:b\n"), HasSubstr("w/pf/main.cf:1"));
}

}  // namespace
}  // namespace watershed::harness
