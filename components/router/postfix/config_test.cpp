// A folder as a whole: what is found, what is missing, what is not understood.
#include "components/router/postfix/config.hpp"

#include "components/router/postfix/match_list.hpp"
#include "components/router/postfix/test_folder.hpp"

#include <gmock/gmock.h>

namespace watershed::postfix {
namespace {

std::vector<std::string> lines_of(const std::vector<NotUnderstood>& items) {
  std::vector<std::string> lines;
  for (const NotUnderstood& item : items) lines.push_back(to_file_line(item.at) + " " + item.text);
  return lines;
}

TEST(Config, DefaultsAreThoseOfPostfix37) {
  const PostfixConfig config = TestFolder{{"main.cf", "mynetworks_style = host\n"}}.config();
  const Parameters& parameters = config.parameters();
  EXPECT_EQ(parameters.text("myhostname"), "vm.localdomain");
  EXPECT_EQ(parameters.text("mydomain"), "localdomain");
  EXPECT_EQ(parameters.list("mydestination"),
            (std::vector<std::string>{"vm.localdomain", "localhost.localdomain", "localhost"}));
  EXPECT_EQ(parameters.duration("maximal_queue_lifetime"), std::chrono::hours(5 * 24));
  EXPECT_EQ(parameters.duration("minimal_backoff_time"), std::chrono::seconds(300));
  EXPECT_EQ(parameters.number("virtual_alias_recursion_limit"), 1000);
  EXPECT_TRUE(parameters.flag("append_dot_mydomain"));  // compatibility_level 0
  EXPECT_EQ(parameters.text("smtpd_relay_restrictions"), "");
  EXPECT_EQ(parameters.text("virtual_alias_domains"), "");
  EXPECT_EQ(parameters.text("mynetworks"), "127.0.0.1/32 [::1]/128 192.0.2.25/32 ");
  EXPECT_EQ(parameters.transport_text("smtp", "destination_concurrency_limit"), "20");
  EXPECT_EQ(parameters.transport_text("local", "destination_concurrency_limit"), "2");
  EXPECT_EQ(describe(parameters.decided_by("relay_domains")), "postconf default relay_domains");
  EXPECT_EQ(parameters.text("syslog_name"), "postfix");
}

TEST(Config, ModernLevelsChangeDefaults) {
  const PostfixConfig config =
      TestFolder{
          {"main.cf", "compatibility_level = 3.6\nmyhostname = mx.ctbto.int\nslow_destination_concurrency_limit = 3\n"},
          {"master.cf", "slow unix - - y - - smtp\n"}}
          .config();
  const Parameters& parameters = config.parameters();
  EXPECT_EQ(parameters.text("mydomain"), "ctbto.int");
  EXPECT_FALSE(parameters.flag("append_dot_mydomain"));
  EXPECT_EQ(parameters.list("smtpd_relay_restrictions").size(), 3U);
  EXPECT_TRUE(parameters.flag("smtpd_relay_before_recipient_restrictions"));
  EXPECT_EQ(parameters.transport_text("slow", "destination_concurrency_limit"), "3");
  EXPECT_EQ(parameters.transport_text("other", "destination_recipient_limit"), "50");
  EXPECT_EQ(describe(parameters.decided_by("myhostname")), "pf/main.cf:2 (myhostname)");
  EXPECT_THAT(lines_of(config.not_understood()), testing::IsEmpty());
}

TEST(Config, ProductionPathsMeanTheFolder) {
  const TestFolder folder{
      {"main.cf",
       "transport_maps = hash:/etc/postfix/transport, hash:$config_directory/second\nalias_maps = hash:/etc/aliases\n"
       "relay_domains = /etc/postfix/relay.list\nmynetworks = 127.0.0.0/8\n"},
      {"transport", "a smtp:[x]\n"},
      {"second", "b smtp:[y]\n"},
      {"aliases", "root: x@y.example\nlist: :include:/etc/postfix/members\n"},
      {"members", "m@x.example\n"},
      {"relay.list", "one.example\n!no.two.example, .two.example\n"}};
  const PostfixConfig config = folder.config();
  const Maps maps = config.maps(config.parameters(), "transport_maps");
  EXPECT_EQ((*maps.find("b"))->at, (SourcePosition{"pf/second", 1, 1}));
  EXPECT_NE(config.file("/etc/postfix/members"), nullptr);
  const MatchList relay(config, config.parameters(), "relay_domains", MatchFlavor::domain, false);
  EXPECT_EQ(describe(relay.match("ONE.example").decided_by), "pf/relay.list:1 (relay_domains)");
  EXPECT_TRUE(relay.match("x.two.example").matched);
  EXPECT_FALSE(relay.match("no.two.example").matched);
  EXPECT_FALSE(relay.match("two.example").matched);
  EXPECT_FALSE(relay.match("x.one.example").matched);
}

TEST(Config, WrongFilesAreErrorsWithTheirPlace) {
  struct Case {
    std::string_view main;
    int line;
  };
  constexpr Case cases[] = {{"a = 1\ntransport_maps = hash:/etc/postfix/missing\n", 2},
                            {"mydestination = $myhostname ${x\n", 1},
                            {"soft_bounce = maybe\n", 1},
                            {"\nmaximal_queue_lifetime = 5 days\n", 2},
                            {"hopcount_limit = many\n", 1},
                            {"relay_domains = 2001:db8::/32\n", 1},
                            {"virtual_alias_maps = transport\nmydestination = /etc/postfix/none\n", 2},
                            {"mydestination = ../escape:x, hash:../../etc/passwd\n", 1}};
  for (const Case& each : cases) {
    const auto loaded = TestFolder{{"main.cf", each.main}}.load();
    ASSERT_FALSE(loaded.has_value()) << each.main;
    EXPECT_EQ(loaded.error().front().at.file, "pf/main.cf");
    EXPECT_EQ(loaded.error().front().at.line, each.line) << each.main;
  }
  const TestFolder without_main{{"master.cf", ""}};
  EXPECT_FALSE(without_main.load().has_value());
  const auto table = TestFolder{{"main.cf", "transport_maps = hash:t\n"}, {"t", "x y\nbroken\n"}}.load();
  ASSERT_FALSE(table.has_value());
  EXPECT_EQ(table.error().front().at, (SourcePosition{"pf/t", 2, 1}));
}

TEST(Config, WhatIsNotModelledIsListedByLine) {
  const TestFolder folder{{"main.cf",
                           "mynetworks = 127.0.0.0/8\n"
                           "mailbox_command = /usr/bin/procmail\n"
                           "smtp_tls_security_level = may\n"
                           "smtp_generic_maps = hash:/etc/postfix/generic\n"
                           "relay_domians = x.example\n"
                           "my_own = 10\nsmtpd_recipient_limit = $my_own\n"
                           "virtual_alias_maps = ldap:/etc/postfix/ldap.cf\n"
                           "notify_classes = bounce\n"
                           "smtp_tls_loglevel = 1\n"
                           "message_drop_headers = bcc, content-length, resent-bcc, return-path\n"
                           "smtp_header_checks = regexp:/etc/postfix/out_checks\n"},
                          {"master.cf",
                           "smtp inet n - y - - smtpd -o smtpd_proxy_filter=127.0.0.1:10025\n"
                           "25 inet n - y - 1 postscreen\n"
                           "smtp unix - - y - - smtp -o bogus_name=1\n"}};
  const PostfixConfig config = folder.config();
  EXPECT_THAT(
      lines_of(config.not_understood()),
      testing::ElementsAre(
          testing::StartsWith("pf/main.cf:2 mailbox_command"), testing::StartsWith("pf/main.cf:4 smtp_generic_maps"),
          testing::AllOf(testing::StartsWith("pf/main.cf:5 "), testing::HasSubstr("did you mean relay_domains")),
          testing::StartsWith("pf/main.cf:9 notify_classes"), testing::StartsWith("pf/main.cf:12 smtp_header_checks"),
          testing::StartsWith("pf/master.cf:1 service smtp: smtpd_proxy_filter"),
          testing::StartsWith("pf/master.cf:2 service 25 runs postscreen"),
          testing::StartsWith("pf/master.cf:3 service smtp: bogus_name"),
          testing::StartsWith("pf/main.cf:8 table ldap:")));
}

// The client's own checks change content at delivery, and nothing here does that.
TEST(Config, ChecksOfTheClientAreNotUnderstood) {
  const TestFolder folder{{"main.cf",
                           "mynetworks = 127.0.0.0/8\nsmtp_header_checks =\n"
                           "smtp_body_checks = regexp:{{/^CHK2/ IGNORE}}\n"
                           "lmtp_mime_header_checks = $smtp_body_checks\n"},
                          {"master.cf",
                           "smtp inet n - y - - smtpd\nsmtp unix - - y - - smtp\n"
                           "  -o { smtp_nested_header_checks = regexp:{{/^Subject:/ IGNORE}} }\n"}};
  EXPECT_THAT(lines_of(folder.config().not_understood()),
              testing::ElementsAre(testing::StartsWith("pf/main.cf:3 smtp_body_checks"),
                                   testing::StartsWith("pf/main.cf:4 lmtp_mime_header_checks"),
                                   testing::StartsWith("pf/master.cf:2 service smtp: smtp_nested_header_checks")));
}

TEST(Config, AnOverrideIsUnderstoodWhereTheProgramsParametersAreRead) {
  const TestFolder folder{{"main.cf",
                           "mynetworks = 127.0.0.0/8\nalias_maps = hash:/etc/aliases\nrelayhost = [out.example]\n"
                           "virtual_alias_domains = a.example\n"},
                          {"master.cf",
                           "smtp inet n - y - - smtpd -o smtpd_reject_unlisted_recipient=no -o content_filter=x:\n"
                           "  -o local_recipient_maps= -o mynetworks=127.0.0.0/8 -o relayhost=[other.example]\n"
                           "cleanup unix n - y - 0 cleanup -o virtual_alias_maps=inline:{{a=b@c.example}}\n"
                           "rewrite unix - - y - - trivial-rewrite -o relayhost=[other.example]\n"
                           "local unix - n n - - local -o luser_relay=l@x.example -o mydestination=b.example\n"
                           "pickup unix n - y 60 1 pickup -o content_filter=\n"
                           "  -o receive_override_options=no_address_mappings\n"
                           "slow unix - - y - - smtp -o smtp_connect_timeout=60s -o relayhost=[out.example]\n"
                           "  -o initial_destination_concurrency=1\n"},
                          {"aliases", "a: b@x.example\n"}};
  EXPECT_THAT(
      lines_of(folder.config().not_understood()),
      testing::ElementsAre("pf/master.cf:1 service smtp: relayhost = [other.example] is not modelled for smtpd alone",
                           "pf/master.cf:5 service local: mydestination = b.example is not modelled for local alone"));
}

TEST(Config, ServiceOverridesAreOnTop) {
  const TestFolder folder{{"main.cf", "content_filter = a:\nx = 5\n"},
                          {"master.cf", "smtp inet n - y - - smtpd -o content_filter=b:$x -o content_filter=c:$x\n"}};
  const PostfixConfig config = folder.config();
  const Parameters smtpd = config.parameters_of(config.master().smtpd_services().front());
  EXPECT_EQ(smtpd.text("content_filter"), "c:5");
  EXPECT_EQ(config.parameters().text("content_filter"), "a:");
  EXPECT_EQ(smtpd.where("content_filter").file, "pf/master.cf");
}

TEST(MatchList, NetworksNamesAndTables) {
  const TestFolder folder{{"main.cf", "mynetworks = !192.0.2.9, 192.0.2.0/24, [2001:db8::]/32, example.com, hash:n\n"},
                          {"n", "198.51.100.7 x\n"}};
  const PostfixConfig config = folder.config();
  const MatchList networks(config, config.parameters(), "mynetworks", MatchFlavor::network, true);
  const auto matches = [&](std::string_view name, std::string_view address) {
    const IpAddress parsed = *parse_ip_address(address);
    return networks.match(name, &parsed).matched;
  };
  EXPECT_TRUE(matches("unknown", "192.0.2.7"));
  EXPECT_FALSE(matches("unknown", "192.0.2.9"));
  EXPECT_TRUE(matches("unknown", "2001:db8::5"));
  EXPECT_TRUE(matches("host.example.com", "203.0.113.1"));
  EXPECT_TRUE(matches("unknown", "198.51.100.7"));
  EXPECT_FALSE(matches("unknown", "198.51.100.8"));
}

}  // namespace
}  // namespace watershed::postfix
