// See run_scenario.hpp.
#include "harness/lanes/run_scenario.hpp"

#include "harness/expectations/shared_hosts.hpp"
#include "harness/invariants/invariant_table.hpp"
#include "harness/lanes/artifacts.hpp"
#include "harness/lanes/results.hpp"
#include "harness/lanes/simulated_world.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace watershed::harness {

using stage::Task;

namespace {

Task<void> act(SimulatedWorld& world, const Scenario& scenario, bool& finished) {
  for (const auto& step : scenario.steps) {
    world.journal().record({.kind = stage::FactKind::step, .at = world.executor().now(), .detail = step->summary});
    co_await step->act(world);
  }
  finished = true;
  world.executor().stop();
}

// The steps, then the rest of the way until nothing is left to happen or the horizon is reached.
void play(SimulatedWorld& world, const Scenario& scenario, Findings& findings) {
  constexpr stage::Duration steps_max = std::chrono::hours(24 * 366);  // a year: an author's slip ends, too
  bool finished = false;
  world.spawn(act(world, scenario, finished));
  world.run_until(steps_max);
  if (finished) world.run_until(world.executor().now() + scenario.horizon);
  if (!finished || !world.task_failure().empty()) {
    Finding found;
    found.rule = "lane simulated";
    found.sentence = world.task_failure().empty() ? "the steps did not come to an end within a year"
                                                  : "a part of the world broke down: " + world.task_failure();
    findings.push_back(std::move(found));
  }
  world.note_queues();
}

bool is_allowed(const Scenario& scenario, std::string_view invariant) {
  return std::any_of(scenario.allowances.begin(), scenario.allowances.end(),
                     [&](const Allowance& allowance) { return allowance.invariant == invariant; });
}

void judge(const Evidence& evidence, const Scenario& scenario, ScenarioResult& result) {
  for (const Invariant& invariant : invariants()) {
    Findings found;
    invariant.check(evidence, found);
    if (std::string_view(invariant.name) == "segregation") result.crossings = found.size();
    if (is_allowed(scenario, invariant.name)) continue;
    result.findings.insert(result.findings.end(), found.begin(), found.end());
  }
  for (const auto& expectation : scenario.expectations) expectation->check(evidence, result.findings);
  // Nothing offered: nothing was tested, whatever the expectations say.
  if (evidence.lineage.roots().empty() && !scenario.steps.empty()) {
    bool sends = false;
    for (const auto& step : scenario.steps) sends = sends || !step->message_ids().empty();
    if (sends) {
      Finding found;
      found.rule = "lane simulated";
      found.sentence = "no message was ever offered: the scenario tested nothing";
      result.findings.push_back(std::move(found));
    }
  }
}

// A known-bad world passes only if the stated rule, at the stated line, is among what was reported.
void judge_must_fail(const MustFail& must_fail, const WorldSpec& world, ScenarioResult& result) {
  const std::string place = must_fail.at.empty() ? "" : world.shown_folder + "/" + must_fail.at;
  const auto names_it = [&](const Finding& finding) {
    if (finding.rule != must_fail.rule) return false;
    if (!must_fail.says.empty() && finding.sentence.find(must_fail.says) == std::string::npos) return false;
    if (place.empty()) return true;
    const auto starts_at_place = [&](std::string_view text) {
      const std::size_t found = text.find(place);
      if (found == std::string_view::npos) return false;
      const std::size_t end = found + place.size();
      return end == text.size() || text[end] < '0' || text[end] > '9';  // :1 is not :12
    };
    return starts_at_place(finding.decided_by) || starts_at_place(finding.sentence);
  };
  const bool reported = std::any_of(result.findings.begin(), result.findings.end(), names_it);
  if (reported) {
    result.expected_findings = std::move(result.findings);
    result.findings.clear();
    return;
  }
  Finding missing;
  missing.rule = "must-fail";
  missing.sentence = fmt::format("this known-bad world had to be reported by {}{}{}, and was not", must_fail.rule,
                                 place.empty() ? "" : " at " + place,
                                 must_fail.says.empty() ? "" : fmt::format(" saying '{}'", must_fail.says));
  result.findings.insert(result.findings.begin(), std::move(missing));
}

Verdict verdict_of(const ScenarioResult& result) {
  const bool broken = std::any_of(result.findings.begin(), result.findings.end(),
                                  [](const Finding& finding) { return !finding.is_inconclusive; });
  if (broken) return Verdict::failed;
  if (!result.findings.empty() || !result.not_understood.empty()) return Verdict::inconclusive;
  return Verdict::passed;
}

}  // namespace

std::uint64_t run_seed(std::uint64_t seed, std::string_view scenario_file, std::string_view world) {
  return stage::Random(seed).fork(scenario_file).fork(world).next();
}

ScenarioResult run_scenario(const Scenario& scenario, std::shared_ptr<const World> world, const RunOptions& options,
                            const Surroundings& surroundings) {
  const auto started = std::chrono::steady_clock::now();
  ScenarioResult result;
  result.file = scenario.file;
  result.title = scenario.title;
  result.world = world->spec.name;
  result.requirements = scenario.requirements;
  result.is_must_fail = scenario.must_fail.has_value();
  result.replay = fmt::format("watershed run --seed {} --world {} {}", options.seed, world->spec.name, scenario.file);

  SimulatedWorld running(world, run_seed(options.seed, scenario.file, world->spec.name));
  if (auto error = running.start()) {
    Finding found;
    found.rule = "lane simulated";
    found.sentence = "the world could not be started: " + *error;
    result.findings.push_back(std::move(found));
    result.verdict = Verdict::failed;
    return result;
  }
  play(running, scenario, result.findings);
  result.findings.insert(result.findings.end(), running.step_failures().begin(), running.step_failures().end());

  const std::vector<StoredCopy> copies = running.copies();
  const Evidence evidence{world->spec,
                          scenario,
                          running.journal(),
                          running.lineage(),
                          copies,
                          running.offered(),
                          surroundings.worlds,
                          surroundings.figures_elsewhere,
                          running.executor().now()};
  judge(evidence, scenario, result);
  result.not_understood = world->not_understood;
  for (NotUnderstoodLine& line : running.not_understood()) result.not_understood.push_back(std::move(line));
  if (scenario.must_fail) judge_must_fail(*scenario.must_fail, world->spec, result);
  fill_results(evidence, result);
  result.verdict = verdict_of(result);
  result.virtual_seconds = std::chrono::duration<double>(running.executor().now()).count();
  if (!options.artifacts.empty() && (options.keep_passed_artifacts || result.verdict != Verdict::passed)) {
    write_artifacts(options.artifacts, evidence, result);
  }
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  return result;
}

}  // namespace watershed::harness
