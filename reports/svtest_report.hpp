// JUnit XML of Sieve unit tests, a test suite a file. The form is junit_report.hpp's.
#pragma once

#include "components/filter/sieve/svtest/bench.hpp"

#include <span>
#include <string>
#include <vector>

namespace watershed::reports {

struct SvtestFile {
  std::string file;
  std::vector<sieve::CaseResult> cases;
  std::string error;  ///< why the file could not be run; empty where it was
};

std::string svtest_junit(std::span<const SvtestFile> files);

}  // namespace watershed::reports
