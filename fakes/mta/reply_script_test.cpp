// The reply script: which rule acts on which encounter.
#include "fakes/mta/reply_script.hpp"

#include <gtest/gtest.h>

namespace watershed::mta {
namespace {

using std::chrono::seconds;

mail::Envelope envelope_of(std::string_view reverse_path, std::vector<std::string> recipients) {
  mail::Envelope envelope;
  envelope.reverse_path = *mail::parse_reverse_path(reverse_path);
  for (const std::string& recipient : recipients) {
    envelope.recipients.push_back({*mail::parse_forward_path("<" + recipient + ">"), {}, {}});
  }
  return envelope;
}

ScriptRule rule(std::string name, ScriptStage at, ScriptVerb verb = ScriptVerb::drop) {
  ScriptRule made;
  made.name = std::move(name);
  made.at = at;
  made.action.verb = verb;
  return made;
}

// Asks `count` times and writes down who acted: "-a-a".
std::string acted(ReplyScript& script, const Encounter& encounter, int count) {
  std::string names;
  for (int index = 0; index < count; ++index) {
    const ScriptRule* const found = script.decide(encounter);
    names += found == nullptr ? "-" : found->name;
  }
  return names;
}

ReplyScript script_of(std::vector<ScriptRule> rules, std::uint64_t seed = 1) {
  return ReplyScript(std::move(rules), stage::Random(seed));
}

TEST(ReplyScript, CountsAttempts) {
  struct Case {
    Attempts attempts;
    std::uint64_t times;
    std::string expected;
  };
  constexpr auto all = std::numeric_limits<std::uint64_t>::max();
  for (const Case& each :
       {Case{{1, 1, 1}, all, "a---------"}, Case{{2, 3, 1}, all, "-aa-------"}, Case{{1, all, 3}, all, "--a--a--a-"},
        Case{{1, all, 1}, 2, "aa--------"}, Case{{}, all, "aaaaaaaaaa"}, Case{{4, all, 2}, 2, "---a-a----"}}) {
    ScriptRule one = rule("a", ScriptStage::connect);
    one.attempts = each.attempts;
    one.times = each.times;
    ReplyScript script = script_of({one});
    EXPECT_EQ(acted(script, {.at = ScriptStage::connect}, 10), each.expected);
  }
}

TEST(ReplyScript, FirstMatchWinsThenFallsThrough) {
  ScriptRule first = rule("a", ScriptStage::mail);
  first.times = 2;
  ScriptRule second = rule("b", ScriptStage::any);
  second.times = 2;
  ReplyScript script = script_of({first, second, rule("c", ScriptStage::mail)});
  const mail::Envelope envelope = envelope_of("<a@b.example>", {});
  EXPECT_EQ(acted(script, {.at = ScriptStage::mail, .envelope = &envelope}, 6), "aabbcc");
  EXPECT_EQ(acted(script, {.at = ScriptStage::hello}, 1), "-");
  script.add_first(rule("d", ScriptStage::hello));
  EXPECT_EQ(acted(script, {.at = ScriptStage::hello}, 1), "d");
  EXPECT_EQ(script.remove("d"), 1U);
  EXPECT_EQ(script.remove("d"), 0U);
  EXPECT_EQ(acted(script, {.at = ScriptStage::hello}, 1), "-");
}

TEST(ReplyScript, MatchesPatternsWhereTheyAreKnown) {
  ScriptRule one = rule("a", ScriptStage::any);
  one.recipient = "*@b.example";
  one.reverse_path = "<>";
  one.client = "192.0.2.0/24";
  ReplyScript script = script_of({one});
  const IpAddress inside = *parse_ip_address("192.0.2.9");
  const mail::Envelope notice = envelope_of("<>", {});
  const mail::Envelope taken = envelope_of("<>", {"x@c.example", "y@b.example"});
  const mail::Envelope other = envelope_of("<>", {"x@c.example"});
  const mail::Envelope named = envelope_of("<a@b.example>", {"y@b.example"});
  const mail::Recipient& here = taken.recipients[1];
  const mail::Recipient& elsewhere = taken.recipients[0];
  const auto acts = [&](ScriptStage at, IpAddress client, const mail::Envelope* envelope,
                        const mail::Recipient* recipient) {
    return script.decide({at, client, envelope, recipient, {}}) != nullptr;
  };
  EXPECT_FALSE(acts(ScriptStage::connect, inside, nullptr, nullptr));
  EXPECT_FALSE(acts(ScriptStage::mail, inside, &notice, nullptr));
  EXPECT_TRUE(acts(ScriptStage::rcpt, inside, &notice, &here));
  EXPECT_FALSE(acts(ScriptStage::rcpt, inside, &notice, &elsewhere));
  EXPECT_FALSE(acts(ScriptStage::rcpt, *parse_ip_address("192.0.3.9"), &notice, &here));
  EXPECT_TRUE(acts(ScriptStage::content, inside, &taken, nullptr));
  EXPECT_FALSE(acts(ScriptStage::content, inside, &other, nullptr));
  EXPECT_FALSE(acts(ScriptStage::content, inside, &taken, &elsewhere));  // LMTP
  EXPECT_FALSE(acts(ScriptStage::content, inside, &named, nullptr));
}

TEST(ReplyScript, KeepsItsTimeWindow) {
  ScriptRule one = rule("a", ScriptStage::connect);
  one.from = seconds(10);
  one.until = seconds(20);
  ReplyScript script = script_of({one});
  std::string names;
  for (const int at : {9, 10, 19, 20}) names += acted(script, {.at = ScriptStage::connect, .now = seconds(at)}, 1);
  EXPECT_EQ(names, "-aa-");
}

TEST(ReplyScript, RatesComeFromTheSeed) {
  ScriptRule one = rule("a", ScriptStage::connect);
  one.rate = 0.3;
  ReplyScript script = script_of({one});
  ReplyScript same = script_of({one});
  ReplyScript other = script_of({one}, 2);
  const std::string names = acted(script, {.at = ScriptStage::connect}, 1000);
  EXPECT_EQ(names, acted(same, {.at = ScriptStage::connect}, 1000));
  EXPECT_NE(names, acted(other, {.at = ScriptStage::connect}, 1000));
  EXPECT_NEAR(static_cast<double>(std::count(names.begin(), names.end(), 'a')), 300.0, 50.0);
}

TEST(ReplyScript, CountsByAddressForGreylisting) {
  ScriptRule grey = rule("a", ScriptStage::rcpt);
  grey.attempts = {1, 1, 1};
  grey.count_by = CountBy::address;
  ReplyScript script = script_of({grey});
  const mail::Envelope envelope = envelope_of("<a@b.example>", {});
  const mail::Envelope other = envelope_of("<other@b.example>", {});
  const mail::Envelope recipients = envelope_of("<>", {"x@c.example", "X@C.example", "y@c.example"});
  const auto ask = [&](const mail::Envelope& from, std::size_t recipient) {
    return acted(script, {.at = ScriptStage::rcpt, .envelope = &from, .recipient = &recipients.recipients[recipient]},
                 1);
  };
  EXPECT_EQ(ask(envelope, 0), "a");
  EXPECT_EQ(ask(envelope, 2), "a");
  EXPECT_EQ(ask(other, 0), "a");
  EXPECT_EQ(ask(envelope, 1), "-");
  EXPECT_EQ(ask(envelope, 2), "-");
}

TEST(ReplyScript, ContentVerbsAreForContentAlone) {
  ReplyScript script = script_of({rule("a", ScriptStage::any, ScriptVerb::keep_then_drop)});
  EXPECT_EQ(acted(script, {.at = ScriptStage::connect}, 1), "-");
  EXPECT_EQ(acted(script, {.at = ScriptStage::content}, 1), "a");
}

TEST(ReplyScript, NamesFaultsOfRules) {
  const auto fault = [](auto change) {
    ScriptRule one = rule("a", ScriptStage::rcpt);
    change(one);
    return script_rule_fault(one);
  };
  EXPECT_FALSE(fault([](ScriptRule&) {}));
  const auto reply = [](int code, ScriptStage at) {
    return [code, at](ScriptRule& one) {
      one.action = {.verb = ScriptVerb::reply, .reply = mail::make_reply(code, "", "x")};
      one.at = at;
    };
  };
  EXPECT_FALSE(fault(reply(450, ScriptStage::any)));
  EXPECT_FALSE(fault(reply(250, ScriptStage::rcpt)));
  EXPECT_FALSE(fault(reply(220, ScriptStage::connect)));
  EXPECT_TRUE(fault(reply(250, ScriptStage::connect)));
  EXPECT_TRUE(fault(reply(250, ScriptStage::any)));
  EXPECT_TRUE(fault(reply(354, ScriptStage::data)));
  EXPECT_TRUE(fault(reply(354, ScriptStage::rcpt)));
  EXPECT_TRUE(fault(reply(99, ScriptStage::rcpt)));
  EXPECT_TRUE(fault([](ScriptRule& one) { one.recipient = "nonsense"; }));
  EXPECT_TRUE(fault([](ScriptRule& one) { one.recipient = "<>"; }));
  EXPECT_TRUE(fault([](ScriptRule& one) { one.reverse_path = "@"; }));
  EXPECT_TRUE(fault([](ScriptRule& one) { one.client = "192.0.2.0/99"; }));
  EXPECT_TRUE(fault([](ScriptRule& one) { one.rate = 1.5; }));
  EXPECT_TRUE(fault([](ScriptRule& one) { one.rate = std::numeric_limits<double>::quiet_NaN(); }));
  EXPECT_TRUE(fault([](ScriptRule& one) { one.attempts.first = 0; }));
  EXPECT_TRUE(fault([](ScriptRule& one) { one.attempts = {3, 2, 1}; }));
  EXPECT_TRUE(fault([](ScriptRule& one) { one.attempts.every = 0; }));
  EXPECT_TRUE(fault([](ScriptRule& one) { one.until = one.from; }));
  EXPECT_TRUE(fault([](ScriptRule& one) { one.action.verb = ScriptVerb::lose_then_drop; }));
}

}  // namespace
}  // namespace watershed::mta
