// The TAP report word for word, and with hostile text.
#include "reports/tap_report.hpp"

#include "base/text.hpp"
#include "reports/sample_outcome.hpp"

#include <gmock/gmock.h>

namespace watershed::reports {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(TapReport, SaysWhatEachRunGave) {
  harness::ScenarioResult failed = sample_failed();
  failed.title = "A bounce stays home #1";
  failed.findings.front().sentence = "message 'request' was handled in zone personal";
  harness::ScenarioResult skipped = sample_passed();
  skipped.verdict = harness::Verdict::skipped;
  EXPECT_EQ(tap_report(sample_outcome({sample_passed(), failed, sample_inconclusive(), skipped})), R"(TAP version 14
1..4
ok 1 - scenarios/request.yaml on phase2: A request is answered
not ok 2 - scenarios/leak.yaml on phase2: A bounce stays home \#1
  ---
  verdict: failed
  findings:
    - rule: "invariant segregation"
      message: "message 'request' was handled in zone personal"
      at: "scenarios/leak.yaml:7"
      decided_by: "worlds/phase2/postfix/transport:3"
  replay: "watershed run scenarios/request.yaml --world phase2 --seed 7"
  ...
not ok 3 - scenarios/unsure.yaml on phase1: Nobody can tell
  ---
  verdict: inconclusive
  not_understood:
    - "worlds/phase1/postfix/main.cf:12: smtpd_frobnicate = yes"
  replay: "watershed run scenarios/request.yaml --world phase2 --seed 7"
  ...
ok 4 - scenarios/request.yaml on phase2: A request is answered # SKIP
)");
}

TEST(TapReport, HasOneTestPointARunWhateverTheTextSays) {
  harness::ScenarioResult run = sample_failed();
  run.title = "x\nok 2 - forged # TODO\n  ---\nBail out! " + hostile_text;
  run.findings.front().sentence = "a\n  ...\nok 3\n" + hostile_text;
  const std::string report = tap_report(sample_outcome({run}));
  std::size_t points = 0;
  for (const std::string_view line : split(report, "\n")) {
    points += line.starts_with("ok ") || line.starts_with("not ok ") ? 1U : 0U;
    EXPECT_EQ(printable(line), line);
    EXPECT_FALSE(line.starts_with("Bail out!"));
  }
  EXPECT_EQ(points, 1U);
  EXPECT_THAT(report, Not(HasSubstr(" # TODO")));
}

}  // namespace
}  // namespace watershed::reports
