// watershed run: scenarios in, verdicts out.
#include "cli/commands.hpp"
#include "cli/evidence.hpp"
#include "cli/report_requests.hpp"
#include "cli/run_once.hpp"
#include "cli/support.hpp"
#include "harness/lanes/live/components.hpp"
#include "harness/suite/run_suite.hpp"
#include "reports/coverage_text.hpp"
#include "reports/events.hpp"
#include "reports/terminal.hpp"
#include "sandbox/level.hpp"

#include <fmt/format.h>

#include <random>
#include <thread>

namespace watershed::cli {

namespace {

// Real programs spend most of a run waiting for one another.
unsigned default_jobs(std::string_view lane) {
  return std::max(1U, std::thread::hardware_concurrency()) * (lane == "simulated" ? 1 : 2);
}

harness::SuiteRunOptions run_options(const Options& options) {
  harness::SuiteRunOptions run;
  run.run.seed = options.has_seed ? options.seed : std::random_device{}();
  run.run.lane = options.lane;
  run.run.sandbox = sandbox::find_level(options.sandbox);
  run.run.artifacts = options.artifacts;
  run.run.hash_content = options.hash_content;
  run.filter = options.filter;
  run.tags = options.tags;
  run.worlds = options.worlds;
  run.jobs = options.jobs != 0 ? options.jobs : default_jobs(options.lane);
  run.fail_fast = options.fail_fast;
  run.shown_command = options.shown_command;
  run.run.record.all_stories = options.stories == "all";
  return run;
}

// Only what did not pass in the result file of an earlier run. False: exit 3.
bool select_last_failed(const std::string& path, harness::SuiteRunOptions& run) {
  const auto last = load_result(path);
  if (!last) return false;
  run.only.emplace();
  for (const harness::ScenarioResult& result : last->scenarios) {
    const bool held = result.verdict == harness::Verdict::passed || result.verdict == harness::Verdict::skipped;
    if (!held) run.only->insert({result.file, result.world});
  }
  return true;
}

std::size_t count_runs(const std::vector<std::shared_ptr<const harness::Scenario>>& selected,
                       const harness::SuiteRunOptions& run) {
  std::size_t runs = 0;
  for (const auto& scenario : selected) runs += harness::worlds_of(*scenario, run).size();
  return runs;
}

// Runs what was selected, with all that is written on the way.
ExitCode rehearse(const Options& options, const harness::Suite& suite, harness::SuiteRunOptions run, std::size_t runs,
                  const std::vector<ReportRequest>& requests) {
  const reports::TerminalStyle style = reports::terminal_style(options.color, verbosity(options));
  EventFiles events;
  EvidencePacks packs(options, requests);
  if (!events.open(requests) || !packs.prepare(run)) return ExitCode::environment;
  say(reports::start_text(run.run.seed, options.lane, runs, style));
  events.write(reports::start_event(run.run.seed, options.lane, runs));
  const auto outcome =
      harness::run_suite(suite, run, [&](const harness::ScenarioResult& result, std::size_t done, std::size_t total) {
        say(reports::progress_text(result, done, total, style));
        if (events.is_wanted()) events.write(reports::result_event(result, done, total));
      });
  if (!outcome) {
    complain(outcome.error().message);
    return ExitCode::usage;
  }
  events.write(reports::end_event(*outcome));
  say(reports::final_text(*outcome, style));
  if (options.coverage) say(reports::coverage_text(*outcome, style));
  write_annotations(options.annotations, *outcome);
  const bool are_events_written = events.close();
  const bool are_reports_written = write_reports(requests, *outcome) && packs.write(suite, run, *outcome);
  if (!are_reports_written || !are_events_written) return ExitCode::environment;
  return static_cast<ExitCode>(harness::exit_code(*outcome));
}

bool can_run_live(const harness::SuiteRunOptions& run) {
  const bool has_sandbox = run.run.sandbox ? sandbox::works(*run.run.sandbox) : sandbox::best_level().has_value();
  if (has_sandbox && harness::missing_packages(harness::find_components()).empty()) return true;
  complain("the live lane does not work on this machine; watershed doctor says why");
  return false;
}

}  // namespace

ExitCode run(const Options& options) {
  return options.watch.empty() ? run_once(options, std::nullopt) : watch(options);
}

ExitCode run_once(const Options& options, std::optional<std::set<std::pair<std::string, std::string>>> only) {
  const auto requests = parse_reports(options.reports, true);
  harness::SuiteRunOptions run = run_options(options);
  if (!requests || !parse_shard(options.shard, run)) return ExitCode::usage;
  if (options.lane != "simulated" && !can_run_live(run)) return ExitCode::environment;
  run.compare_worlds = !requests->empty();
  // A shard's result file becomes part of a page when shards are merged.
  for (const ReportRequest& request : *requests) {
    run.run.record.wanted |= request.kind == "html" || (request.kind == "json" && !options.shard.empty());
  }
  run.run.record.wanted |= options.coverage;
  const auto suite = load(options, false);
  if (!suite) return ExitCode::wrong_input;
  run.only = std::move(only);
  if (!run.only && !options.last_failed.empty() && !select_last_failed(options.last_failed, run)) {
    return ExitCode::wrong_input;
  }
  const auto selected = harness::select_scenarios(*suite, run);
  if (!selected) {
    complain(selected.error().message);
    return ExitCode::usage;
  }
  if (run.only && run.only->empty()) {
    say(fmt::format("nothing failed in {}\n", options.last_failed));
    return ExitCode::ok;
  }
  // A run that tests nothing must not look like a run in which everything held.
  if (selected->empty() && !options.allow_empty) {
    complain("no scenario was selected; expected at least one (--allow-empty turns this off)");
    return ExitCode::wrong_input;
  }
  return rehearse(options, *suite, run, count_runs(*selected, run), *requests);
}

}  // namespace watershed::cli
