// The spam filter: which rule decides, and what the verdict says.
#include "fakes/spam/spam_filter.hpp"

#include "stage/simulated_stage.hpp"

#include <gtest/gtest.h>

namespace watershed::spam {
namespace {

using talk::FilterAction;

constexpr const char* gtube = "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X";

struct World : stage::SimulatedStage {
  World() { envelope.reverse_path = *mail::parse_reverse_path("<op@station.example>"); }
  ~World() { executor.shut_down(); }

  talk::FilterVerdict judge(std::vector<Rule> rules, std::string message) {
    SpamFilterOptions options{.name = "filter.ctbto.int", .rules = std::move(rules)};
    const SpamFilter filter(stage, std::move(options));
    const mail::Message parsed = mail::Message::parse(std::move(message));
    return filter.judge({client, "helo", envelope, parsed});
  }

  IpAddress client = *parse_ip_address("198.51.100.7");
  mail::Envelope envelope;
};

Rule rule(std::string name, FilterAction action, Match match) {
  Rule made;
  made.name = std::move(name);
  made.action = action;
  made.match = std::move(match);
  made.decided_by = "spam.yaml:4";
  return made;
}

TEST(SpamFilter, AcceptsByDefaultAndAddsNothing) {
  World world;
  const auto verdict = world.judge({}, "Subject: x\r\n\r\nhello\r\n");
  EXPECT_EQ(verdict.action, FilterAction::accept);
  EXPECT_TRUE(verdict.add_fields.empty());
  EXPECT_EQ(verdict.rule, "");
}

TEST(SpamFilter, RejectsGtube) {
  World world;
  const std::string start = gtube;
  const auto verdict = world.judge({}, "Subject: x\r\n\r\nthis " + start + " that\r\n");
  EXPECT_EQ(verdict.action, FilterAction::reject);
  EXPECT_EQ(to_line(verdict.reply), "554 5.7.1 filter.ctbto.int: message refused as spam (GTUBE)");
  EXPECT_EQ(verdict.rule, "GTUBE");
  EXPECT_EQ(world.judge({}, "Subject: " + start + "\r\n\r\nx\r\n").action, FilterAction::reject);
  EXPECT_EQ(world.judge({}, "To: " + start + "\r\n\r\nx\r\n").action, FilterAction::accept);
  EXPECT_EQ(world.judge({}, "A: b\r\n\r\n" + start.substr(0, start.size() - 1)).action, FilterAction::accept);
  EXPECT_EQ(world.judge({}, "A: b\r\n\r\n" + start.substr(0, 28) + start).action, FilterAction::reject);
  const SpamFilter without(world.stage, {.gtube = false});
  const mail::Message message = mail::Message::parse("A: b\r\n\r\n" + start);
  EXPECT_EQ(without.judge({world.client, "helo", world.envelope, message}).action, FilterAction::accept);
}

TEST(SpamFilter, MatchesOnEveryCondition) {
  World world;
  world.envelope.recipients.push_back({*mail::parse_forward_path("<a@ctbto.int>"), {}, {}});
  world.envelope.recipients.push_back({*mail::parse_forward_path("<b@ctbto.org>"), {}, {}});
  const std::string message = "Subject: Cheap\r\n Watches\r\nX-Tag: one\r\nX-Tag: two\r\n\r\nBody with bait\r\n";
  struct Case {
    Match match;
    bool expected;
  };
  const std::vector<Case> cases = {
      {{.header = "subject"}, true},
      {{.header = "X-None"}, false},
      {{.header = "Subject", .header_contains = "cheap watches"}, true},
      {{.header = "Subject", .header_contains = "two"}, false},
      {{.header = "X-Tag", .header_contains = "TWO"}, true},
      {{.header = "Subject", .header_regex = "^cheap +w[a-z]+s$"}, true},
      {{.header = "Subject", .header_regex = "^watches"}, false},
      {{.body_contains = "bait"}, true},
      {{.body_contains = "Bait"}, false},
      {{.reverse_path = "*@station.example"}, true},
      {{.reverse_path = "<>"}, false},
      {{.recipient = "*@ctbto.org"}, true},
      {{.recipient = "c@ctbto.org"}, false},
      {{.client = "198.51.100.0/24"}, true},
      {{.client = "192.0.2.0/24"}, false},
      {{.size_over_octets = message.size() - 1}, true},
      {{.size_over_octets = message.size()}, false},
      {{.body_contains = "bait", .recipient = "c@ctbto.org"}, false},
      {{.gtube = true}, false},
      {{}, true},
  };
  for (std::size_t index = 0; index < cases.size(); ++index) {
    const auto verdict = world.judge({rule("r", FilterAction::discard, cases[index].match)}, message);
    EXPECT_EQ(verdict.action == FilterAction::discard, cases[index].expected) << "case " << index;
  }
}

TEST(SpamFilter, TheFirstRuleDecidesAndNamesItself) {
  World world;
  Rule own = rule("own words", FilterAction::reject, {.body_contains = "c"});
  own.reply = mail::make_reply(550, "5.7.9", "not here");
  const std::vector<Rule> rules = {rule("tagged", FilterAction::tag, {.body_contains = "a"}),
                                   rule("late", FilterAction::tempfail, {.body_contains = "b"}), own,
                                   rule("held", FilterAction::quarantine, {.body_contains = "d"})};
  const auto tagged = world.judge(rules, "A: b\r\n\r\nab\r\n");
  EXPECT_EQ(tagged.action, FilterAction::tag);
  EXPECT_EQ(tagged.decided_by, "spam.yaml:4");
  EXPECT_EQ(tagged.add_fields,
            (std::vector<std::string>{"X-Spam-Flag: YES", "X-Spam-Status: Yes, rule=tagged, filter=filter.ctbto.int"}));
  EXPECT_EQ(to_line(world.judge(rules, "A: b\r\n\r\nb\r\n").reply),
            "451 4.7.1 filter.ctbto.int: try again later (late)");
  EXPECT_EQ(to_line(world.judge(rules, "A: b\r\n\r\nc\r\n").reply), "550 5.7.9 not here");
  EXPECT_EQ(world.judge(rules, "A: b\r\n\r\nd\r\n").action, FilterAction::quarantine);
}

TEST(SpamFilter, AnswersAfterItsDelayOrNotAtAll) {
  World world;
  SpamFilter filter(world.stage, {.delay = std::chrono::seconds(3)});
  const mail::Message message = mail::Message::parse("A: b\r\n\r\nx\r\n");
  std::vector<std::string> log;
  const auto ask = [](World& of, SpamFilter& asked, const mail::Message& about,
                      std::vector<std::string>& into) -> stage::Task<void> {
    const talk::FilterRequest request{of.client, "helo", of.envelope, about};
    const auto verdict = co_await asked.inspect(request);
    into.push_back(fmt::format("{}s {}", of.executor.now() / std::chrono::seconds(1),
                               verdict ? to_string(verdict->action) : "none"));
  };
  world.executor.spawn(ask(world, filter, message, log));
  world.executor.run_until(stage::forever);
  filter.set_available(false);
  world.executor.spawn(ask(world, filter, message, log));
  world.executor.run_until(stage::forever);
  EXPECT_EQ(log, (std::vector<std::string>{"3s accept", "3s none"}));
  EXPECT_EQ(filter.inspected_count(), 1U);
}

TEST(SpamRule, NamesFaults) {
  const auto fault = [](Match match) { return rule_fault(rule("r", FilterAction::accept, std::move(match))); };
  EXPECT_FALSE(fault({.header = "Subject", .header_regex = "a|b"}));
  EXPECT_TRUE(fault({.header = "Subject", .header_regex = "a("}));
  EXPECT_TRUE(fault({.header_contains = "x"}));
  EXPECT_TRUE(fault({.recipient = "<>"}));
  EXPECT_TRUE(fault({.recipient = "x"}));
  EXPECT_TRUE(fault({.reverse_path = "x"}));
  EXPECT_TRUE(fault({.client = "x"}));
  Rule bad_code = rule("r", FilterAction::reject, {});
  bad_code.reply = mail::make_reply(451, "", "x");
  EXPECT_TRUE(rule_fault(bad_code));
  bad_code.action = FilterAction::tempfail;
  EXPECT_FALSE(rule_fault(bad_code));
  Rule bad_field = rule("r", FilterAction::tag, {});
  bad_field.add_fields = {"X: y\r\nEvil: z"};
  EXPECT_TRUE(rule_fault(bad_field));
}

}  // namespace
}  // namespace watershed::spam
