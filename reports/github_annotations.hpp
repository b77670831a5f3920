// GitHub workflow commands: findings as annotations at the line of a file in the pull request.
#pragma once

#include "harness/outcome.hpp"

#include <string>

namespace watershed::reports {

/// One `::error` line for each finding and one `::warning` for each line that is not understood, each text once. GitHub
/// shows ten of a kind for a step, so the tenth says how many more there are.
std::string github_annotations(const harness::Outcome& outcome);

}  // namespace watershed::reports
