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

/// A flow is one offered message for one recipient.
struct FlowDifference {
  std::string scenario;
  std::string world;  ///< empty where the sides are two worlds
  std::string message;
  std::string recipient;
  std::vector<std::string> aspects;       ///< `path: a > b → a > c`, one each
  std::string cause;                      ///< the configuration line on either side, or the host whose choice differs
  bool is_expected = false;               ///< all that the scenario asks holds on both sides
  std::vector<std::string> requirements;  ///< that the scenario speaks for
};

struct FlowComparison {
  std::string a;
  std::string b;
  std::size_t flows = 0;  ///< compared
  std::vector<FlowDifference> differences;
  std::vector<std::string> not_compared;  ///< with the reason
};

struct FlowDiffOptions {
  bool are_worlds = false;                          ///< runs are paired by scenario, else by scenario and world
  std::optional<std::set<std::string>> only_hosts;  ///< only which lines of these hosts decided, and what they hold
};

FlowComparison compare_flows(const Outcome& a, const std::string& name_a, const Outcome& b, const std::string& name_b,
                             const FlowDiffOptions& options);

}  // namespace watershed::harness
