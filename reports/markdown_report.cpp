// See markdown_report.hpp. Everything that is not this file's own words stands in a code span.
#include "reports/markdown_report.hpp"

#include "reports/escape.hpp"
#include "reports/segregation.hpp"

#include <fmt/format.h>

namespace watershed::reports {

namespace {

using harness::Outcome;
using harness::ScenarioResult;
using harness::Verdict;

constexpr std::size_t findings_shown_max = 3;

std::string_view mark(Verdict verdict) {
  if (verdict == Verdict::passed) return "✅";
  if (verdict == Verdict::skipped) return "➖";
  return verdict == Verdict::inconclusive ? "❓" : "❌";
}

std::string worlds_table(const Outcome& outcome) {
  std::string out = "| World | Segregated | Because | Hosts with mail of both kinds |\n|---|---|---|---|\n";
  for (const auto& [world, answer] : segregation_by_world(outcome)) {
    const auto shared = outcome.shared_hosts.find(world);
    const std::size_t hosts = shared == outcome.shared_hosts.end() ? 0 : shared->second.size();
    out += fmt::format("| {} | **{}** | {} | {} |\n", markdown_code(world), to_string(answer.kind),
                       markdown_code(answer.reason), hosts);
  }
  return out;
}

std::string requirements_table(const Outcome& outcome) {
  std::string out = "| Requirement | | Verdict | Runs |\n|---|---|---|---|\n";
  for (const harness::RequirementResult& requirement : outcome.requirements) {
    const bool was_run = !requirement.scenarios.empty();
    out += fmt::format("| {} | {} | {} {} | {} |\n", markdown_code(requirement.id), markdown_code(requirement.title),
                       mark(requirement.verdict), was_run ? to_string(requirement.verdict) : "not run",
                       requirement.scenarios.size());
  }
  return out;
}

std::string failure(const ScenarioResult& run) {
  std::string out = fmt::format("- {} {} on {}: {}\n", mark(run.verdict), markdown_code(run.file),
                                markdown_code(run.world), markdown_code(run.title, 300));
  for (std::size_t index = 0; index < std::min(findings_shown_max, run.findings.size()); ++index) {
    const harness::Finding& finding = run.findings[index];
    out += fmt::format("  - {}: {}\n", markdown_code(finding.rule), markdown_code(finding.sentence));
    if (!finding.decided_by.empty()) out += fmt::format("    decided by {}\n", markdown_code(finding.decided_by));
  }
  if (run.findings.size() > findings_shown_max) {
    out += fmt::format("  - and {} more\n", run.findings.size() - findings_shown_max);
  }
  if (!run.not_understood.empty()) {
    out += fmt::format("  - {} configuration lines are not understood, the first: {}\n", run.not_understood.size(),
                       markdown_code(run.not_understood.front().place));
  }
  return out + fmt::format("  - replay: {}\n", markdown_code(run.replay));
}

}  // namespace

std::string markdown_report(const Outcome& outcome, std::size_t failures_max) {
  const harness::Summary& summary = outcome.summary;
  std::string out = fmt::format("## Watershed\n\n**{}**\n\n", markdown_code(segregation_line(outcome).text));
  out += fmt::format("{} runs: {} passed, {} failed, {} errors, {} inconclusive, {} skipped; seed {}; {:.2f} s\n\n",
                     summary.scenarios, summary.passed, summary.failed, summary.errors, summary.inconclusive,
                     summary.skipped, outcome.seed, outcome.seconds);
  out += fmt::format("{} messages offered, {} delivered, {} lost, {} duplicated; {} crossings\n\n",
                     summary.messages.offered, summary.messages.delivered, summary.messages.lost,
                     summary.messages.duplicated, summary.crossings);
  out += worlds_table(outcome) + "\n" + requirements_table(outcome);
  std::string failures;
  std::size_t count = 0;
  for (const ScenarioResult& run : outcome.scenarios) {
    if (run.verdict == Verdict::passed || run.verdict == Verdict::skipped) continue;
    if (++count <= failures_max) failures += failure(run);
  }
  if (count == 0) return out;
  out += fmt::format("\n### What did not hold\n\n{}", failures);
  if (count > failures_max)
    out += fmt::format("- and {} more runs; the other reports have all\n", count - failures_max);
  return out;
}

}  // namespace watershed::reports
