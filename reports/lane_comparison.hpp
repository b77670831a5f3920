// The comparison of lanes for people: the figure, and each difference with what both journals say. Part of the report
// after the run (terminal.hpp).
#pragma once

#include "harness/outcome.hpp"
#include "reports/terminal.hpp"

#include <string>

namespace watershed::reports {

/// Empty where nothing was compared because only one lane ran.
std::string lane_comparison_text(const harness::Outcome& outcome, const TerminalStyle& style);

}  // namespace watershed::reports
