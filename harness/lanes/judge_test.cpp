// What makes a known-bad world pass, and what must not: a run that shows nothing is no proof that the checks can see.
#include "harness/lanes/judge.hpp"

#include "harness/scenario/test_evidence.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace watershed::harness {
namespace {

using stage::FactKind;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Finds what it is told to find.
struct Told final : Expectation {
  Findings told;

  void check(const Evidence&, Findings& findings) const override {
    findings.insert(findings.end(), told.begin(), told.end());
  }
};

class JudgeTest : public ::testing::Test, protected TestEvidence {
 protected:
  JudgeTest() {
    world.name = "w";
    world.zones = {{"internet", true, {}, {}}};
    HostSpec host;
    host.name = "station.example";
    host.zone = "internet";
    world.hosts.push_back(host);
    station_ = journal.add_host(host.name);
    scenario.must_fail = MustFail{"expectation delivered", {}, {}, {}};
  }

  void offer(const std::string& label) {
    const auto fact = [&](FactKind kind) {
      return stage::Fact{.kind = kind, .host = station_, .custody = 1, .body_hash = 7, .recipient = "a@b"};
    };
    stage::Fact sent = fact(FactKind::offered);
    sent.detail = label;
    sent.text = "verification";
    journal.record(std::move(sent));
    stage::Fact failed = fact(FactKind::failed);
    failed.code = 550;
    failed.reverse_path = "op@station.example";
    journal.record(std::move(failed));
  }

  // Beside what the lane has found, the expectation reports that `request` is not there.
  ScenarioResult judged(Findings of_lane, std::string sentence = "message 'request' expected, found 0 time(s)") {
    auto told = std::make_shared<Told>();
    Finding& found = told->told.emplace_back();
    found.rule = "expectation delivered";
    found.sentence = std::move(sentence);
    found.label = "request";
    scenario.expectations = {told};
    ScenarioResult result;
    result.findings = std::move(of_lane);
    const Evidence seen = evidence();
    judge(seen, "live", result);
    return result;
  }

  stage::HostId station_ = 0;
};

TEST_F(JudgeTest, AKnownBadWorldPassesWhenItsFaultIsReported) {
  offer("request");
  const ScenarioResult result = judged({});
  EXPECT_EQ(result.verdict, Verdict::passed);
  EXPECT_THAT(result.findings, IsEmpty());
  EXPECT_FALSE(result.expected_findings.empty());
}

TEST_F(JudgeTest, WhatTheLaneOrAStepSaysStaysAndFails) {
  offer("request");
  Finding of_step;
  of_step.rule = "step flush";
  of_step.sentence = "step 'flush mx' could not be done: there is no such host";
  for (const Finding& each : {lane_finding("live", "dovecot at store.example has died"), of_step}) {
    const ScenarioResult result = judged({each});
    EXPECT_EQ(result.verdict, Verdict::failed);
    ASSERT_THAT(result.findings, SizeIs(1));
    EXPECT_EQ(result.findings[0], each);
    EXPECT_FALSE(result.expected_findings.empty());
  }
}

TEST_F(JudgeTest, AGapInTheEvidenceLeavesItOpen) {
  offer("request");
  Finding gap = lane_finding("live", "the capture is incomplete: 3 packets were dropped");
  gap.is_inconclusive = true;
  EXPECT_EQ(judged({gap}).verdict, Verdict::inconclusive);
  scenario.must_fail->despite = {"could not be read"};
  EXPECT_EQ(judged({gap}).verdict, Verdict::inconclusive);
  scenario.must_fail->despite = {"could not be read", "packets were dropped"};
  EXPECT_EQ(judged({gap}).verdict, Verdict::passed);
  // A death is no gap.
  EXPECT_EQ(judged({lane_finding("live", "postfix: packets were dropped")}).verdict, Verdict::failed);
}

TEST_F(JudgeTest, AMessageThatWasNeverSentProvesNothing) {
  offer("other");
  const ScenarioResult result = judged({}, "message 'request' was never sent: nothing can be said about it");
  EXPECT_EQ(result.verdict, Verdict::failed);
  EXPECT_EQ(result.findings[0].rule, "must-fail");
  EXPECT_THAT(result.findings[0].sentence, HasSubstr("was not"));
}

TEST_F(JudgeTest, WhatIsNotSureIsNotTheReport) {
  offer("request");
  scenario.must_fail = MustFail{"lane live", {}, {}, {"gap"}};
  Finding gap = lane_finding("live", "a gap");
  gap.is_inconclusive = true;
  EXPECT_EQ(judged({gap}).verdict, Verdict::failed);
}

}  // namespace
}  // namespace watershed::harness
