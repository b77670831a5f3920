// What counts as exercised, and that page, JSON and summary tell the same figures.
#include "reports/coverage_totals.hpp"

#include "reports/html/html_report.hpp"
#include "reports/json_report.hpp"
#include "reports/markdown_report.hpp"
#include "reports/sample_outcome.hpp"

#include <gmock/gmock.h>

namespace watershed::reports {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

// A main.cf with three rules: one that decided, one whose table did, one that nothing came upon; and the table.
harness::Outcome covered_outcome() {
  harness::ScenarioResult run = sample_passed();
  run.world = "phase2";
  run.lines = {{"w/mx/main.cf:1", 3}, {"w/mx/virtual:2", 5}, {"w/mx/main.cf:4", 1}};
  harness::ScenarioResult edited = sample_passed();
  edited.has_changed_files = true;
  edited.lines = {{"w/mx/main.cf:3", 7}};
  harness::Outcome outcome = sample_outcome({run, edited});
  outcome.worlds.resize(1);
  outcome.worlds.front().name = "phase2";
  harness::InputFile main;
  main.path = "w/mx/main.cf";
  main.world = "phase2";
  main.hosts = {"mx.ctbto.int"};
  main.kind = "postfix parameters";
  main.text =
      "relayhost = [a.example]\nvirtual_alias_maps = texthash:$config_directory/virtual\n"
      "header_checks = regexp:<b>`x`</b>\nmyhostname = mx.ctbto.int\n";
  main.rule_lines = {1, 2, 3};
  main.uses = {{2, "w/mx/virtual"}};
  harness::InputFile table = main;
  table.path = "w/mx/virtual";
  table.kind = "postfix table";
  table.text = "a@ctbto.int b@ctbto.int\nc@ctbto.int d@ctbto.int\n";
  table.rule_lines = {1, 2};
  table.uses.clear();
  outcome.inputs = {main, table};
  return outcome;
}

TEST(CoverageTotals, CountAParameterForItsTables) {
  const harness::Outcome outcome = covered_outcome();
  const std::vector<FileCoverage> files = coverage_of_world(outcome, "phase2");
  ASSERT_EQ(files.size(), 2U);
  EXPECT_THAT(files[0].never(), ElementsAre(3));
  EXPECT_EQ(files[0].exercised, 2U);
  EXPECT_EQ(files[0].decisions, 4U) << "a table's decisions are its own";
  EXPECT_EQ(files[0].through_table.at(2), 5U);
  EXPECT_THAT(files[1].never(), ElementsAre(1));
  const auto hosts = coverage_by_host(files);
  EXPECT_EQ(hosts.at("mx.ctbto.int").rules, 5U);
  EXPECT_EQ(hosts.at("mx.ctbto.int").exercised, 3U);
  EXPECT_EQ(hosts.at("mx.ctbto.int").decisions, 9U);
  EXPECT_EQ(line_text(*files[0].file, 3), "header_checks = regexp:<b>`x`</b>");
  EXPECT_EQ(line_text(*files[0].file, 9), "");
}

TEST(CoverageTotals, AreTheSameInAllReports) {
  const harness::Outcome outcome = covered_outcome();
  EXPECT_THAT(json_report(outcome), HasSubstr(R"("coverage": {
    "phase2": {
      "hosts": {
        "mx.ctbto.int": {
          "rules": 5,
          "exercised": 3,
          "decisions": 9
        }
      },
      "files": [
        {
          "path": "w/mx/main.cf",
          "kind": "postfix parameters",
          "rules": 3,
          "exercised": 2,
          "decisions": 4,
          "never": [
            3
          ]
        },)"));
  EXPECT_THAT(markdown_report(outcome), HasSubstr("| `phase2` | `mx.ctbto.int` | 3 of 5 | 9 |\n"));
  EXPECT_THAT(markdown_report(outcome), HasSubstr("- `w/mx/main.cf:3`: ``header_checks = regexp:<b>`x`</b>``\n"));
  EXPECT_THAT(markdown_report(outcome), Not(HasSubstr("`w/mx/main.cf:2`")));
  const std::string page = html_report(outcome, "report.html").page;
  EXPECT_THAT(page, HasSubstr("<td>mx.ctbto.int<td class=n>3 of 5 (60 %)<td class=n>9"));
  EXPECT_THAT(page, HasSubstr("→ 5×    2 virtual_alias_maps"));
  EXPECT_THAT(page, HasSubstr("never    3 header_checks = regexp:&lt;b&gt;"));
}

}  // namespace
}  // namespace watershed::reports
