// A comparison of two runs, for people and as JSON.
#pragma once

#include "harness/compare/flow_diff.hpp"

#include <optional>
#include <string>
#include <vector>

namespace watershed::reports {

/// `--expect-unchanged zone=NAME`, answered.
struct ZoneAnswer {
  std::string zone;
  std::vector<std::string> configuration;  ///< hosts and files that differ
  harness::FlowComparison flows;           ///< what the zone's hosts did
  bool is_unchanged() const { return configuration.empty() && flows.differences.empty(); }
};

/// Differences by cause, the expected ones last; what was not compared; the answer on the zone. `per_cause_max`: flows
/// shown of one cause.
std::string diff_text(const harness::FlowComparison& comparison, const std::optional<ZoneAnswer>& zone,
                      std::size_t per_cause_max);

std::string diff_json(const harness::FlowComparison& comparison, const std::optional<ZoneAnswer>& zone);

}  // namespace watershed::reports
