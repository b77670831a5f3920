// Shards of one run come together whatever their order; a missing or foreign one is an error.
#include "harness/result_file/merge.hpp"

#include <gtest/gtest.h>

namespace watershed::harness {
namespace {

Outcome part(unsigned index, unsigned count, std::vector<std::string> files) {
  Outcome outcome;
  outcome.seed = 7;
  outcome.shard = {index, count};
  outcome.seconds = index;
  outcome.requirements = {{"SEG-1", "Separate systems", "No host handles both.", Verdict::skipped, {}}};
  for (const std::string& file : files) {
    for (const char* world : {"phase2", "phase1"}) {
      ScenarioResult& run = outcome.scenarios.emplace_back();
      run.file = file;
      run.world = world;
      run.requirements = {"SEG-1"};
    }
  }
  summarize(outcome);
  return outcome;
}

TEST(MergeShards, GivesTheOutcomeOfOneRun) {
  const std::vector<NamedOutcome> parts{
      {"2.json", part(2, 3, {"b.yaml"})}, {"3.json", part(3, 3, {})}, {"1.json", part(1, 3, {"a.yaml", "c.yaml"})}};
  const auto merged = merge_shards(parts);
  ASSERT_TRUE(merged) << merged.error().message;
  Outcome whole = part(1, 1, {"a.yaml", "b.yaml", "c.yaml"});
  whole.seconds = 3;
  EXPECT_TRUE(*merged == whole);
}

TEST(MergeShards, StandsOnTheWeakestSandboxAndOnEveryVersion) {
  NamedOutcome one{"1.json", part(1, 3, {"a.yaml"})};
  NamedOutcome two{"2.json", part(2, 3, {"b.yaml"})};
  NamedOutcome three{"3.json", part(3, 3, {"c.yaml"})};
  const auto set = [](Outcome& outcome, const char* level, const char* postfix) {
    outcome.lane = "live";
    outcome.sandbox_level = level;
    outcome.components = {{"Postfix", postfix}, {"Dovecot", "2.3.19"}};
    outcome.time_factor = 300;
    outcome.record.started_at = "2026-11-20T06:00:00Z";
    outcome.record.sandbox = level;
  };
  set(one.outcome, "root-namespaces", "3.7.11");
  set(two.outcome, "loopback-addresses", "3.7.1");
  set(three.outcome, "single-user-namespace", "3.7.11");
  for (const auto& parts : {std::vector{one, two, three}, std::vector{three, two, one}, std::vector{two, one, three}}) {
    const auto merged = merge_shards(parts);
    ASSERT_TRUE(merged) << merged.error().message;
    EXPECT_EQ(merged->sandbox_level, "loopback-addresses");
    EXPECT_EQ(merged->record.sandbox, "loopback-addresses");
    EXPECT_EQ(merged->components.at("Dovecot"), "2.3.19");
    const std::string& postfix = merged->components.at("Postfix");
    EXPECT_TRUE(postfix == "3.7.11 / 3.7.1" || postfix == "3.7.1 / 3.7.11") << postfix;
  }
  two.outcome.time_factor = 100;
  EXPECT_FALSE(merge_shards(std::vector{one, two, three}));
}

TEST(MergeShards, WantsEveryPartOfOneRun) {
  const auto error_of = [](const std::vector<NamedOutcome>& parts) {
    const auto merged = merge_shards(parts);
    return merged ? "no error" : merged.error().message;
  };
  const NamedOutcome one{"1.json", part(1, 2, {"a.yaml"})};
  NamedOutcome two{"2.json", part(2, 2, {"b.yaml"})};
  EXPECT_EQ(error_of({one}), "shard 2/2 is missing");
  EXPECT_EQ(error_of({two}), "shard 1/2 is missing");
  EXPECT_EQ(error_of({one, one}), "1.json and 1.json are both shard 1/2");
  EXPECT_EQ(error_of({}), "no result file to merge");
  two.outcome.seed = 8;
  EXPECT_EQ(error_of({one, two}), "1.json has seed 7, but 2.json has 8; expected parts of one run");
  two.outcome = part(2, 3, {});
  EXPECT_EQ(error_of({one, two}), "1.json has number of shards 2, but 2.json has 3; expected parts of one run");
  two.outcome = part(2, 2, {});
  two.outcome.requirements.clear();
  EXPECT_EQ(error_of({one, two}), "1.json and 2.json have other requirements; expected parts of one run");
  two.outcome = part(3, 2, {});
  EXPECT_EQ(error_of({one, two}), "2.json is shard 3/2");
}

}  // namespace
}  // namespace watershed::harness
