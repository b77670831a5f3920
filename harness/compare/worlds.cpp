// See worlds.hpp.
#include "harness/compare/worlds.hpp"

#include "harness/compare/flow_diff.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace watershed::harness {

namespace {

constexpr std::size_t journals_per_cause = 3;  // of flows that differ for one reason, the others are alike

using Sides = std::pair<std::string, std::string>;

// By scenario file, then as the runs were made: the worlds of a scenario stand in its own order.
void settle(FlowComparison& comparison) {
  std::stable_sort(comparison.differences.begin(), comparison.differences.end(),
                   [](const FlowDifference& a, const FlowDifference& b) { return a.scenario < b.scenario; });
  std::stable_sort(comparison.not_compared.begin(), comparison.not_compared.end());
  std::map<std::pair<std::string, bool>, std::size_t> kept;
  for (FlowDifference& difference : comparison.differences) {
    if (++kept[{difference.cause, difference.is_expected}] <= journals_per_cause) continue;
    difference.journal_a.clear();
    difference.journal_b.clear();
  }
}

}  // namespace

std::vector<FlowComparison> compare_worlds(const Outcome& outcome) {
  std::map<std::string, Runs> by_file;
  for (const ScenarioResult& run : outcome.scenarios) {
    if (run.is_must_fail || run.verdict == Verdict::skipped) continue;
    Runs& runs = by_file[run.file];
    const bool is_new =
        std::none_of(runs.begin(), runs.end(), [&](const ScenarioResult* each) { return each->world == run.world; });
    if (is_new) runs.push_back(&run);
  }
  std::map<Sides, std::pair<Runs, Runs>> pairs;
  for (const auto& [file, runs] : by_file) {
    for (std::size_t index = 1; index < runs.size(); ++index) {
      auto& [before, after] = pairs[{runs[index - 1]->world, runs[index]->world}];
      before.push_back(runs[index - 1]);
      after.push_back(runs[index]);
    }
  }
  const FlowDiffOptions options{.are_worlds = true, .with_content = false, .only_hosts = {}};
  std::vector<FlowComparison> comparisons;
  for (const auto& [sides, runs] : pairs) {
    comparisons.push_back(compare_flows(runs.first, sides.first, runs.second, sides.second, options));
    settle(comparisons.back());
  }
  return comparisons;
}

void merge_comparisons(std::vector<FlowComparison>& all, const std::vector<FlowComparison>& part) {
  for (const FlowComparison& comparison : part) {
    const auto place = std::lower_bound(all.begin(), all.end(), comparison, [](const auto& one, const auto& other) {
      return std::tie(one.a, one.b) < std::tie(other.a, other.b);
    });
    if (place == all.end() || place->a != comparison.a || place->b != comparison.b) {
      all.insert(place, comparison);
      continue;
    }
    place->flows += comparison.flows;
    const auto append = [](auto& list, const auto& more) { list.insert(list.end(), more.begin(), more.end()); };
    append(place->differences, comparison.differences);
    append(place->not_compared, comparison.not_compared);
    settle(*place);
  }
}

}  // namespace watershed::harness
