// From evidence to a verdict: the same in every lane.
#pragma once

#include "harness/outcome.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace watershed::harness {

/// A result that says what is run, and how to run it again.
ScenarioResult begin_result(const Scenario& scenario, const World& world, std::uint64_t seed, const std::string& lane);

/// Why the lane skips the scenario: it does not name the lane. Nothing: it is run.
std::optional<std::string> lane_skip_reason(const Scenario& scenario, const std::string& lane);
/// The result of a skipped run.
ScenarioResult skipped_result(const Scenario& scenario, const World& world, std::uint64_t seed, const std::string& lane,
                              std::string because);

/// Checks invariants and expectations, beside the findings that the lane itself has put into `result`, and gives counts
/// and verdict. A known-bad world passes only if what it states is reported, and nothing of the lane, of a step or of
/// gaps in the evidence is; the lane of real programs cannot tell which line of their configuration decided, so there
/// the stated place is not asked for.
void judge(const Evidence& evidence, const std::string& lane, ScenarioResult& result);

/// Something that went wrong with the lane itself.
Finding lane_finding(const std::string& lane, std::string sentence);

}  // namespace watershed::harness
