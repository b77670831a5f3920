// The Markdown summary for a merge request: the answer, the requirements, and what failed, short enough to be read.
#pragma once

#include "harness/outcome.hpp"

#include <string>

namespace watershed::reports {

/// GitHub and GitLab flavours alike. At most `failures_max` failed runs; it says how many more there are.
std::string markdown_report(const harness::Outcome& outcome, std::size_t failures_max = 50);

}  // namespace watershed::reports
