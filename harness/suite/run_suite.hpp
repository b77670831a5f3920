// Runs a suite: each scenario on each of its worlds, several at a time, with one seed.
#pragma once

#include "harness/lanes/run_scenario.hpp"
#include "harness/outcome.hpp"
#include "harness/suite/suite.hpp"

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace watershed::harness {

struct SuiteRunOptions {
  RunOptions run;
  std::string filter;               ///< POSIX extended regular expression on file and title; empty: all
  std::string tags;                 ///< `a and not (b or c)`; empty: all
  std::vector<std::string> worlds;  ///< only these; empty: all
  std::optional<std::set<std::pair<std::string, std::string>>> only;  ///< these scenario files and worlds; unset: all
  unsigned shard_index = 1;                                           ///< 1 … shard_count
  unsigned shard_count = 1;
  unsigned jobs = 1;
  bool fail_fast = false;
  bool compare_worlds = false;  ///< fill Outcome::world_comparison
  std::string shown_command;    ///< for the run record
};

/// Called in one thread at a time after each run, in the order of completion.
using OnResult = std::function<void(const ScenarioResult& result, std::size_t done, std::size_t total)>;

/// The outcome, or why nothing could be run (a filter or tag expression that cannot be read, nothing selected).
Result<Outcome, Error> run_suite(const Suite& suite, const SuiteRunOptions& options, const OnResult& on_result);

/// The worlds of a scenario that were selected, in its order.
std::vector<std::string> worlds_of(const Scenario& scenario, const SuiteRunOptions& options);

/// The selected scenarios in order.
Result<std::vector<std::shared_ptr<const Scenario>>, Error> select_scenarios(const Suite& suite,
                                                                             const SuiteRunOptions& options);

}  // namespace watershed::harness
