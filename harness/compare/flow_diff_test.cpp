// Two runs side by side: what differs, why, whether anybody asked for it, and what was not compared.
#include "harness/compare/flow_diff.hpp"

#include "harness/compare/worlds.hpp"

#include <gmock/gmock.h>

namespace watershed::harness {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

MessageResult message_on(const std::string& world, const std::string& filter, int line) {
  MessageResult message;
  message.label = "request";
  message.message_class = "verification";
  message.recipient = "autodrm@ctbto.int";
  message.fate = "delivered";
  message.path = {"ndc.example", filter, "mx.ctbto.int", "store.ctbto.int"};
  message.trail = {filter + ": routed relay:[mx.ctbto.int] (scenarios/worlds/" + world + "/postfix/filter/transport:2)",
                   "mx.ctbto.int: routed lmtp:store (scenarios/worlds/" + world +
                       "/postfix/int-mx/main.cf:" + std::to_string(line) + ")"};
  message.mailbox = "autodrm@ctbto.int";
  message.folder = "Requests";
  message.body_hash = "aa";
  message.header = {{"subject", "1"}, {"from", "2"}};
  return message;
}

Outcome outcome_of(const std::string& world, MessageResult message) {
  Outcome outcome;
  ScenarioResult& run = outcome.scenarios.emplace_back();
  run.file = "scenarios/a.yaml";
  run.world = world;
  run.requirements = {"SPAM-1"};
  run.messages = {std::move(message)};
  return outcome;
}

const FlowDiffOptions worlds{.are_worlds = true, .only_hosts = {}};

TEST(FlowDiff, SaysNothingWhereNothingDiffers) {
  const auto comparison = compare_flows(outcome_of("phase1", message_on("phase1", "f", 31)), "phase1",
                                        outcome_of("phase2", message_on("phase2", "f", 31)), "phase2", worlds);
  EXPECT_EQ(comparison.flows, 1U);
  EXPECT_THAT(comparison.differences, IsEmpty());
  EXPECT_THAT(comparison.not_compared, IsEmpty());
}

TEST(FlowDiff, NamesTheHostThatSendsItElsewhere) {
  const auto comparison = compare_flows(outcome_of("phase1", message_on("phase1", "filter.org", 31)), "phase1",
                                        outcome_of("phase2", message_on("phase2", "filter.int", 31)), "phase2", worlds);
  ASSERT_EQ(comparison.differences.size(), 1U);
  const FlowDifference& found = comparison.differences[0];
  EXPECT_THAT(found.aspects, ElementsAre("path: ndc.example > filter.org > mx.ctbto.int > store.ctbto.int → "
                                         "ndc.example > filter.int > mx.ctbto.int > store.ctbto.int"));
  EXPECT_THAT(found.cause, HasSubstr("ndc.example hands it to filter.org → filter.int"));
  EXPECT_TRUE(found.is_expected);
  EXPECT_THAT(found.requirements, ElementsAre("SPAM-1"));
}

TEST(FlowDiff, NamesTheLineThatDecidesOtherwise) {
  MessageResult other = message_on("phase2", "f", 40);
  other.path.back() = "elsewhere.example";
  other.trail[1] = "mx.ctbto.int: routed smtp:elsewhere (scenarios/worlds/phase2/postfix/int-mx/main.cf:40)";
  Outcome after = outcome_of("phase2", other);
  after.scenarios[0].verdict = Verdict::failed;
  const auto comparison =
      compare_flows(outcome_of("phase1", message_on("phase1", "f", 31)), "phase1", after, "phase2", worlds);
  ASSERT_EQ(comparison.differences.size(), 1U);
  EXPECT_EQ(comparison.differences[0].cause,
            "scenarios/worlds/phase1/postfix/int-mx/main.cf:31 → "
            "scenarios/worlds/phase2/postfix/int-mx/main.cf:40");
  EXPECT_FALSE(comparison.differences[0].is_expected);
}

TEST(FlowDiff, SeesFateFolderHeaderAndContent) {
  MessageResult other = message_on("phase2", "f", 31);
  other.fate = "bounced";
  other.folder = "Junk";
  other.code = 550;
  other.body_hash = "bb";
  other.header = {{"subject", "9"}, {"x-new", "3"}};
  const auto comparison = compare_flows(outcome_of("phase1", message_on("phase1", "f", 31)), "phase1",
                                        outcome_of("phase2", other), "phase2", worlds);
  ASSERT_EQ(comparison.differences.size(), 1U);
  EXPECT_THAT(comparison.differences[0].aspects,
              ElementsAre("fate: delivered → bounced", "folder: Requests → Junk", "code: 0 → 550",
                          "content: the body differs", "header: from is gone, subject differs, x-new is new"));
}

TEST(FlowDiff, LooksAtSomeHostsOnly) {
  FlowDiffOptions zone = worlds;
  zone.only_hosts = {{"mx.ctbto.int", "store.ctbto.int"}};
  const Outcome before = outcome_of("phase1", message_on("phase1", "filter.org", 31));
  EXPECT_THAT(
      compare_flows(before, "a", outcome_of("phase2", message_on("phase2", "filter.int", 31)), "b", zone).differences,
      IsEmpty());
  const auto changed =
      compare_flows(before, "a", outcome_of("phase2", message_on("phase2", "filter.int", 32)), "b", zone);
  ASSERT_EQ(changed.differences.size(), 1U);
  EXPECT_THAT(
      changed.differences[0].aspects[0],
      HasSubstr("decisions: mx.ctbto.int (postfix/int-mx/main.cf:31) → mx.ctbto.int (postfix/int-mx/main.cf:32)"));
}

TEST(FlowDiff, SaysWhatItDidNotCompare) {
  Outcome a = outcome_of("phase1", message_on("phase1", "f", 31));
  Outcome b = outcome_of("phase2", message_on("phase2", "f", 31));
  a.scenarios[0].messages[0].body_hash.clear();
  a.scenarios[0].messages_left_out = 9;
  b.scenarios[0].messages.push_back(message_on("phase2", "f", 31));
  ScenarioResult alone;
  alone.file = "scenarios/alone.yaml";
  a.scenarios.push_back(alone);
  alone.file = "scenarios/known-bad.yaml";
  alone.is_must_fail = true;
  a.scenarios.push_back(alone);
  alone = {};
  alone.file = "scenarios/new.yaml";
  b.scenarios.push_back(alone);
  const auto comparison = compare_flows(a, "phase1", b, "phase2", worlds);
  EXPECT_THAT(comparison.not_compared,
              ElementsAre("scenarios/a.yaml: 1 flows against 2; those beyond the shorter list",
                          "scenarios/a.yaml: headers and content of 1 delivered flows (no hashes of stored copies)",
                          "scenarios/a.yaml: 9 flows of a load beyond those listed",
                          "scenarios/alone.yaml: only in phase1", "scenarios/new.yaml: only in phase2"));
}

// A scenario on several worlds, in this order; each goes by a filter of its own.
std::vector<ScenarioResult> runs_of(const std::string& file, const std::vector<std::string>& names) {
  std::vector<ScenarioResult> runs;
  for (const std::string& world : names) {
    MessageResult message = message_on(world, "filter." + world, 31);
    message.journal = {"{}"};
    runs.push_back(outcome_of(world, message).scenarios[0]);
    runs.back().file = file;
  }
  return runs;
}

Outcome suite_of(const std::vector<std::string>& files) {
  Outcome outcome;
  for (const std::string& file : files) {
    for (ScenarioResult& run : runs_of(file, {"legacy", "phase1", "phase2"})) outcome.scenarios.push_back(run);
  }
  return outcome;
}

TEST(CompareWorlds, ComparesEachWorldWithTheOneBefore) {
  Outcome outcome = suite_of({"a.yaml", "b.yaml"});
  outcome.scenarios.erase(outcome.scenarios.begin() + 4);         // b.yaml on legacy and phase2 only
  outcome.scenarios.push_back(runs_of("a.yaml", {"legacy"})[0]);  // in another lane
  outcome.scenarios.push_back(runs_of("c.yaml", {"phase1"})[0]);
  for (ScenarioResult& run : runs_of("bad.yaml", {"phase1", "phase2"})) {
    run.is_must_fail = true;
    outcome.scenarios.push_back(run);
  }
  const auto compared = compare_worlds(outcome);
  ASSERT_EQ(compared.size(), 3U);
  std::vector<std::string> found;
  for (const FlowComparison& each : compared) {
    found.push_back(each.a + " " + each.b + " " + std::to_string(each.flows) + " " +
                    std::to_string(each.differences.size()));
    EXPECT_THAT(each.not_compared, IsEmpty());
  }
  EXPECT_THAT(found, ElementsAre("legacy phase1 1 1", "legacy phase2 1 1", "phase1 phase2 1 1"));
  EXPECT_THAT(compared[0].differences[0].journal_a, ElementsAre("{}"));
}

TEST(CompareWorlds, KeepsJournalsOfTheFirstFlowsOfEachCause) {
  const auto compared = compare_worlds(suite_of({"1.yaml", "2.yaml", "3.yaml", "4.yaml", "5.yaml"}));
  std::size_t with_journal = 0;
  for (const FlowDifference& difference : compared[0].differences) with_journal += difference.journal_a.size();
  EXPECT_EQ(compared[0].differences.size(), 5U);
  EXPECT_EQ(with_journal, 3U);
}

TEST(CompareWorlds, MergesPartsAsIfTheyHadBeenOneRun) {
  std::vector<FlowComparison> merged;
  merge_comparisons(merged, compare_worlds(suite_of({"2.yaml", "4.yaml", "5.yaml", "7.yaml"})));
  merge_comparisons(merged, compare_worlds(suite_of({"1.yaml", "3.yaml", "6.yaml"})));
  const auto whole = compare_worlds(suite_of({"1.yaml", "2.yaml", "3.yaml", "4.yaml", "5.yaml", "6.yaml", "7.yaml"}));
  EXPECT_TRUE(merged == whole);
}

}  // namespace
}  // namespace watershed::harness
