// Events while a run goes on, as JSON Lines: for dashboards and for whoever wants to see the first failure at once.
#pragma once

#include "harness/outcome.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace watershed::reports {

/// One line each, with its newline. `start` comes first, `result` after each run, `end` last; a file without `end` is
/// that of a run that was cut off.
std::string start_event(std::uint64_t seed, std::string_view lane, std::size_t runs);
std::string result_event(const harness::ScenarioResult& result, std::size_t done, std::size_t total);
std::string end_event(const harness::Outcome& outcome);

}  // namespace watershed::reports
