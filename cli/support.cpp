// See support.hpp.
#include "cli/support.hpp"

#include "cli/report_requests.hpp"
#include "harness/result_file/result_file.hpp"

#include <fmt/format.h>

#include <charconv>
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

std::optional<harness::Outcome> load_result(const std::string& path) {
  const auto text = read_file(path);
  if (!text) return std::nullopt;
  auto outcome = harness::read_outcome(*text, path);
  if (outcome) return std::move(*outcome);
  const std::string errors = render(outcome.error());
  std::fwrite(errors.data(), 1, errors.size(), stderr);
  return std::nullopt;
}

bool parse_shard(const std::string& text, harness::SuiteRunOptions& options) {
  if (text.empty()) return true;
  const std::size_t slash = text.find('/');
  const char* end = text.data() + text.size();
  if (slash != std::string::npos) {
    const auto index = std::from_chars(text.data(), text.data() + slash, options.shard_index);
    const auto count = std::from_chars(text.data() + slash + 1, end, options.shard_count);
    const bool whole = index.ptr == text.data() + slash && count.ptr == end;
    if (whole && options.shard_index >= 1 && options.shard_index <= options.shard_count) return true;
  }
  complain(fmt::format("--shard {}: expected i/n with i from 1 to n", text));
  return false;
}

reports::Verbosity verbosity(const Options& options) {
  if (options.quiet) return reports::Verbosity::quiet;
  return options.verbose ? reports::Verbosity::verbose : reports::Verbosity::normal;
}

}  // namespace watershed::cli
