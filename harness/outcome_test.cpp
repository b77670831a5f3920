// A run that tested nothing must not look like a run in which everything held.
#include "harness/outcome.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace watershed::harness {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

Outcome outcome_of(std::vector<Verdict> verdicts, const std::string& lane = "simulated") {
  Outcome outcome;
  outcome.lane = lane;
  for (const Verdict verdict : verdicts) {
    ScenarioResult& run = outcome.scenarios.emplace_back();
    run.verdict = verdict;
    if (verdict == Verdict::skipped) run.skipped_because = "only in the lane live";
  }
  summarize(outcome);
  return outcome;
}

TEST(ExitCode, EveryRunSkippedIsInconclusive) {
  Outcome outcome = outcome_of({Verdict::skipped, Verdict::skipped});
  EXPECT_EQ(exit_code(outcome), 5);
  EXPECT_THAT(nothing_tested(outcome), HasSubstr("only in the lane live"));
  outcome = outcome_of({Verdict::skipped, Verdict::passed});
  EXPECT_EQ(exit_code(outcome), 0);
  EXPECT_THAT(nothing_tested(outcome), IsEmpty());
}

TEST(ExitCode, AShardLeavesThatToTheMerging) {
  Outcome outcome = outcome_of({Verdict::skipped});
  outcome.shard = {1, 2};
  EXPECT_EQ(exit_code(outcome), 0);
}

TEST(ExitCode, BothLanesAndNothingComparedIsInconclusive) {
  Outcome outcome = outcome_of({Verdict::passed, Verdict::skipped}, "both");
  EXPECT_EQ(exit_code(outcome), 5);
  EXPECT_THAT(nothing_tested(outcome), HasSubstr("not compared"));
  outcome.parity.compared = outcome.parity.agree = 1;
  EXPECT_EQ(exit_code(outcome), 0);
}

TEST(ExitCode, WhatBrokeGoesFirst) {
  EXPECT_EQ(exit_code(outcome_of({Verdict::failed, Verdict::skipped}, "both")), 1);
  EXPECT_EQ(exit_code(outcome_of({})), 0);  // --allow-empty
}

}  // namespace
}  // namespace watershed::harness
