// See play.hpp.
#include "harness/lanes/live/play.hpp"

#include "harness/lanes/artifacts.hpp"
#include "harness/lanes/judge.hpp"
#include "harness/lanes/live/live_artifacts.hpp"
#include "harness/lanes/live/live_world.hpp"
#include "harness/parity/compared.hpp"

#include <algorithm>
#include <chrono>

namespace watershed::harness {

using stage::Task;

namespace {

constexpr stage::Duration run_max = std::chrono::hours(24);

stage::Duration real_horizon(const Scenario& scenario) {
  const auto scaled = std::chrono::duration_cast<stage::Duration>(scenario.horizon / live_time_factor);
  return std::clamp<stage::Duration>(scaled, std::chrono::seconds(5), std::chrono::seconds(60));
}

// Steps, and the wait for what comes of them. `started`: whether the world came to be there for them.
Task<void> act(LiveWorld& world, const Scenario& scenario, Findings& findings, bool& started) {
  if (auto error = co_await world.start()) {
    findings.push_back(lane_finding("live", "the world could not be started: " + *error));
    findings.back().is_inconclusive = world.is_beyond_lane();
    co_return;
  }
  started = true;
  for (const auto& step : scenario.steps) {
    world.journal().record({.kind = stage::FactKind::step, .at = world.executor().now(), .detail = step->summary});
    co_await step->act(world);
  }
  const bool quiet = co_await world.wait_until_quiet(world.executor().now() + real_horizon(scenario));
  static_cast<void>(quiet);  // what is left shows as queued
  co_await world.freeze();
  for (const std::string& death : world.deaths()) findings.push_back(lane_finding("live", death));
}

Task<void> act_and_keep(LiveWorld& world, const Scenario& scenario, Findings& findings, bool& started,
                        std::filesystem::path folder) {
  co_await act(world, scenario, findings, started);
  if (!folder.empty()) {
    const auto written = co_await write_live_artifacts(world, std::move(folder));
    if (!written) findings.push_back(lane_finding("live", written.error().message));
  }
  world.executor().stop();
}

Task<void> beat(stage::RealExecutor& loop, const std::function<void()>& say_alive) {
  for (;;) {
    say_alive();
    co_await loop.sleep_for(std::chrono::seconds(1));
  }
}

// Of what hosts begin with; steps may bring more.
NotUnderstoodLines not_understood_at_start(const World& world) {
  NotUnderstoodLines lines;
  for (std::size_t index = 0; index < world.hosts.size(); ++index) {
    if (!world.hosts[index].router) continue;
    add_unwaived(world.spec,
                 not_understood_lines(world.spec.hosts[index], *world.hosts[index].router, ConfigReader::program),
                 lines);
  }
  return lines;
}

// The facts of all witnesses in one journal, and the lineage that follows from them.
struct Attested {
  Attested(const stage::Journal& direct, std::vector<stage::Fact> facts) : lineage(journal) {
    for (std::size_t id = 1; id < direct.hosts().size(); ++id) journal.add_host(direct.hosts()[id]);
    for (stage::Fact& fact : facts) {
      lineage.take(fact);
      journal.record(std::move(fact));
    }
  }

  stage::Journal journal;
  Lineage lineage;
};

}  // namespace

std::vector<IpAddress> live_addresses(const WorldSpec& spec) { return LiveWorld::world_addresses(spec); }

ScenarioResult play_live(const Scenario& scenario, const std::shared_ptr<const World>& world, const RunOptions& options,
                         const Surroundings& surroundings, const sandbox::Inside& inside,
                         const std::function<void()>& say_alive) {
  const auto started = std::chrono::steady_clock::now();
  ScenarioResult result = begin_result(scenario, *world, options.seed, "live");
  LiveWorld running(world, run_seed(options.seed, scenario.file, world->spec.name), inside);
  std::filesystem::path artifacts;
  if (!options.artifacts.empty()) artifacts = options.artifacts / artifact_folder(result);
  std::error_code ignored;
  std::filesystem::remove_all(artifacts, ignored);
  bool has_started = false;
  running.loop().spawn(act_and_keep(running, scenario, result.findings, has_started, artifacts));
  running.loop().spawn(beat(running.loop(), say_alive));
  running.loop().run_until(run_max);
  if (running.loop().now() >= run_max) result.findings.push_back(lane_finding("live", "it was not over after a day"));
  if (!running.loop().failure().empty()) {
    result.findings.push_back(lane_finding("live", "a part of the world broke down: " + running.loop().failure()));
  }
  if (!has_started) {
    // Nothing was sent, so every expectation would seem broken; in a known-bad world that would look like the proof.
    result.verdict = running.is_beyond_lane() ? Verdict::inconclusive : Verdict::failed;
    return result;
  }
  running.note_queues();
  result.findings.insert(result.findings.end(), running.step_failures().begin(), running.step_failures().end());
  running.end_capture();
  JournalReading reading = running.attest();
  result.findings.insert(result.findings.end(), reading.faults.begin(), reading.faults.end());
  const Attested attested(running.journal(), std::move(reading.facts));
  std::vector<StoredCopy> copies = running.fake_copies();
  copies.insert(copies.end(), reading.copies.begin(), reading.copies.end());
  const Evidence evidence{world->spec,
                          scenario,
                          attested.journal,
                          attested.lineage,
                          copies,
                          running.offered(),
                          surroundings.worlds,
                          surroundings.figures_elsewhere,
                          running.executor().now(),
                          live_time_factor};
  result.not_understood = not_understood_at_start(*world);
  add_not_understood_of_steps(scenario, world->spec, ConfigReader::program, result.not_understood);
  judge(evidence, "live", result);
  if (options.compare) result.compared = compared_messages(evidence, result);
  if (options.record.wanted) record_run(evidence, running.take_dialogues(reading), options.record, result);
  result.virtual_seconds = std::chrono::duration<double>(running.executor().now()).count();
  if (!options.artifacts.empty() && (options.keep_passed_artifacts || result.verdict != Verdict::passed)) {
    write_artifacts(options.artifacts, evidence, result);
  }
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  return result;
}

}  // namespace watershed::harness
