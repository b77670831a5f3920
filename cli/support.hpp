// What the sub-commands share: where words go, and how a suite is loaded.
#pragma once

#include "cli/options.hpp"
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

reports::Verbosity verbosity(const Options& options);

}  // namespace watershed::cli
