// End to end: REDIRECT beside the actions and settings that choose another next hop.
#include "components/router/engine/test_world.hpp"

namespace watershed::router::testing {
namespace {

using stage::FactKind;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class RouterRedirectTest : public World {
 protected:
  RouterRedirectTest()
      : filter(receiver("filter.example", "192.0.2.40")), duty(receiver("mx.b.example", "192.0.2.30")) {
    mx("b.example", {"10 mx.b.example"});
  }

  void redirecting(const std::string& more) {
    router("mx.a.example", "192.0.2.25",
           {{"main.cf",
             "mydomain = example\nappend_dot_mydomain = yes\nvirtual_alias_maps = inline:{duty@b.example=x@c.example}\n"
             "header_checks = regexp:{ {/^Subject: alarm/ REDIRECT duty@b.example} {/^Subject: short/ REDIRECT duty@b} "
             "}\n" +
                 more}});
  }
  void send_about(const std::string& subject) {
    send("192.0.2.25", envelope("s@c.example", {"r@c.example"}), "Subject: " + subject + "\r\n\r\nx\r\n");
    EXPECT_TRUE(run(60s));
  }

  Receiver& filter;
  Receiver& duty;
};

// access(5) REDIRECT "overrides the FILTER action"; qmgr(8) resolves the target instead of the filter.
TEST_F(RouterRedirectTest, OverridesContentFilter) {
  redirecting("content_filter = smtp:[filter.example]\n");
  send_about("alarm");
  EXPECT_THAT(duty.recipients(), ElementsAre("duty@b.example"));
  EXPECT_THAT(filter.taken, IsEmpty());
  send_about("else");
  EXPECT_THAT(filter.recipients(), ElementsAre("r@c.example"));
}

TEST_F(RouterRedirectTest, OverridesAFilterAction) {
  redirecting(
      "smtpd_recipient_restrictions = check_recipient_access inline:{ {r@c.example = FILTER smtp:[filter.example]} "
      "}\n");
  send_about("alarm");
  EXPECT_THAT(duty.recipients(), ElementsAre("duty@b.example"));
  EXPECT_THAT(filter.taken, IsEmpty());
  send_about("else");
  EXPECT_THAT(filter.recipients(), ElementsAre("r@c.example"));
}

TEST_F(RouterRedirectTest, CompletesTheAddressAndMapsItNot) {
  redirecting("");
  send_about("short");
  EXPECT_THAT(duty.recipients(), ElementsAre("duty@b.example"));
}

}  // namespace
}  // namespace watershed::router::testing
