// Runs a suite in the live lane: one thread, and a sandboxed process for each run, several at a time.
#pragma once

#include "harness/suite/run_suite.hpp"
#include "sandbox/level.hpp"

#include <memory>
#include <vector>

namespace watershed::harness {

/// Results in the order of the scenarios and their worlds. Scenarios that say nothing in this lane are skipped.
std::vector<ScenarioResult> run_live_suite(const Suite& suite, const SuiteRunOptions& options,
                                           const std::vector<std::shared_ptr<const Scenario>>& selected,
                                           sandbox::Level level, const OnResult& on_result);

}  // namespace watershed::harness
