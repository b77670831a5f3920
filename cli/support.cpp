// See support.hpp.
#include "cli/support.hpp"

#include <fmt/format.h>

#include <cstdio>

namespace watershed::cli {

void say(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

void complain(std::string_view text) {
  const std::string line = fmt::format("watershed: {}\n", text);
  std::fwrite(line.data(), 1, line.size(), stderr);
}

std::optional<harness::Suite> load(const Options& options, bool check_requirements) {
  harness::SuiteOptions suite_options;
  suite_options.paths = options.paths.empty() ? std::vector<std::string>{"scenarios"} : options.paths;
  suite_options.scenarios_root = options.scenarios_root;
  suite_options.worlds = options.worlds;
  suite_options.check_requirements = check_requirements && options.worlds.empty();
  auto suite = harness::load_suite(suite_options);
  if (!suite) {
    const std::string text = render(suite.error());
    std::fwrite(text.data(), 1, text.size(), stderr);
    complain(fmt::format("{} error{}; nothing was run", suite.error().size(), suite.error().size() == 1 ? "" : "s"));
    return std::nullopt;
  }
  if (options.verbose && !suite->warnings.empty()) {
    const std::string text = render(suite->warnings);
    std::fwrite(text.data(), 1, text.size(), stderr);
  }
  return std::move(*suite);
}

reports::Verbosity verbosity(const Options& options) {
  if (options.quiet) return reports::Verbosity::quiet;
  return options.verbose ? reports::Verbosity::verbose : reports::Verbosity::normal;
}

}  // namespace watershed::cli
