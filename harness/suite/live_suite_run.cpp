// See live_suite_run.hpp.
#include "harness/suite/live_suite_run.hpp"

#include "harness/lanes/judge.hpp"
#include "harness/lanes/live/live_run.hpp"

#include <poll.h>

#include <algorithm>

namespace watershed::harness {

namespace {

// The runs of one scenario, one world after the other: a later one may be compared with an earlier one.
struct Sequence {
  const Scenario* scenario = nullptr;
  std::vector<std::string> worlds;
  std::size_t next = 0;
  Surroundings surroundings;
  std::vector<ScenarioResult> results;
  std::unique_ptr<LiveRun> running;
  bool is_timed = false;
  bool is_waiting = false;  // it lets time go by, and asks for little else

  bool is_done() const { return !running && next == worlds.size(); }
};

// What measures time has the machine to itself, after all others: beside them it would measure them too.
bool is_timed(const Scenario& scenario) {
  return std::any_of(scenario.expectations.begin(), scenario.expectations.end(),
                     [](const auto& expectation) { return expectation->kind == "throughput"; });
}

bool lets_time_pass(const Scenario& scenario) {
  return std::any_of(scenario.steps.begin(), scenario.steps.end(),
                     [](const auto& step) { return step->advances() > stage::Duration{}; });
}

class LiveSuiteRun {
 public:
  LiveSuiteRun(const Suite& suite, const SuiteRunOptions& options, sandbox::Level level, const OnResult& on_result,
               const std::vector<std::shared_ptr<const Scenario>>& selected)
      : suite_(suite), options_(options), level_(level), on_result_(on_result) {
    std::map<std::string, const WorldSpec*> worlds;
    for (const auto& [name, world] : suite.worlds) {
      if (world) worlds[name] = &world->spec;
    }
    for (const auto& scenario : selected) {
      sequences_.push_back({scenario.get(),
                            worlds_of(*scenario, options),
                            0,
                            {worlds, {}},
                            {},
                            nullptr,
                            is_timed(*scenario),
                            lets_time_pass(*scenario)});
      total_ += sequences_.back().worlds.size();
    }
  }

  std::vector<ScenarioResult> run() {
    while (start_some() || count_running() > 0) wait();
    std::vector<ScenarioResult> all;
    for (Sequence& sequence : sequences_)
      std::move(sequence.results.begin(), sequence.results.end(), std::back_inserter(all));
    return all;
  }

 private:
  std::size_t count_running() const {
    return static_cast<std::size_t>(std::count_if(sequences_.begin(), sequences_.end(),
                                                  [](const Sequence& each) { return each.running != nullptr; }));
  }

  // Those that wait take nothing from those that work: as many again, where more than one is wanted at all.
  bool has_room(const Sequence& next) const {
    const auto running = std::count_if(sequences_.begin(), sequences_.end(), [&](const Sequence& each) {
      return each.running != nullptr && (options_.jobs == 1 || each.is_waiting == next.is_waiting);
    });
    return static_cast<std::size_t>(running) < options_.jobs;
  }

  bool has_to_wait(const Sequence& next) const {
    return std::any_of(sequences_.begin(), sequences_.end(), [&](const Sequence& other) {
      return next.is_timed ? other.running != nullptr || (!other.is_timed && !other.is_done())
                           : other.is_timed && other.running != nullptr;
    });
  }

  // Starts as many as there is room for. True if something new has ended or begun.
  bool start_some() {
    bool did_something = false;
    for (Sequence& sequence : sequences_) {
      if (stopped_) break;
      if (sequence.running || sequence.is_done() || !has_room(sequence) || has_to_wait(sequence)) continue;
      did_something = true;
      start(sequence);
    }
    return did_something;
  }

  void start(Sequence& sequence) {
    const std::string& name = sequence.worlds[sequence.next++];
    const auto world = suite_.world_for(*sequence.scenario, name);
    if (auto reason = live_skip_reason(*sequence.scenario, *world, level_)) {
      finish(sequence, skipped_result(*sequence.scenario, *world, options_.run.seed, "live", std::move(*reason)));
      return;
    }
    sequence.running =
        std::make_unique<LiveRun>(*sequence.scenario, world, options_.run, sequence.surroundings, level_);
    if (sequence.running->is_over()) finish(sequence, sequence.running->result());
  }

  void finish(Sequence& sequence, ScenarioResult result) {
    sequence.running.reset();
    sequence.surroundings.figures_elsewhere[result.world] = result.figures;
    if (options_.fail_fast && result.verdict == Verdict::failed) stopped_ = true;
    sequence.results.push_back(std::move(result));
    ++done_;
    if (on_result_) on_result_(sequence.results.back(), done_, total_);
  }

  void wait() {
    constexpr int look_after_late_ones_ms = 1000;
    std::vector<pollfd> waiting;
    for (const Sequence& sequence : sequences_) {
      if (sequence.running) waiting.push_back({sequence.running->descriptor(), POLLIN, 0});
    }
    if (waiting.empty()) return;
    ::poll(waiting.data(), waiting.size(), look_after_late_ones_ms);
    for (Sequence& sequence : sequences_) {
      if (!sequence.running) continue;
      sequence.running->take();
      sequence.running->end_if_late();
      if (sequence.running->is_over()) finish(sequence, sequence.running->result());
    }
  }

  const Suite& suite_;
  const SuiteRunOptions& options_;
  sandbox::Level level_;
  const OnResult& on_result_;
  std::vector<Sequence> sequences_;
  std::size_t total_ = 0;
  std::size_t done_ = 0;
  bool stopped_ = false;
};

}  // namespace

std::vector<ScenarioResult> run_live_suite(const Suite& suite, const SuiteRunOptions& options,
                                           const std::vector<std::shared_ptr<const Scenario>>& selected,
                                           sandbox::Level level, const OnResult& on_result) {
  return LiveSuiteRun(suite, options, level, on_result, selected).run();
}

}  // namespace watershed::harness
