// The worlds of one run side by side: legacy against phase1 against phase2, as a page shows them.
#pragma once

#include "harness/outcome.hpp"

#include <vector>

namespace watershed::harness {

/// Each scenario's worlds in the order in which it names them, each with the one before it. Fate and path are compared;
/// header and content only where both sides have hashes of them. Where a run was made in several lanes, the first one
/// counts. Runs that were skipped and known-bad worlds are left out.
std::vector<FlowComparison> compare_worlds(const Outcome& outcome);

/// Puts the comparisons of two parts of a run together, as if they had been one.
void merge_comparisons(std::vector<FlowComparison>& all, const std::vector<FlowComparison>& part);

}  // namespace watershed::harness
