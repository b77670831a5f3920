// SARIF 2.1.0 (OASIS): findings at the configuration line that decided, for code scanning of GitHub, GitLab and
// editors.
#pragma once

#include "harness/outcome.hpp"

#include <string>

namespace watershed::reports {

/// One run with one result for each finding and each line that is not understood. Findings of known-bad worlds are what
/// must be found, so they are no results.
std::string sarif_report(const harness::Outcome& outcome);

}  // namespace watershed::reports
