// The table of `watershed rules`. See rules_command.hpp.
#include "cli/rules_command.hpp"

#include <CLI/CLI.hpp>

namespace watershed::cli {

std::vector<RulesCommand> add_rules(CLI::App& app, const Options& options) {
  CLI::App* const rules = app.add_subcommand("rules", "Test, translate and compare filter rules");
  rules->require_subcommand(1);
  return {add_rules_test(*rules, options), add_rules_translate(*rules, options), add_rules_compare(*rules, options),
          add_rules_coverage(*rules, options)};
}

}  // namespace watershed::cli
