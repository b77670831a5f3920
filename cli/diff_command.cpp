// watershed diff A B: two worlds, or two result files, flow by flow.
#include "cli/commands.hpp"
#include "cli/support.hpp"
#include "harness/compare/flow_diff.hpp"
#include "harness/world/compare.hpp"
#include "reports/diff_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

namespace watershed::cli {

namespace {

struct Compared {
  harness::FlowComparison flows;
  std::optional<reports::ZoneAnswer> zone;
};

ExitCode show(const Options& options, const Compared& compared) {
  constexpr std::size_t per_cause = 5;
  say(options.as_json
          ? reports::diff_json(compared.flows, compared.zone)
          : reports::diff_text(compared.flows, compared.zone, options.verbose ? ~std::size_t{0} : per_cause));
  const auto& differences = compared.flows.differences;
  const bool is_changed = compared.zone && !compared.zone->is_unchanged();
  const bool is_unexpected =
      std::any_of(differences.begin(), differences.end(), [](const auto& each) { return !each.is_expected; });
  if (is_changed || is_unexpected) return ExitCode::failed;
  const bool nothing = compared.flows.flows == 0 || (compared.zone && compared.zone->flows.flows == 0);
  if (!nothing) return ExitCode::ok;
  complain("no flow could be compared: nothing is known");
  return ExitCode::inconclusive;
}

ExitCode diff_files(const Options& options) {
  if (!options.expect_unchanged.empty()) {
    complain("--expect-unchanged needs two worlds: a result file does not say which host stands in which zone");
    return ExitCode::usage;
  }
  const auto a = load_result(options.side_a);
  const auto b = load_result(options.side_b);
  if (!a || !b) return ExitCode::wrong_input;
  return show(options, {harness::compare_flows(*a, options.side_a, *b, options.side_b, {}), std::nullopt});
}

std::set<std::string> hosts_of(const harness::WorldSpec& world, std::string_view zone) {
  std::set<std::string> names;
  for (const harness::HostSpec& host : world.hosts) {
    if (host.zone == zone) names.insert(host.name);
  }
  return names;
}

// The part of an outcome that is of one world.
harness::Outcome of_world(const harness::Outcome& outcome, const std::string& world) {
  harness::Outcome part = outcome;
  std::erase_if(part.scenarios, [&](const harness::ScenarioResult& run) { return run.world != world; });
  return part;
}

std::optional<std::string> zone_asked(const Options& options) {
  if (options.expect_unchanged.starts_with("zone=") && options.expect_unchanged.size() > 5) {
    return options.expect_unchanged.substr(5);
  }
  complain(fmt::format("--expect-unchanged {}: expected zone=NAME", options.expect_unchanged));
  return std::nullopt;
}

ExitCode diff_worlds(const Options& options) {
  std::optional<std::string> zone;
  if (!options.expect_unchanged.empty() && !(zone = zone_asked(options))) return ExitCode::usage;
  // All worlds run: an expectation may compare one of the two with a third.
  const auto suite = load(options, false);
  if (!suite) return ExitCode::wrong_input;
  for (const std::string& side : {options.side_a, options.side_b}) {
    const auto world = suite->worlds.find(side);
    if (world != suite->worlds.end() && world->second) continue;
    complain(fmt::format("'{}' is neither a result file nor a world that a scenario names", side));
    return ExitCode::wrong_input;
  }
  harness::SuiteRunOptions run;
  run.run.seed = options.has_seed ? options.seed : 1;
  run.run.hash_content = true;
  run.filter = options.filter;
  run.tags = options.tags;
  run.jobs = options.jobs != 0 ? options.jobs : std::max(1U, std::thread::hardware_concurrency());
  const auto outcome = harness::run_suite(*suite, run, {});
  if (!outcome) {
    complain(outcome.error().message);
    return ExitCode::usage;
  }
  const harness::Outcome a = of_world(*outcome, options.side_a);
  const harness::Outcome b = of_world(*outcome, options.side_b);
  harness::FlowDiffOptions flow_options{.are_worlds = true, .only_hosts = {}};
  Compared compared{harness::compare_flows(a, options.side_a, b, options.side_b, flow_options), std::nullopt};
  if (zone) {
    const harness::WorldSpec& before = suite->worlds.at(options.side_a)->spec;
    const harness::WorldSpec& after = suite->worlds.at(options.side_b)->spec;
    flow_options.only_hosts = hosts_of(before, *zone);
    flow_options.only_hosts->merge(hosts_of(after, *zone));
    compared.zone = {*zone, harness::zone_differences(before, after, *zone),
                     harness::compare_flows(a, options.side_a, b, options.side_b, flow_options)};
  }
  return show(options, compared);
}

}  // namespace

ExitCode diff(const Options& options) {
  const auto is_file = [](const std::string& side) { return std::filesystem::is_regular_file(side); };
  if (is_file(options.side_a) && is_file(options.side_b)) return diff_files(options);
  if (!is_file(options.side_a) && !is_file(options.side_b)) return diff_worlds(options);
  complain(fmt::format("{} and {}: expected two worlds or two result files", options.side_a, options.side_b));
  return ExitCode::usage;
}

}  // namespace watershed::cli
