// What a run exercised, on the terminal: every rule of a script with its count, and those that nothing reached.
#include "reports/coverage_text.hpp"

#include <gmock/gmock.h>

namespace watershed::reports {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

harness::Outcome outcome() {
  harness::Outcome made;
  harness::WorldMap world;
  world.name = "phase2";
  made.worlds.push_back(world);
  harness::InputFile script;
  script.path = "worlds/phase2/sieve/robot.sieve";
  script.kind = "sieve";
  script.world = "phase2";
  script.hosts = {"store.ctbto.int"};
  script.text = "# robots\nif true {\n  keep;\n}\ndiscard; # \x1b[2J\n";
  script.rule_lines = {2, 3, 5};
  made.inputs.push_back(script);
  harness::ScenarioResult run;
  run.world = "phase2";
  run.lines = {{"worlds/phase2/sieve/robot.sieve:2", 3}, {"worlds/phase2/sieve/robot.sieve:3", 3}};
  made.scenarios.push_back(run);
  return made;
}

TEST(CoverageText, ShowsEachRuleOfAScriptWithItsCount) {
  const std::string text = coverage_text(outcome(), {});
  EXPECT_THAT(text, HasSubstr("phase2     store.ctbto.int             2 of    3 rules, 6 decisions\n"));
  EXPECT_THAT(text, HasSubstr("\nworlds/phase2/sieve/robot.sieve  2 of 3 rules\n"));
  EXPECT_THAT(text, HasSubstr("\n            1  # robots\n"));
  EXPECT_THAT(text, HasSubstr("\n      3x    3    keep;\n"));
  EXPECT_THAT(text, HasSubstr("\n   never    5  discard;"));
}

TEST(CoverageText, LetsNoControlCharacterThrough) { EXPECT_THAT(coverage_text(outcome(), {}), Not(HasSubstr("\x1b"))); }

TEST(CoverageText, LeavesOutScriptsThatNoHostReads) {
  harness::Outcome made = outcome();
  made.inputs[0].hosts.clear();
  EXPECT_THAT(coverage_text(made, {}), Not(HasSubstr("keep;")));
}

}  // namespace
}  // namespace watershed::reports
