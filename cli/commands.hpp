// The sub-commands of watershed. Each takes the options and gives the exit code.
#pragma once

#include "cli/options.hpp"

namespace watershed::cli {

ExitCode run(const Options& options);
ExitCode check(const Options& options);
ExitCode list(const Options& options);
ExitCode explain(const Options& options);
ExitCode schema(const Options& options);
ExitCode diff(const Options& options);
ExitCode watch(const Options& options);
ExitCode new_file(const Options& options);
ExitCode verify(const Options& options);
ExitCode merge_reports(const Options& options);
ExitCode doctor(const Options& options);
/// `code`: the exit code of the command that ran, where one did.
ExitCode up(const Options& options, int& code);

}  // namespace watershed::cli
