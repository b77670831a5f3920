// See causes.hpp.
#include "reports/causes.hpp"

#include <algorithm>
#include <map>

namespace watershed::reports {

std::vector<Cause> causes_of(const harness::FlowComparison& comparison) {
  std::map<std::pair<bool, std::string_view>, Cause> by_cause;
  for (const harness::FlowDifference& difference : comparison.differences) {
    Cause& cause = by_cause[{difference.is_expected, difference.cause}];
    cause.text = difference.cause;
    cause.is_expected = difference.is_expected;
    cause.flows.push_back(&difference);
    cause.requirements.insert(difference.requirements.begin(), difference.requirements.end());
  }
  std::vector<Cause> causes;
  for (auto& [key, cause] : by_cause) causes.push_back(std::move(cause));
  std::stable_sort(causes.begin(), causes.end(), [](const Cause& a, const Cause& b) {
    return a.is_expected != b.is_expected ? b.is_expected : a.flows.size() > b.flows.size();
  });
  return causes;
}

std::size_t not_expected(const harness::FlowComparison& comparison) {
  return static_cast<std::size_t>(std::count_if(comparison.differences.begin(), comparison.differences.end(),
                                                [](const auto& difference) { return !difference.is_expected; }));
}

}  // namespace watershed::reports
