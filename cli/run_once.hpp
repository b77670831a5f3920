// One run of a selection with all its reports: what `run` does once and `run --watch` again and again.
#pragma once

#include "cli/options.hpp"

#include <optional>
#include <set>
#include <string>
#include <utility>

namespace watershed::cli {

/// `only`: these scenario files and worlds; unset: what the options select.
ExitCode run_once(const Options& options, std::optional<std::set<std::pair<std::string, std::string>>> only);

}  // namespace watershed::cli
