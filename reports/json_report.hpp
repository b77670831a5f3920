// The JSON report: one document with `schema_version`, for machines. It is a result file (harness/result_file) that
// opens with the answer.
#pragma once

#include "harness/outcome.hpp"

#include <string>

namespace watershed::reports {

std::string json_report(const harness::Outcome& outcome);

}  // namespace watershed::reports
