// The JUnit report, word for word where it is ordinary, and by xmllint(1) against junit.xsd where it is hostile.
#include "reports/junit_report.hpp"

#include "reports/sample_outcome.hpp"

#include <gmock/gmock.h>

#include <cstdio>
#include <cstdlib>

namespace watershed::reports {
namespace {

using harness::ScenarioResult;
using harness::Verdict;
using testing::HasSubstr;
using testing::Not;

// As xmllint(1) sees the document.
bool is_valid(const std::string& document) {
  const std::string command =
      "xmllint --noout --nonet --schema '" WATERSHED_SOURCE_DIR "/reports/junit.xsd' - 2>/dev/null";
  FILE* pipe = popen(command.c_str(), "w");
  std::fwrite(document.data(), 1, document.size(), pipe);
  return pclose(pipe) == 0;
}

bool has_xmllint() { return std::system("command -v xmllint >/dev/null") == 0; }

TEST(JUnitReport, KeepsFailureErrorAndSkippedApart) {
  ScenarioResult failed = sample_failed();
  failed.title = "A bounce stays home";
  failed.findings.front().sentence = "message 'request' was handled in zone personal";
  ScenarioResult other_world = sample_passed();
  other_world.world = "phase1";
  ScenarioResult skipped = sample_passed();
  skipped.file = "scenarios/later.yaml";
  skipped.verdict = Verdict::skipped;
  const auto outcome = sample_outcome({sample_passed(), failed, sample_inconclusive(), other_world, skipped});
  EXPECT_EQ(junit_report(outcome), R"xml(<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="watershed" tests="5" failures="1" errors="1" time="0.062">
  <testsuite name="scenarios/request.yaml" tests="2" failures="0" errors="0" time="0.025" skipped="0">
    <testcase classname="scenarios.request" name="scenarios/request.yaml::A request is answered on phase2" time="0.013"/>
    <testcase classname="scenarios.request" name="scenarios/request.yaml::A request is answered on phase1" time="0.013"/>
  </testsuite>
  <testsuite name="scenarios/leak.yaml" tests="1" failures="1" errors="0" time="0.013" skipped="0">
    <testcase classname="scenarios.leak" name="scenarios/leak.yaml::A bounce stays home on phase2" time="0.013">
      <failure type="invariant segregation" message="message 'request' was handled in zone personal">invariant segregation: message 'request' was handled in zone personal
  at          scenarios/leak.yaml:7
  path        station.example &gt; mx.ctbto.int &gt; eu.cloud
  decided by  worlds/phase2/postfix/transport:3
    mx.ctbto.int: transport smtp:[eu.cloud] (worlds/phase2/postfix/transport:3)
replay  watershed run scenarios/request.yaml --world phase2 --seed 7
</failure>
    </testcase>
  </testsuite>
  <testsuite name="scenarios/unsure.yaml" tests="1" failures="0" errors="1" time="0.013" skipped="0">
    <testcase classname="scenarios.unsure" name="scenarios/unsure.yaml::Nobody can tell on phase1" time="0.013">
      <error type="inconclusive" message="not understood: worlds/phase1/postfix/main.cf:12">not understood: worlds/phase1/postfix/main.cf:12: smtpd_frobnicate = yes
replay  watershed run scenarios/request.yaml --world phase2 --seed 7
</error>
    </testcase>
  </testsuite>
  <testsuite name="scenarios/later.yaml" tests="1" failures="0" errors="0" time="0.013" skipped="1">
    <testcase classname="scenarios.later" name="scenarios/later.yaml::A request is answered on phase2" time="0.013">
      <skipped/>
    </testcase>
  </testsuite>
</testsuites>
)xml");
}

TEST(JUnitReport, ShowsWhatXmlCannotHold) {
  const std::string report = junit_report(sample_outcome({sample_failed()}));
  EXPECT_THAT(report, HasSubstr(R"(&quot;'&gt;]]&gt;&lt;/failure&gt;&lt;x&gt;&amp;amp; \x1b[2J\x1b]0;own\x07 )"
                                R"(\x00\x0d\x0a\x09\xff\xc0\xaf \xed\xa0\x80 \xe2\x80\xaeevil \xc2\x9b31m )"
                                R"(\xef\xbf\xbe\xef\xbf\xbf ü…)"));
  for (const char c : report) EXPECT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= 0x20);
}

TEST(JUnitReport, LimitsWhatOneCaseHolds) {
  ScenarioResult run = sample_failed();
  run.findings.front().sentence = std::string(10'000, '\xe2') + std::string(10'000, '<');
  run.findings.resize(100, run.findings.front());
  run.title = std::string(3'000, 'a');
  for (int index = 0; index < 1000; ++index) run.title += "€";
  const std::string report = junit_report(sample_outcome({run}));
  EXPECT_LT(report.size(), 90'000U);
  EXPECT_THAT(report, HasSubstr(" lines left out\n</failure>"));
  EXPECT_THAT(report, HasSubstr(" octets left out)"));
  EXPECT_TRUE(!has_xmllint() || is_valid(report));
}

TEST(JUnitReport, IsValidWhateverTheMailSays) {
  if (!has_xmllint()) GTEST_SKIP() << "xmllint(1) is not installed";
  EXPECT_FALSE(is_valid("<testsuites/>"));
  ScenarioResult twice = sample_failed();
  const std::string report = junit_report(sample_outcome({twice, twice, sample_inconclusive(), sample_must_fail()}));
  EXPECT_TRUE(is_valid(report)) << report;
  EXPECT_THAT(report, HasSubstr(" on phase2 (2)\""));
  EXPECT_TRUE(is_valid(junit_report(sample_outcome({}))));
}

TEST(JUnitReport, CutsBetweenCharacters) {
  for (std::size_t shift = 0; shift < 4; ++shift) {
    ScenarioResult run = sample_failed();
    run.title = std::string(shift, 'x');
    for (int index = 0; index < 2000; ++index) run.title += "€";
    EXPECT_THAT(junit_report(sample_outcome({run})), Not(HasSubstr("€\\xe2"))) << shift;
  }
}

}  // namespace
}  // namespace watershed::reports
