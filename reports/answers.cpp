// See answers.hpp.
#include "reports/answers.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <vector>

namespace watershed::reports {

namespace {

using harness::Outcome;
using harness::RequirementResult;
using harness::ScenarioResult;
using harness::Verdict;

bool says(const RequirementResult& requirement, std::string_view word) {
  return to_lower(requirement.title).find(word) != std::string::npos;
}

struct Evidence {
  std::uint64_t runs = 0;
  std::uint64_t failed = 0;
  std::uint64_t inconclusive = 0;
  std::uint64_t skipped = 0;
  std::uint64_t blind = 0;  ///< known-bad worlds that nobody noticed
  harness::MessageCounts messages;
  double busiest_per_second = 0;
  std::int64_t slowest_p95_ns = 0;
};

// Delivered in the fullest second (or wider stretch) of a run, and the worst 95th percentile of an undisturbed one.
void add_series(const harness::TimeSeries& series, Evidence& evidence) {
  if (series.bucket_ns == 0) return;
  const double seconds = std::max(static_cast<double>(series.bucket_ns) / 1e9, 1.0);
  const std::size_t width = std::max<std::size_t>(1, static_cast<std::size_t>(1'000'000'000 / series.bucket_ns));
  for (std::size_t index = 0; index < series.buckets.size(); ++index) {
    std::uint64_t delivered = 0;
    for (std::size_t each = index; each < std::min(index + width, series.buckets.size()); ++each) {
      delivered += series.buckets[each].delivered;
    }
    evidence.busiest_per_second = std::max(evidence.busiest_per_second, static_cast<double>(delivered) / seconds);
    if (series.marks.empty()) {
      evidence.slowest_p95_ns = std::max(evidence.slowest_p95_ns, series.buckets[index].latency_p95_ns);
    }
  }
}

Evidence evidence_for(const Outcome& outcome, bool (*is_about)(const RequirementResult&)) {
  std::set<std::string> ids;
  for (const RequirementResult& requirement : outcome.requirements) {
    if (is_about(requirement)) ids.insert(requirement.id);
  }
  Evidence evidence;
  for (const ScenarioResult& run : outcome.scenarios) {
    if (run.is_must_fail && run.verdict != Verdict::passed && run.verdict != Verdict::skipped) ++evidence.blind;
    const bool speaks = std::any_of(run.requirements.begin(), run.requirements.end(),
                                    [&](const std::string& id) { return ids.contains(id); });
    if (!speaks || run.is_must_fail) continue;
    ++evidence.runs;
    if (run.verdict == Verdict::failed || run.verdict == Verdict::error) ++evidence.failed;
    if (run.verdict == Verdict::inconclusive) ++evidence.inconclusive;
    if (run.verdict == Verdict::skipped) ++evidence.skipped;
    evidence.messages.add(run.counts);
    add_series(run.series, evidence);
  }
  return evidence;
}

std::string runs_text(std::uint64_t count) { return fmt::format("{} run{}", count, count == 1 ? "" : "s"); }

AnswerLine answer_from(const Evidence& evidence, std::string figure) {
  AnswerLine line{Answer::not_shown, std::move(figure), {}};
  if (evidence.runs == 0) {
    line.figure.clear();  // there is none
    line.reason = "no scenario that speaks for it was run";
  } else if (evidence.failed > 0 || evidence.messages.lost > 0 || evidence.messages.duplicated > 0) {
    line.answer = Answer::no;
    line.reason = evidence.failed > 0 ? fmt::format("{} of {} failed", evidence.failed, runs_text(evidence.runs))
                                      : "messages were lost or doubled";
  } else if (evidence.blind > 0) {
    line.reason = "a known-bad world was not noticed: the checks are blind";
  } else if (evidence.inconclusive + evidence.skipped > 0) {
    line.reason = fmt::format("{} of {} inconclusive or skipped", evidence.inconclusive + evidence.skipped,
                              runs_text(evidence.runs));
  } else if (evidence.messages.delivered == 0) {
    line.reason = "nothing was delivered";
  } else {
    line.answer = Answer::yes;
  }
  return line;
}

}  // namespace

std::string_view to_string(Answer answer) {
  switch (answer) {
    case Answer::yes:
      return "yes";
    case Answer::not_shown:
      return "not shown";
    case Answer::no:
      return "no";
  }
  return "not shown";
}

bool is_about_forwards(const RequirementResult& requirement) {
  return requirement.id.starts_with("FWD") || says(requirement, "forward");
}

bool is_about_load(const RequirementResult& requirement) { return says(requirement, "load"); }

AnswerLine forwards_answer(const Outcome& outcome) {
  const Evidence evidence = evidence_for(outcome, is_about_forwards);
  const harness::MessageCounts& messages = evidence.messages;
  return answer_from(evidence,
                     fmt::format("{} of {} messages delivered in {}; {} lost, {} doubled", messages.delivered,
                                 messages.offered, runs_text(evidence.runs), messages.lost, messages.duplicated));
}

AnswerLine load_answer(const Outcome& outcome) {
  const Evidence evidence = evidence_for(outcome, is_about_load);
  std::string figure = fmt::format("{} of {} messages delivered in {}", evidence.messages.delivered,
                                   evidence.messages.offered, runs_text(evidence.runs));
  if (evidence.busiest_per_second > 0) {
    figure += fmt::format("; busiest second {:.0f} delivered", evidence.busiest_per_second);
  }
  if (evidence.slowest_p95_ns > 0) {
    figure += fmt::format("; 95 % within {:.2f} s where nothing was broken on purpose",
                          static_cast<double>(evidence.slowest_p95_ns) / 1e9);
  }
  return answer_from(evidence, std::move(figure));
}

}  // namespace watershed::reports
