// The answer may say yes only when everything supports it; each case takes one support away.
#include "reports/segregation.hpp"

#include "reports/sample_outcome.hpp"

#include <gmock/gmock.h>

#include <functional>

namespace watershed::reports {
namespace {

using harness::Outcome;
using harness::ScenarioResult;
using harness::Verdict;
using testing::HasSubstr;

Segregated kind_with(const std::function<void(std::vector<ScenarioResult>&)>& change) {
  std::vector<ScenarioResult> runs = {sample_passed(), sample_passed(), sample_must_fail()};
  change(runs);
  return segregation_line(sample_outcome(std::move(runs))).kind;
}

TEST(Segregation, SaysYesOnlyWithEverySupport) {
  EXPECT_EQ(segregation_line(sample_outcome({sample_passed(), sample_must_fail()})).text,
            "Segregated: yes (0 crossings in 1 run)");
  EXPECT_EQ(kind_with([](auto&) {}), Segregated::yes);
  EXPECT_EQ(kind_with([](auto& runs) { runs[1].crossings = 1; }), Segregated::no);
  EXPECT_EQ(kind_with([](auto& runs) { runs[1] = sample_failed(); }), Segregated::no);
  EXPECT_EQ(kind_with([](auto& runs) { runs[1].verdict = Verdict::failed; }), Segregated::not_shown);
  EXPECT_EQ(kind_with([](auto& runs) { runs[1].verdict = Verdict::error; }), Segregated::not_shown);
  EXPECT_EQ(kind_with([](auto& runs) { runs[1] = sample_inconclusive(); }), Segregated::not_shown);
  EXPECT_EQ(kind_with([](auto& runs) { runs[1].shared_hosts = {"spam.example"}; }), Segregated::shared);
  EXPECT_EQ(kind_with([](auto& runs) { runs.clear(); }), Segregated::not_shown);
}

TEST(Segregation, IsNotShownWhereTheChecksAreBlind) {
  ScenarioResult unnoticed = sample_must_fail();
  unnoticed.verdict = Verdict::failed;
  ScenarioResult legacy = sample_passed();
  legacy.world = "legacy";
  EXPECT_EQ(segregation_line(sample_outcome({sample_passed(), legacy, unnoticed})).text,
            "Segregated: not shown (1 known-bad world did not fail for the stated reason)");
  EXPECT_EQ(kind_with([](auto& runs) { runs[2].verdict = Verdict::failed; }), Segregated::not_shown);
  EXPECT_EQ(kind_with([](auto& runs) { runs[2].verdict = Verdict::inconclusive; }), Segregated::not_shown);
  const auto only_one_class = [](auto& runs) {
    for (ScenarioResult& run : runs) run.messages.resize(1);
  };
  EXPECT_EQ(kind_with(only_one_class), Segregated::not_shown);
  const auto one_class_may_go_everywhere = [](auto& runs) {
    for (ScenarioResult& run : runs) run.messages.back().message_class = "liaison";
  };
  EXPECT_EQ(kind_with(one_class_may_go_everywhere), Segregated::not_shown);
  const auto a_third_class_was_not_sent = [](auto& runs) { runs[0].segregated_classes.insert("test"); };
  EXPECT_EQ(kind_with(a_third_class_was_not_sent), Segregated::not_shown);
  EXPECT_EQ(kind_with([](auto& runs) { runs.erase(runs.begin(), runs.begin() + 2); }), Segregated::not_shown);
}

TEST(Segregation, IncompleteEvidenceOfACrossingIsNoCrossing) {
  ScenarioResult unsure = sample_failed();
  unsure.crossings = 0;
  unsure.verdict = Verdict::inconclusive;
  unsure.findings.front().is_inconclusive = true;
  const auto answers = segregation_by_world(sample_outcome({sample_passed(), unsure}));
  EXPECT_EQ(answers.at("phase2").kind, Segregated::not_shown);
  EXPECT_EQ(answers.at("phase2").reason, "1 of 2 runs inconclusive");
}

TEST(Segregation, TellsWorldsApart) {
  ScenarioResult phase1 = sample_passed();
  phase1.world = "phase1";
  phase1.shared_hosts = {"spam.example"};
  ScenarioResult legacy = sample_passed();
  legacy.world = "legacy";
  legacy.shared_hosts = {"hub.example", "store.example"};
  EXPECT_EQ(segregation_line(sample_outcome({sample_passed(), phase1, legacy})).text,
            "Segregated: on phase2 (0 crossings in 3 runs); legacy has 2 shared hosts: hub.example, store.example; "
            "phase1 has 1 shared host: spam.example");
  EXPECT_EQ(segregation_line(sample_outcome({phase1})).text,
            "Segregated: on no world (0 crossings in 1 run); phase1 has 1 shared host: spam.example");
  phase1.crossings = 2;
  EXPECT_EQ(segregation_line(sample_outcome({sample_passed(), phase1, legacy})).text,
            "Segregated: NO (phase1: 2 crossings)");
  EXPECT_THAT(segregation_line(sample_outcome({sample_inconclusive(), legacy})).text,
              HasSubstr("not shown (phase1: 1 of 1 run inconclusive)"));
}

}  // namespace
}  // namespace watershed::reports
