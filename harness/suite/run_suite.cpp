// See run_suite.hpp.
#include "harness/suite/run_suite.hpp"

#include "harness/compare/worlds.hpp"
#include "harness/lanes/live/components.hpp"
#include "harness/lanes/live/live_world.hpp"
#include "harness/parity/lane_differences.hpp"
#include "harness/record/record_suite.hpp"
#include "harness/suite/live_suite_run.hpp"
#include "harness/suite/tag_expression.hpp"

#include <fmt/format.h>

#include <regex.h>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>

namespace watershed::harness {

namespace {

class Filter {
 public:
  static Result<Filter, Error> compile(const std::string& pattern) {
    Filter filter;
    if (pattern.empty()) return filter;
    filter.compiled_ = std::shared_ptr<regex_t>(new regex_t{}, [](regex_t* regex) {
      regfree(regex);
      delete regex;
    });
    const int error = regcomp(filter.compiled_.get(), pattern.c_str(), REG_EXTENDED | REG_NOSUB | REG_ICASE);
    if (error == 0) return filter;
    char text[200];
    regerror(error, filter.compiled_.get(), text, sizeof text);
    return Error{fmt::format("--filter '{}': {}", pattern, text)};
  }

  bool matches(const Scenario& scenario) const {
    if (!compiled_) return true;
    return regexec(compiled_.get(), scenario.file.c_str(), 0, nullptr, 0) == 0 ||
           regexec(compiled_.get(), scenario.title.c_str(), 0, nullptr, 0) == 0;
  }

 private:
  std::shared_ptr<regex_t> compiled_;
};

// The same scenario is in the same shard on every machine, whatever else is there.
unsigned shard_of(const Scenario& scenario, unsigned count) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : scenario.path.filename().string()) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  return static_cast<unsigned>(hash % count) + 1;
}

class SuiteRun {
 public:
  SuiteRun(const Suite& suite, const SuiteRunOptions& options, const OnResult& on_result,
           std::vector<std::shared_ptr<const Scenario>> selected)
      : suite_(suite), options_(options), on_result_(on_result), selected_(std::move(selected)) {
    for (const auto& [name, world] : suite.worlds) {
      if (world) worlds_[name] = &world->spec;
    }
    results_.resize(selected_.size());
    for (const auto& scenario : selected_) total_ += worlds_of(*scenario, options_).size();
  }

  std::vector<ScenarioResult> run() {
    const unsigned jobs = std::clamp<unsigned>(options_.jobs, 1, 64);
    std::vector<std::thread> threads;
    for (unsigned job = 1; job < jobs; ++job) threads.emplace_back([this] { work(); });
    work();
    for (std::thread& thread : threads) thread.join();
    std::vector<ScenarioResult> all;
    for (auto& of_scenario : results_) {
      std::move(of_scenario.begin(), of_scenario.end(), std::back_inserter(all));
    }
    return all;
  }

 private:
  void work() {
    for (;;) {
      const std::size_t index = next_.fetch_add(1);
      if (index >= selected_.size() || stopped_.load()) return;
      run_one(*selected_[index], results_[index]);
    }
  }

  // The worlds of one scenario run after each other: a later one may be compared with an earlier one.
  void run_one(const Scenario& scenario, std::vector<ScenarioResult>& results) {
    Surroundings surroundings{worlds_, {}};
    for (const std::string& world : worlds_of(scenario, options_)) {
      if (stopped_.load()) return;
      results.push_back(run_scenario(scenario, suite_.world_for(scenario, world), options_.run, surroundings));
      surroundings.figures_elsewhere[world] = results.back().figures;
      const Verdict verdict = results.back().verdict;
      const std::lock_guard lock(mutex_);
      ++done_;
      if (on_result_) on_result_(results.back(), done_, total_);
      if (options_.fail_fast && verdict == Verdict::failed) stopped_.store(true);
    }
  }

  const Suite& suite_;
  const SuiteRunOptions& options_;
  const OnResult& on_result_;
  std::vector<std::shared_ptr<const Scenario>> selected_;
  std::map<std::string, const WorldSpec*> worlds_;
  std::vector<std::vector<ScenarioResult>> results_;
  std::size_t total_ = 0;
  std::atomic<std::size_t> next_{0};
  std::atomic<bool> stopped_{false};
  std::mutex mutex_;
  std::size_t done_ = 0;
};

}  // namespace

std::vector<std::string> worlds_of(const Scenario& scenario, const SuiteRunOptions& options) {
  std::vector<std::string> worlds;
  for (const std::string& world : scenario.worlds) {
    const bool wanted = options.worlds.empty() ||
                        std::find(options.worlds.begin(), options.worlds.end(), world) != options.worlds.end();
    const bool is_listed = !options.only || options.only->contains({scenario.file, world});
    if (wanted && is_listed) worlds.push_back(world);
  }
  return worlds;
}

