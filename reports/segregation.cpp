// See segregation.hpp.
#include "reports/segregation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <vector>

namespace watershed::reports {

namespace {

using harness::Outcome;
using harness::ScenarioResult;
using harness::Verdict;

std::string plural(std::uint64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

// What the runs on one world say together.
struct Evidence {
  std::uint64_t runs = 0;
  std::uint64_t crossings = 0;
  std::uint64_t broken_invariants = 0;
  std::uint64_t failed = 0;
  std::uint64_t inconclusive = 0;
  std::set<std::string> classes;  // of the mail that was sent
  std::set<std::string> segregated_classes;
  std::set<std::string> shared_hosts;
};

void add(Evidence& evidence, const ScenarioResult& run) {
  ++evidence.runs;
  evidence.crossings += run.crossings;
  if (run.verdict == Verdict::failed || run.verdict == Verdict::error) ++evidence.failed;
  if (run.verdict == Verdict::inconclusive) ++evidence.inconclusive;
  for (const harness::Finding& finding : run.findings) {
    const bool is_segregation = finding.rule.find("segregation") != std::string::npos;
    if (is_segregation && !finding.is_inconclusive) ++evidence.broken_invariants;
  }
  for (const harness::MessageResult& message : run.messages) {
    if (!message.message_class.empty()) evidence.classes.insert(message.message_class);
  }
  evidence.segregated_classes.insert(run.segregated_classes.begin(), run.segregated_classes.end());
  evidence.shared_hosts.insert(run.shared_hosts.begin(), run.shared_hosts.end());
}

// A known-bad world that nothing was found wrong with: then "nothing found" elsewhere means nothing either.
std::uint64_t unnoticed_bad_worlds(const Outcome& outcome) {
  return static_cast<std::uint64_t>(
      std::count_if(outcome.scenarios.begin(), outcome.scenarios.end(), [](const ScenarioResult& run) {
        return run.is_must_fail && run.verdict != Verdict::passed && run.verdict != Verdict::skipped;
      }));
}

// Two kinds of mail are apart only where both were seen to go their ways; what may go everywhere shows nothing.
std::string unseen_classes(const Evidence& evidence) {
  std::vector<std::string> seen;
  std::vector<std::string> unseen;
  for (const std::string& each : evidence.segregated_classes) {
    (evidence.classes.contains(each) ? seen : unseen).push_back(each);
  }
  if (evidence.classes.empty()) return "no mail was sent";
  if (seen.size() + unseen.size() < 2) return "the world keeps no two classes of mail apart";
  if (seen.size() == 1) return fmt::format("of the classes to be kept apart, only {} mail was sent", seen.front());
  if (seen.empty() || !unseen.empty()) return fmt::format("no {} mail was sent", fmt::join(unseen, " and no "));
  return {};
}

SegregationAnswer answer_from(const Evidence& evidence, std::uint64_t unnoticed) {
  SegregationAnswer answer{Segregated::not_shown, "", evidence.runs, evidence.crossings};
  if (evidence.crossings > 0 || evidence.broken_invariants > 0) {
    answer.kind = Segregated::no;
    answer.reason = plural(std::max(evidence.crossings, evidence.broken_invariants), "crossing");
  } else if (unnoticed > 0) {
    answer.reason = fmt::format("{} did not fail for the stated reason", plural(unnoticed, "known-bad world"));
  } else if (evidence.failed > 0) {
    answer.reason = fmt::format("{} of {} failed", evidence.failed, plural(evidence.runs, "run"));
  } else if (evidence.inconclusive > 0) {
    answer.reason = fmt::format("{} of {} inconclusive", evidence.inconclusive, plural(evidence.runs, "run"));
  } else if (!evidence.shared_hosts.empty()) {
    answer.kind = Segregated::shared;
    answer.reason = fmt::format("{}: {}", plural(evidence.shared_hosts.size(), "shared host"),
                                fmt::join(evidence.shared_hosts, ", "));
  } else if (std::string unseen = unseen_classes(evidence); !unseen.empty()) {
    answer.reason = std::move(unseen);
  } else {
    answer.kind = Segregated::yes;
    answer.reason = fmt::format("0 crossings in {}", plural(evidence.runs, "run"));
  }
  return answer;
}

}  // namespace

std::string_view to_string(Segregated kind) {
  switch (kind) {
    case Segregated::yes:
      return "yes";
    case Segregated::shared:
      return "shared";
    case Segregated::not_shown:
      return "not shown";
    case Segregated::no:
      return "no";
  }
  return "not shown";
}

std::map<std::string, SegregationAnswer> segregation_by_world(const Outcome& outcome) {
  std::map<std::string, Evidence> worlds;
  for (const ScenarioResult& run : outcome.scenarios) {
    if (!run.is_must_fail && run.verdict != Verdict::skipped) add(worlds[run.world], run);
  }
  const std::uint64_t unnoticed = unnoticed_bad_worlds(outcome);
  std::map<std::string, SegregationAnswer> answers;
  for (const auto& [world, evidence] : worlds) answers[world] = answer_from(evidence, unnoticed);
  return answers;
}

SegregationLine segregation_line(const Outcome& outcome) {
  const auto answers = segregation_by_world(outcome);
  if (answers.empty()) return {Segregated::not_shown, "Segregated: not shown (nothing was run)"};
  Segregated worst = Segregated::yes;
  std::uint64_t runs = 0;
  std::uint64_t crossings = 0;
  std::vector<std::string> worst_reasons;
  for (const auto& [world, answer] : answers) {
    worst = std::max(worst, answer.kind);
    runs += answer.runs;
    crossings += answer.crossings;
  }
  for (const auto& [world, answer] : answers) {
    if (answer.kind == worst) worst_reasons.push_back(fmt::format("{}: {}", world, answer.reason));
  }
  // Blind checks spoil all worlds alike; said once.
  const bool is_blind = worst == Segregated::not_shown && unnoticed_bad_worlds(outcome) > 0;
  if (is_blind) worst_reasons = {answers.begin()->second.reason};
  const std::string figures = fmt::format("{} in {}", plural(crossings, "crossing"), plural(runs, "run"));
  if (worst == Segregated::yes) return {worst, fmt::format("Segregated: yes ({})", figures)};
  if (worst == Segregated::no) return {worst, fmt::format("Segregated: NO ({})", fmt::join(worst_reasons, "; "))};
  if (worst == Segregated::not_shown) {
    return {worst, fmt::format("Segregated: not shown ({})", fmt::join(worst_reasons, "; "))};
  }
  std::vector<std::string> clean;
  std::vector<std::string> shared;
  for (const auto& [world, answer] : answers) {
    if (answer.kind == Segregated::yes) clean.push_back(world);
    if (answer.kind == Segregated::shared) shared.push_back(fmt::format("{} has {}", world, answer.reason));
  }
  const std::string first = clean.empty() ? "on no world" : fmt::format("on {}", fmt::join(clean, ", "));
  return {worst, fmt::format("Segregated: {} ({}); {}", first, figures, fmt::join(shared, "; "))};
}

}  // namespace watershed::reports
