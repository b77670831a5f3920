#include "components/router/engine/next_hop.hpp"

#include "components/router/engine/long_lines.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace watershed::router {
namespace {

using ::testing::ElementsAre;

IpAddress ip(std::string_view text) { return *parse_ip_address(text); }

TEST(ParseNextHop, ReadsEveryForm) {
  ClientSettings smtp;
  struct Case {
    std::string text;
    Site site;
  };
  const std::vector<Case> cases = {
      {"a.example", {"a.example", {}, "", 25, true}},
      {"a.example:submission", {"a.example", {}, "", 587, true}},
      {"[mx.a.example]", {"mx.a.example", {}, "", 25, false}},
      {"[mx.a.example]:2525", {"mx.a.example", {}, "", 2525, false}},
      {"[192.0.2.7]:26", {"192.0.2.7", ip("192.0.2.7"), "", 26, false}},
      {"[2001:db8::1]", {"2001:db8::1", ip("2001:db8::1"), "", 25, false}},
      {"[IPv6:2001:db8::1]:26", {"2001:db8::1", ip("2001:db8::1"), "", 26, false}},
  };
  for (const Case& each : cases) {
    const auto sites = parse_next_hop(each.text, smtp);
    ASSERT_TRUE(sites) << each.text;
    EXPECT_THAT(*sites, ElementsAre(each.site)) << each.text;
  }
  EXPECT_FALSE(parse_next_hop("a.example:nonsense", smtp));
  EXPECT_FALSE(parse_next_hop("", smtp));
  EXPECT_EQ(parse_next_hop("[a.example], b.example", smtp)->size(), 2U);

  ClientSettings lmtp;
  lmtp.lmtp = true;
  lmtp.port = 24;
  lmtp.lookup_mx = false;
  EXPECT_THAT(*parse_next_hop("inet:store.example", lmtp), ElementsAre(Site{"store.example", {}, "", 24, false}));
  EXPECT_THAT(*parse_next_hop("inet:192.0.2.9:2003", lmtp),
              ElementsAre(Site{"192.0.2.9", ip("192.0.2.9"), "", 2003, false}));
  EXPECT_THAT(*parse_next_hop("unix:private/lmtp", lmtp), ElementsAre(Site{"", {}, "private/lmtp", 24, false}));
}

std::vector<std::string> names(const std::vector<Target>& targets) {
  std::vector<std::string> shown;
  for (const Target& target : targets) shown.push_back(target.display());
  return shown;
}

TEST(OrderTargets, PreferenceRulesThenFamily) {
  const std::vector<talk::MailHost> hosts = {{"b", 20, {ip("192.0.2.2"), ip("2001:db8::2")}},
                                             {"a", 10, {ip("192.0.2.1"), ip("2001:db8::1")}}};
  stage::Random random(1);
  ClientSettings client;
  client.preference = AddressPreference::ipv6;
  EXPECT_THAT(names(order_targets(hosts, 25, client, random)),
              ElementsAre("a[2001:db8::1]", "a[192.0.2.1]", "b[2001:db8::2]", "b[192.0.2.2]"));
  client.preference = AddressPreference::ipv4;
  EXPECT_THAT(names(order_targets(hosts, 25, client, random)),
              ElementsAre("a[192.0.2.1]", "a[2001:db8::1]", "b[192.0.2.2]", "b[2001:db8::2]"));
}

TEST(OrderTargets, EqualOnesAreShuffledFromTheSeed) {
  const std::vector<talk::MailHost> hosts = {{"a", 10, {ip("192.0.2.1")}}, {"b", 10, {ip("192.0.2.2")}}};
  ClientSettings client;
  stage::Random random(1);
  int a_first = 0;
  for (int count = 0; count < 100; ++count) a_first += order_targets(hosts, 25, client, random)[0].host == "a";
  EXPECT_GT(a_first, 20);
  EXPECT_LT(a_first, 80);
  client.randomize_addresses = false;
  for (int count = 0; count < 20; ++count) EXPECT_EQ(order_targets(hosts, 25, client, random)[0].host, "a");
}

TEST(OrderTargets, OneFamilyDoesNotCrowdOutTheOther) {
  std::vector<talk::MailHost> hosts;
  for (std::uint8_t number = 1; number <= 5; ++number) {
    IpAddress v6 = ip("2001:db8::");
    v6.bytes[15] = number;
    hosts.push_back({"six", 10, {v6}});
  }
  hosts.push_back({"four", 20, {ip("192.0.2.1")}});
  ClientSettings client;
  stage::Random random(1);
  const auto targets = order_targets(hosts, 25, client, random);
  EXPECT_EQ(targets.size(), 5U);
  EXPECT_EQ(targets.back().host, "four");
}

TEST(CutAtSelf, KeepsOnlyBetterExchangers) {
  std::vector<Target> targets = {{ip("192.0.2.1"), 25, "a", 10},
                                 {ip("192.0.2.2"), 25, "b", 20},
                                 {ip("192.0.2.3"), 25, "c", 20},
                                 {ip("192.0.2.4"), 25, "d", 30}};
  const std::vector<IpAddress> own = {ip("192.0.2.3")};
  EXPECT_TRUE(cut_at_self(targets, own));
  EXPECT_THAT(names(targets), ElementsAre("a[192.0.2.1]"));
  targets = {{ip("192.0.2.3"), 25, "c", 10}, {ip("192.0.2.4"), 25, "d", 10}};
  EXPECT_FALSE(cut_at_self(targets, own));
}

TEST(LongLines, AreBrokenLikePostfixDoes) {
  const std::string text = "Subject: x\r\n\r\n" + std::string(25, 'a') + "\r\n" + std::string(10, 'b') + "\r\n";
  const mail::Message message = mail::Message::parse(text);
  EXPECT_TRUE(has_longer_line(message.body(), 24));
  EXPECT_FALSE(has_longer_line(message.body(), 25));
  EXPECT_EQ(break_long_lines(message, 10).bytes(), "Subject: x\r\n\r\n" + std::string(10, 'a') + "\r\n " +
                                                       std::string(10, 'a') + "\r\n aaaaa\r\n" + std::string(10, 'b') +
                                                       "\r\n");
  EXPECT_EQ(break_long_lines(message, 25).bytes(), text);
}

TEST(LongLines, AreFoundWhereverTheyStand) {
  const auto length_of = [](std::string_view text) {
    std::size_t limit = 0;
    while (has_longer_line(text, limit)) ++limit;
    return limit;
  };
  const std::string long_line(7, 'x');
  for (const char* const line_end : {"\r\n", "\n"}) {
    const std::string short_line = std::string("abc") + line_end;
    EXPECT_EQ(length_of(short_line), 3U);
    EXPECT_EQ(length_of(long_line + line_end + short_line), 7U);
    EXPECT_EQ(length_of(short_line + long_line + line_end), 7U);
    EXPECT_EQ(length_of(short_line + short_line + long_line), 7U);
    EXPECT_EQ(length_of(std::string(line_end) + line_end + short_line), 3U);
  }
  EXPECT_EQ(length_of(""), 0U);
  EXPECT_EQ(length_of("\r\n\r\n"), 0U);
  EXPECT_EQ(length_of("abcdefg\r"), 7U);
}

}  // namespace
}  // namespace watershed::router
