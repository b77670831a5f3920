// watershed rules: everything about filter rules outside of a world. Each sub-command has a file of its own,
// cli/rules_NAME.cpp; rules_command.cpp is their table.
#pragma once

#include "cli/options.hpp"

#include <functional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace watershed::cli {

/// A sub-command of `rules`: what it is called and what it does once the command line is read.
struct RulesCommand {
  CLI::App* app = nullptr;
  std::function<ExitCode()> run;
};

/// Adds `rules` with its sub-commands to the command line. The result must live until one is run.
std::vector<RulesCommand> add_rules(CLI::App& app, const Options& options);

/// `rules test FILES`, in rules_test_command.cpp.
RulesCommand add_rules_test(CLI::App& rules, const Options& options);

/// `rules translate PROCMAILRC`, in rules_translate_command.cpp.
RulesCommand add_rules_translate(CLI::App& rules, const Options& options);

/// `rules compare OLD NEW` and `rules coverage RULES`, in rules_compare_command.cpp.
RulesCommand add_rules_compare(CLI::App& rules, const Options& options);
RulesCommand add_rules_coverage(CLI::App& rules, const Options& options);

}  // namespace watershed::cli
