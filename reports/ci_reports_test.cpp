// What CI systems read: GitHub annotations, SARIF and events, each word for word and with hostile text.
#include "base/json_reader.hpp"
#include "base/text.hpp"
#include "harness/result_file/result_file.hpp"
#include "reports/events.hpp"
#include "reports/github_annotations.hpp"
#include "reports/place.hpp"
#include "reports/sample_outcome.hpp"
#include "reports/sarif_report.hpp"

#include <gmock/gmock.h>

namespace watershed::reports {
namespace {

using testing::HasSubstr;

harness::ScenarioResult plain_failed() {
  harness::ScenarioResult run = sample_failed();
  run.title = "A bounce stays home";
  run.findings.front().sentence = "message 'request' was handled in zone personal";
  return run;
}

TEST(Place, IsTheLineThatDecidedElseTheOneThatAskedElseTheScenario) {
  harness::ScenarioResult run = plain_failed();
  EXPECT_EQ(place_of(run.findings[0], run), (SourcePosition{"worlds/phase2/postfix/transport", 3, 0}));
  run.findings[0].decided_by = "default relay_transport";
  EXPECT_EQ(place_of(run.findings[0], run), (SourcePosition{"scenarios/leak.yaml", 7, 5}));
  run.findings[0].at = {};
  EXPECT_EQ(place_of(run.findings[0], run), (SourcePosition{"scenarios/leak.yaml", 1, 0}));
  for (const char* text : {"", ":", ":3", "a:", "a:b", "a:0", "a:-1", "a b:3", "a:3x", "a:99999999999"}) {
    EXPECT_FALSE(parse_place(text)) << text;
  }
}

TEST(GitHubAnnotations, PointAtTheLineThatDecided) {
  const auto outcome = sample_outcome({sample_passed(), plain_failed(), sample_inconclusive(), sample_must_fail()});
  EXPECT_EQ(github_annotations(outcome),
            "::error file=worlds/phase2/postfix/transport,line=3,title=invariant segregation on phase2::message "
            "'request' was handled in zone personal (scenarios/leak.yaml, replay: watershed run "
            "scenarios/request.yaml --world phase2 --seed 7)\n"
            "::warning file=worlds/phase1/postfix/main.cf,line=12,title=not understood::smtpd_frobnicate = yes: no "
            "verdict can rest on this line\n");
}

TEST(GitHubAnnotations, TenOfAKindAndOneLineEach) {
  harness::ScenarioResult run = sample_failed();
  run.findings.resize(30, run.findings.front());
  for (std::size_t index = 0; index < run.findings.size(); ++index) {
    run.findings[index].sentence = std::to_string(index) + "\n::warning::forged " + hostile_text;
  }
  const std::string out = github_annotations(sample_outcome({run}));
  const auto lines = split(out, "\n");
  EXPECT_EQ(lines.size(), 10U);
  for (const std::string_view line : lines) EXPECT_TRUE(line.starts_with("::error")) << line;
  EXPECT_EQ(lines.back(), "::error::21 more; the reports have all");
}

TEST(SarifReport, HasAResultForEachFinding) {
  const auto outcome = sample_outcome({sample_passed(), plain_failed(), sample_inconclusive(), sample_must_fail()});
  EXPECT_EQ(sarif_report(outcome), R"json({
  "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
  "version": "2.1.0",
  "runs": [
    {
      "tool": {
        "driver": {
          "name": "Watershed",
          "semanticVersion": "0.1.0",
          "rules": [
            {
              "id": "invariant segregation",
              "shortDescription": {
                "text": "The invariant segregation does not hold"
              }
            },
            {
              "id": "not understood",
              "shortDescription": {
                "text": "A configuration line that the program does not understand"
              }
            }
          ]
        }
      },
      "invocations": [
        {
          "executionSuccessful": true
        }
      ],
      "columnKind": "utf16CodeUnits",
      "results": [
        {
          "ruleId": "invariant segregation",
          "ruleIndex": 0,
          "level": "error",
          "message": {
            "text": "scenarios/leak.yaml on phase2: message 'request' was handled in zone personal"
          },
          "locations": [
            {
              "physicalLocation": {
                "artifactLocation": {
                  "uri": "worlds/phase2/postfix/transport"
                },
                "region": {
                  "startLine": 3
                }
              }
            }
          ],
          "relatedLocations": [
            {
              "physicalLocation": {
                "artifactLocation": {
                  "uri": "scenarios/leak.yaml"
                },
                "region": {
                  "startLine": 7,
                  "startColumn": 5
                }
              }
            }
          ],
          "partialFingerprints": {
            "watershed/v1": "invariant segregation|scenarios/leak.yaml|phase2|request|worlds/phase2/postfix/transport:3"
          }
        },
        {
          "ruleId": "not understood",
          "ruleIndex": 1,
          "level": "warning",
          "message": {
            "text": "no verdict on phase1 can rest on this line: smtpd_frobnicate = yes"
          },
          "locations": [
            {
              "physicalLocation": {
                "artifactLocation": {
                  "uri": "worlds/phase1/postfix/main.cf"
                },
                "region": {
                  "startLine": 12
                }
              }
            }
          ],
          "partialFingerprints": {
            "watershed/v1": "not understood|worlds/phase1/postfix/main.cf:12|phase1"
          }
        }
      ]
    }
  ]
}
)json");
}

TEST(SarifReport, StaysJsonWithHostileText) {
  harness::ScenarioResult run = sample_failed();
  run.findings.front().decided_by = "worlds/\xff <script>:3";
  run.findings.front().at.file = "scenarios/ü %.yaml";
  const std::string report = sarif_report(sample_outcome({run}));
  const auto read = read_json(report, "report.sarif");
  ASSERT_TRUE(read) << render(read.error());
  EXPECT_THAT(report, HasSubstr(R"("uri": "scenarios/%C3%BC%20%25.yaml")"));
}

TEST(Events, AreOneLineOfJsonEach) {
  EXPECT_EQ(start_event(7, "simulated", 3),
            "{\"event\":\"start\",\"schema_version\":1,\"seed\":7,\"lane\":\"simulated\",\"runs\":3}\n");
  const auto outcome = sample_outcome({sample_failed()});
  const std::string line = result_event(outcome.scenarios[0], 1, 3);
  EXPECT_EQ(std::count(line.begin(), line.end(), '\n'), 1);
  const auto read = read_json(line, "events");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->as_object().at("event").as_string(), "result");
  EXPECT_EQ(read->as_object().at("done").as_int64(), 1);
  EXPECT_EQ(end_event(outcome),
            "{\"event\":\"end\",\"exit_code\":1,\"segregated\":\"no\",\"scenarios\":1,\"passed\":0,\"failed\":1,"
            "\"errors\":0,\"skipped\":0,\"inconclusive\":0,\"crossings\":1,\"seconds\":0.25}\n");
}

}  // namespace
}  // namespace watershed::reports
