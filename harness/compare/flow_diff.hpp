// What became of the same mail in two runs: on two worlds, or before and after a change.
//
// Pure: two Outcomes in, differences out. Both sides are named everywhere, and what could not be compared is said,
// since silence about it would look like "unchanged".
#pragma once

#include "harness/outcome.hpp"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace watershed::harness {

struct FlowDiffOptions {
  bool are_worlds = false;                          ///< runs are paired by scenario, else by scenario and world
  bool with_content = true;                         ///< it is missed where no hashes of it were kept
  std::optional<std::set<std::string>> only_hosts;  ///< only which lines of these hosts decided, and what they hold
};

using Runs = std::vector<const ScenarioResult*>;

/// A flow is one offered message for one recipient. Known-bad worlds say nothing about either side and are left out.
FlowComparison compare_flows(const Runs& a, const std::string& name_a, const Runs& b, const std::string& name_b,
                             const FlowDiffOptions& options);

/// The same for all runs of two outcomes.
FlowComparison compare_flows(const Outcome& a, const std::string& name_a, const Outcome& b, const std::string& name_b,
                             const FlowDiffOptions& options);

}  // namespace watershed::harness
