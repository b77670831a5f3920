// Runs one .svtest file. See bench.hpp for what its cases share.
#pragma once

#include "base/diagnostic.hpp"
#include "components/filter/sieve/svtest/bench.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace watershed::sieve {

/// The cases in their order. An error of the test file itself (it cannot be read, it does not compile) gives no case
/// but diagnostics.
Parsed<std::vector<CaseResult>> run_svtest(const std::string& path, std::int64_t now_unix_seconds);

}  // namespace watershed::sieve
