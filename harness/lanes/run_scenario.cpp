// See run_scenario.hpp.
#include "harness/lanes/run_scenario.hpp"

#include "harness/lanes/artifacts.hpp"
#include "harness/lanes/content_hashes.hpp"
#include "harness/lanes/judge.hpp"
#include "harness/lanes/simulated_world.hpp"
#include "harness/parity/compared.hpp"

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
    findings.push_back(lane_finding("simulated", world.task_failure().empty()
                                                     ? "the steps did not come to an end within a year"
                                                     : "a part of the world broke down: " + world.task_failure()));
  }
  world.note_queues();
}

}  // namespace

std::uint64_t run_seed(std::uint64_t seed, std::string_view scenario_file, std::string_view world) {
  return stage::Random(seed).fork(scenario_file).fork(world).next();
}

ScenarioResult run_scenario(const Scenario& scenario, std::shared_ptr<const World> world, const RunOptions& options,
                            const Surroundings& surroundings) {
  const auto started = std::chrono::steady_clock::now();
  if (auto reason = lane_skip_reason(scenario, "simulated")) {
    return skipped_result(scenario, *world, options.seed, "simulated", std::move(*reason));
  }
  ScenarioResult result = begin_result(scenario, *world, options.seed, "simulated");
  SimulatedWorld running(world, run_seed(options.seed, scenario.file, world->spec.name));
  DialogueRecorder dialogues;
  if (options.record.wanted) running.network().listen_in(dialogues.listener());
  if (auto error = running.start()) {
    result.findings.push_back(lane_finding("simulated", "the world could not be started: " + *error));
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
  result.not_understood = world->not_understood;
  add_not_understood_of_steps(scenario, world->spec, ConfigReader::model, result.not_understood);
  add_unwaived(world->spec, running.not_understood(), result.not_understood);
  judge(evidence, "simulated", result);
  if (options.compare) result.compared = compared_messages(evidence, result);
  if (options.hash_content) fill_content_hashes(evidence, result);
  if (options.record.wanted) record_run(evidence, dialogues, options.record, result);
  result.virtual_seconds = std::chrono::duration<double>(running.executor().now()).count();
  if (!options.artifacts.empty() && (options.keep_passed_artifacts || result.verdict != Verdict::passed)) {
    write_artifacts(options.artifacts, evidence, result);
  }
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  return result;
}

}  // namespace watershed::harness
