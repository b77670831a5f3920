// watershed run: scenarios in, verdicts out.
#include "cli/commands.hpp"
#include "cli/support.hpp"
#include "harness/suite/run_suite.hpp"
#include "reports/json_report.hpp"
#include "reports/junit_report.hpp"
#include "reports/terminal.hpp"

#include <fmt/format.h>

#include <charconv>
#include <fstream>
#include <random>
#include <thread>

namespace watershed::cli {

namespace {

struct ReportRequest {
  std::string kind;
  std::string path;
};

std::optional<std::vector<ReportRequest>> parse_reports(const std::vector<std::string>& texts) {
  std::vector<ReportRequest> requests;
  for (const std::string& text : texts) {
    const std::size_t equals = text.find('=');
    const std::string kind = text.substr(0, equals);
    if (equals == std::string::npos || equals + 1 == text.size() || (kind != "json" && kind != "junit")) {
      complain(fmt::format("--report {}: expected json=PATH or junit=PATH", text));
      return std::nullopt;
    }
    requests.push_back({kind, text.substr(equals + 1)});
  }
  return requests;
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

bool write_report(const ReportRequest& request, const harness::Outcome& outcome) {
  const std::string text = request.kind == "json" ? reports::json_report(outcome) : reports::junit_report(outcome);
  const std::filesystem::path path(request.path);
  std::error_code error;
  if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), error);
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << text;
  if (out.flush()) return true;
  complain(fmt::format("cannot write the {} report to {}", request.kind, request.path));
  return false;
}

harness::SuiteRunOptions run_options(const Options& options) {
  harness::SuiteRunOptions run;
  run.run.seed = options.has_seed ? options.seed : std::random_device{}();
  run.run.lane = options.lane;
  run.run.artifacts = options.artifacts;
  run.filter = options.filter;
  run.tags = options.tags;
  run.worlds = options.worlds;
  run.jobs = options.jobs != 0 ? options.jobs : std::max(1U, std::thread::hardware_concurrency());
  run.fail_fast = options.fail_fast;
  return run;
}

}  // namespace

ExitCode run(const Options& options) {
  const auto requests = parse_reports(options.reports);
  harness::SuiteRunOptions run = run_options(options);
  if (!requests || !parse_shard(options.shard, run)) return ExitCode::usage;
  const auto suite = load(options, false);
  if (!suite) return ExitCode::wrong_input;
  const auto selected = harness::select_scenarios(*suite, run);
  if (!selected) {
    complain(selected.error().message);
    return ExitCode::usage;
  }
  // A run that tests nothing must not look like a run in which everything held.
  if (selected->empty() && !options.allow_empty) {
    complain("no scenario was selected; expected at least one (--allow-empty turns this off)");
    return ExitCode::wrong_input;
  }
  const reports::TerminalStyle style = reports::terminal_style(options.color, verbosity(options));
  std::size_t runs = 0;
  for (const auto& scenario : *selected) {
    for (const std::string& world : scenario->worlds) {
      const bool wanted =
          run.worlds.empty() || std::find(run.worlds.begin(), run.worlds.end(), world) != run.worlds.end();
      runs += wanted ? 1 : 0;
    }
  }
  say(reports::start_text(run.run.seed, options.lane, runs, style));
  const auto outcome =
      harness::run_suite(*suite, run, [&](const harness::ScenarioResult& result, std::size_t done, std::size_t total) {
        say(reports::progress_text(result, done, total, style));
      });
  if (!outcome) {
    complain(outcome.error().message);
    return ExitCode::usage;
  }
  say(reports::final_text(*outcome, style));
  bool written = true;
  for (const ReportRequest& request : *requests) written = write_report(request, *outcome) && written;
  if (!written) return ExitCode::environment;
  return static_cast<ExitCode>(harness::exit_code(*outcome));
}

}  // namespace watershed::cli
