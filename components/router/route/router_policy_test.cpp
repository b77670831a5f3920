// The parts together: one decider, several smtpd services with their own -o overrides.
#include "components/router/route/router_policy.hpp"

#include "components/router/postfix/test_folder.hpp"
#include "components/router/route/address_form.hpp"

#include <gmock/gmock.h>

namespace watershed::router {
namespace {

using postfix::TestFolder;

TEST(RouteDecider, ServicesDifferByTheirOverrides) {
  const TestFolder folder{
      {"main.cf",
       "compatibility_level = 3.6\nmyhostname = mx.example.com\nmynetworks = 127.0.0.0/8\nmydestination = example.com\n"
       "local_recipient_maps = inline:{{joe = x}}\nvirtual_alias_maps = inline:{{joe@example.com = j@x.example}}\n"
       "header_checks = regexp:{{/^X:/ REJECT}}\ncontent_filter = smtp:[filter.example]:10024\n"},
      {"master.cf",
       "smtp inet n - y - - smtpd\n"
       "127.0.0.1:10025 inet n - y - - smtpd\n"
       "  -o content_filter= -o smtpd_relay_restrictions=permit_mynetworks,reject\n"
       "  -o receive_override_options=no_unknown_recipient_checks,no_header_body_checks,no_address_mappings\n"
       "cleanup unix n - y - 0 cleanup\nrewrite unix - - y - - trivial-rewrite\nsmtp unix - - y - - smtp\n"
       "local unix - n n - - local\nerror unix - - y - - error\n"}};
  const RouteDecider decider(folder.config());
  EXPECT_THAT(decider.not_understood(), testing::IsEmpty());
  EXPECT_EQ(decider.content_filter("smtp"), "smtp:[filter.example]:10024");
  EXPECT_EQ(decider.content_filter("127.0.0.1:10025"), "");
  EXPECT_FALSE(decider.content_checks("smtp").empty());
  EXPECT_TRUE(decider.content_checks("127.0.0.1:10025").empty());

  const std::vector<mail::Recipient> recipients{{mail::ForwardPath({"joe", "example.com"}), {}, {}}};
  EXPECT_EQ(decider.expand({}, recipients, "smtp").recipients.front().recipient.forward_path.address().domain,
            "x.example");
  EXPECT_EQ(
      decider.expand({}, recipients, "127.0.0.1:10025").recipients.front().recipient.forward_path.address().domain,
      "example.com");
  EXPECT_EQ(decider.expand_internal({}, recipients).recipients.front().recipient.forward_path.address().domain,
            "x.example");

  SessionFacts session;
  session.client_address = *parse_ip_address("127.0.0.1");
  const mail::ForwardPath unknown({"unknown", "example.com"});
  EXPECT_EQ(decider.access("smtp").check_recipient(session, {}, unknown, 0, {}).verdict,
            AccessDecision::Verdict::refuse);
  EXPECT_EQ(decider.access("127.0.0.1:10025").check_recipient(session, {}, unknown, 0, {}).verdict,
            AccessDecision::Verdict::accept);

  const Resolution filtered = decider.resolve({}, {"joe", "example.com"}, "smtp:[filter.example]:10024");
  EXPECT_EQ(filtered.transport + " " + filtered.nexthop, "smtp [filter.example]:10024");
  EXPECT_EQ(decider.resolve({}, {"joe", "example.com"}, "smtp:").nexthop, "example.com");
  EXPECT_EQ(decider.resolve({}, {"joe", "example.com"}).transport, "local");
  EXPECT_EQ(decider.deliver_local("local", {}, {"joe", "example.com"}).actions.size(), 1U);
}

}  // namespace
}  // namespace watershed::router
