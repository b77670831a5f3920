// See outcome.hpp.
#include "harness/outcome.hpp"

#include "harness/worst_verdict.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::harness {

std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::passed:
      return "passed";
    case Verdict::failed:
      return "failed";
    case Verdict::error:
      return "error";
    case Verdict::skipped:
      return "skipped";
    case Verdict::inconclusive:
      return "inconclusive";
  }
  return "?";
}

void MessageCounts::add(const MessageCounts& other) {
  offered += other.offered;
  delivered += other.delivered;
  rejected += other.rejected;
  bounced += other.bounced;
  discarded += other.discarded;
  queued += other.queued;
  lost += other.lost;
  duplicated += other.duplicated;
}

Verdict worst(Verdict a, Verdict b) {
  const auto rank = [](Verdict verdict) {
    switch (verdict) {
      case Verdict::failed:
        return 4;
      case Verdict::error:
        return 3;
      case Verdict::inconclusive:
        return 2;
      case Verdict::passed:
        return 1;
      case Verdict::skipped:
        return 0;
    }
    return 0;
  };
  return rank(a) >= rank(b) ? a : b;
}

void summarize(Outcome& outcome) {
  Summary summary;
  outcome.shared_hosts.clear();
  for (RequirementResult& requirement : outcome.requirements) {
    requirement.verdict = Verdict::skipped;
    requirement.scenarios.clear();
  }
  for (const ScenarioResult& scenario : outcome.scenarios) {
    ++summary.scenarios;
    switch (scenario.verdict) {
      case Verdict::passed:
        ++summary.passed;
        break;
      case Verdict::failed:
        ++summary.failed;
        break;
      case Verdict::error:
        ++summary.errors;
        break;
      case Verdict::skipped:
        ++summary.skipped;
        break;
      case Verdict::inconclusive:
        ++summary.inconclusive;
        break;
    }
    for (RequirementResult& requirement : outcome.requirements) {
      if (std::find(scenario.requirements.begin(), scenario.requirements.end(), requirement.id) ==
          scenario.requirements.end()) {
        continue;
      }
      requirement.verdict = worst(requirement.verdict, scenario.verdict);
      requirement.scenarios.push_back(scenario.file + " on " + scenario.world);
    }
    if (scenario.is_must_fail) continue;
    summary.crossings += scenario.crossings;
    summary.hops += scenario.hops;
    summary.messages.add(scenario.counts);
    std::set<std::string>& shared = outcome.shared_hosts[scenario.world];
    shared.insert(scenario.shared_hosts.begin(), scenario.shared_hosts.end());
  }
  outcome.summary = summary;
}

std::string nothing_tested(const Outcome& outcome) {
  const Summary& summary = outcome.summary;
  if (outcome.shard.count > 1 || summary.scenarios == 0) return {};
  if (summary.skipped == summary.scenarios) {
    const std::string because = outcome.scenarios.empty() ? "" : outcome.scenarios.front().skipped_because;
    return fmt::format("Nothing was tested: every run was skipped{}{}",
                       because.empty() ? "" : "; the first: ", because);
  }
  if (outcome.lane == "both" && outcome.parity.compared == 0) {
    return "The lanes were not compared: no message went through both";
  }
  return {};
}

int exit_code(const Outcome& outcome) {
  if (outcome.summary.errors > 0) return 4;
  if (outcome.summary.failed > 0 || !outcome.parity.unused_declarations.empty()) return 1;
  constexpr double parity_min = 0.99;
  if (outcome.parity.compared > 0 && outcome.parity.ratio() < parity_min) return 6;
  if (outcome.summary.inconclusive > 0 || !nothing_tested(outcome).empty()) return 5;
  return 0;
}

}  // namespace watershed::harness
