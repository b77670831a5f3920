// What the sub-commands share: where words go, and how a suite is loaded.
#pragma once

#include "cli/options.hpp"
#include "harness/outcome.hpp"
#include "harness/suite/run_suite.hpp"
#include "harness/suite/suite.hpp"
#include "reports/terminal.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace watershed::cli {

void say(std::string_view text);       ///< standard output
void complain(std::string_view text);  ///< standard error, with the program's name and a newline

/// Reads the suite; its errors are printed. Nothing: exit 3.
std::optional<harness::Suite> load(const Options& options, bool check_requirements);

/// Reads a result file; its errors are printed. Nothing: exit 3.
std::optional<harness::Outcome> load_result(const std::string& path);

/// `i/n` into the options; an empty text is all. False (and a complaint) where it is none.
bool parse_shard(const std::string& text, harness::SuiteRunOptions& options);

reports::Verbosity verbosity(const Options& options);

}  // namespace watershed::cli