Result<std::vector<std::shared_ptr<const Scenario>>, Error> select_scenarios(const Suite& suite,
                                                                             const SuiteRunOptions& options) {
  const auto filter = Filter::compile(options.filter);
  if (!filter) return filter.error();
  std::vector<std::shared_ptr<const Scenario>> selected;
  for (const auto& scenario : suite.scenarios) {
    const auto tagged = matches_tags(options.tags, scenario->tags);
    if (!tagged) return Error{fmt::format("--tag '{}': {}", options.tags, tagged.error().message)};
    const bool here = options.shard_count <= 1 || shard_of(*scenario, options.shard_count) == options.shard_index;
    if (*tagged && here && filter->matches(*scenario) && !worlds_of(*scenario, options).empty()) {
      selected.push_back(scenario);
    }
  }
  return selected;
}

namespace {

using Selected = std::vector<std::shared_ptr<const Scenario>>;

std::vector<ScenarioResult> run_simulated(const Suite& suite, const SuiteRunOptions& options, const Selected& selected,
                                          const OnResult& on_result) {
  return SuiteRun(suite, options, on_result, selected).run();
}

Result<std::vector<ScenarioResult>, Error> run_live(const Suite& suite, const SuiteRunOptions& options,
                                                    const Selected& selected, const OnResult& on_result,
                                                    Outcome& outcome) {
  const auto level = options.run.sandbox ? options.run.sandbox : sandbox::best_level();
  if (!level) return Error{"this machine gives no sandbox for the live lane; see watershed doctor"};
  outcome.sandbox_level = to_string(*level);
  outcome.time_factor = live_time_factor;
  outcome.components = component_versions(find_components());
  return run_live_suite(suite, options, selected, *level, on_result);
}

std::vector<ComparedRun> compared_runs(const std::vector<ScenarioResult>& results) {
  std::vector<ComparedRun> runs;
  for (const ScenarioResult& result : results) {
    if (result.verdict != Verdict::skipped) runs.push_back({result.file, result.world, &result.compared});
  }
  return runs;
}

// Both lanes, one after the other, and what they agree on.
Result<void, Error> run_both(const Suite& suite, SuiteRunOptions options, const Selected& selected,
                             const OnResult& on_result, Outcome& outcome) {
  const std::string file = (suite.root / "lane-differences.yaml").string();
  const auto declared = read_lane_differences(file, file);
  if (!declared) return Error{render(declared.error())};
  options.run.compare = true;
  options.run.lane = "simulated";
  const std::filesystem::path artifacts = options.run.artifacts;
  if (!artifacts.empty()) options.run.artifacts = artifacts / "simulated";
  std::vector<ScenarioResult> simulated = run_simulated(suite, options, selected, on_result);
  options.run.lane = "live";
  if (!artifacts.empty()) options.run.artifacts = artifacts / "live";
  auto live = run_live(suite, options, selected, on_result, outcome);
  if (!live) return live.error();
  Diagnostics unused;
  outcome.parity = compare_lanes(compared_runs(simulated), compared_runs(*live), *declared, unused);
  for (const Diagnostic& each : unused) {
    outcome.parity.unused_declarations.push_back(fmt::format("{}: {}", to_file_line(each.at), each.message));
  }
  for (auto* results : {&simulated, &*live}) {
    for (ScenarioResult& result : *results) {
      result.compared.clear();
      outcome.scenarios.push_back(std::move(result));
    }
  }
  return {};
}

}  // namespace

Result<Outcome, Error> run_suite(const Suite& suite, const SuiteRunOptions& options, const OnResult& on_result) {
  const auto started = std::chrono::steady_clock::now();
  auto selected = select_scenarios(suite, options);
  if (!selected) return selected.error();
  Outcome outcome;
  outcome.seed = options.run.seed;
  outcome.shard = {options.shard_index, options.shard_count};
  outcome.lane = options.run.lane;
  if (outcome.lane == "both") {
    if (const auto done = run_both(suite, options, *selected, on_result, outcome); !done) return done.error();
  } else if (outcome.lane == "live") {
    auto results = run_live(suite, options, *selected, on_result, outcome);
    if (!results) return results.error();
    outcome.scenarios = std::move(*results);
  } else {
    outcome.scenarios = run_simulated(suite, options, *selected, on_result);
  }
  for (const Requirement& requirement : suite.requirements) {
    outcome.requirements.push_back({requirement.id, requirement.title, requirement.statement, Verdict::skipped, {}});
  }
  summarize(outcome);
  if (options.compare_worlds) outcome.world_comparison = compare_worlds(outcome);
  for (ScenarioResult& result : outcome.scenarios) {
    for (MessageResult& message : result.messages) message.journal.clear();
  }
  if (options.run.record.wanted) record_suite(suite, options.shown_command, outcome);
  outcome.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  return outcome;
}

}  // namespace watershed::harness
