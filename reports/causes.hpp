// The differences of a comparison by their cause, as all reports of it show them.
#pragma once

#include "harness/outcome_parts.hpp"

#include <cstddef>
#include <set>
#include <string>
#include <vector>

namespace watershed::reports {

struct Cause {
  std::string text;  ///< configuration line on either side, or the host whose choice differs
  bool is_expected = false;
  std::vector<const harness::FlowDifference*> flows;
  std::set<std::string> requirements;  ///< that their scenarios speak for
};

/// What no scenario's expectations cover comes first, then by the number of flows. Points into `comparison`.
std::vector<Cause> causes_of(const harness::FlowComparison& comparison);

/// Flows that differ although something asked of them does not hold.
std::size_t not_expected(const harness::FlowComparison& comparison);

}  // namespace watershed::reports
