// The JUnit XML report, in the form that Jenkins and GitLab read.
#pragma once

#include "harness/outcome.hpp"

#include <string>

namespace watershed::reports {

/// One test suite a scenario file, one test case a world; `failure`, `error` and `skipped` are kept apart. Mail content
/// is escaped and cut to what XML 1.0 allows.
std::string junit_report(const harness::Outcome& outcome);

}  // namespace watershed::reports
