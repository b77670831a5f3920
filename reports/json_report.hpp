// The JSON report: one document with `schema_version`, for machines. Keys only ever come to it; a change of meaning
// raises the version.
#pragma once

#include "harness/outcome.hpp"

#include <string>

namespace watershed::reports {

inline constexpr int json_schema_version = 1;

std::string json_report(const harness::Outcome& outcome);

}  // namespace watershed::reports
