// See markdown_report.hpp. Everything that is not this file's own words stands in a code span.
#include "reports/markdown_report.hpp"

#include "reports/causes.hpp"
#include "reports/coverage_totals.hpp"
#include "reports/escape.hpp"
#include "reports/journal_line.hpp"
#include "reports/segregation.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::reports {

namespace {

using harness::Outcome;
using harness::ScenarioResult;
using harness::Verdict;

constexpr std::size_t findings_shown_max = 3;
constexpr std::size_t differences_shown_max = 3;

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

std::string failures(const Outcome& outcome, std::size_t failures_max) {
  std::string out;
  std::size_t count = 0;
  for (const ScenarioResult& run : outcome.scenarios) {
    if (run.verdict == Verdict::passed || run.verdict == Verdict::skipped) continue;
    if (++count <= failures_max) out += failure(run);
  }
  if (count == 0) return {};
  if (count > failures_max)
    out += fmt::format("- and {} more runs; the other reports have all\n", count - failures_max);
  return "\n### What did not hold\n\n" + out;
}

std::string journals(std::string_view a, const std::vector<std::string>& lines_a, std::string_view b,
                     const std::vector<std::string>& lines_b) {
  constexpr std::size_t lines_max = 8;
  std::string out;
  for (const auto& [side, lines] : {std::pair(a, &lines_a), std::pair(b, &lines_b)}) {
    for (std::size_t index = 0; index < std::min(lines_max, lines->size()); ++index) {
      out += fmt::format("    - {}: {}\n", markdown_code(side), markdown_code(journal_text((*lines)[index]), 300));
    }
    if (lines->size() > lines_max) out += fmt::format("    - and {} more lines\n", lines->size() - lines_max);
  }
  return out;
}

std::string lanes(const Outcome& outcome) {
  if (outcome.lane != "both") return {};
  const harness::Parity& parity = outcome.parity;
  std::string out = fmt::format("\n### Lanes compared\n\nparity {:.4f}: {} of {} messages agree\n\n", parity.ratio(),
                                parity.agree, parity.compared);
  std::size_t count = 0;
  for (const harness::LaneDifference& difference : parity.differences) {
    if (!difference.declared_because.empty() || ++count > differences_shown_max) continue;
    out += fmt::format("- {} on {}: {} for {} differs in {}\n", markdown_code(difference.scenario),
                       markdown_code(difference.world), markdown_code(difference.label),
                       markdown_code(difference.recipient), markdown_code(difference.aspect));
    out += fmt::format("  - simulated: {}, live: {}\n", markdown_code(difference.simulated, 300),
                       markdown_code(difference.live, 300));
    out += journals("simulated", difference.simulated_journal, "live", difference.live_journal);
  }
  if (count > differences_shown_max) out += fmt::format("- and {} more\n", count - differences_shown_max);
  for (const std::string& unused : parity.unused_declarations) out += fmt::format("- {}\n", markdown_code(unused));
  return out;
}

// The counts of all, and what nobody asked for with both journals.
std::string worlds(const Outcome& outcome) {
  if (outcome.world_comparison.empty()) return {};
  std::string out =
      "\n### Worlds compared\n\n| From | To | Flows | The same | Differ as expected | Not expected |\n"
      "|---|---|---|---|---|---|\n";
  std::string found;
  for (const harness::FlowComparison& comparison : outcome.world_comparison) {
    const std::size_t bad = not_expected(comparison);
    const std::size_t differ = comparison.differences.size();
    out += fmt::format("| {} | {} | {} | {} | {} | {} |\n", markdown_code(comparison.a), markdown_code(comparison.b),
                       comparison.flows, comparison.flows - differ, differ - bad, bad);
    std::size_t count = 0;
    for (const Cause& cause : causes_of(comparison)) {
      if (cause.is_expected || ++count > differences_shown_max) continue;
      const harness::FlowDifference& flow = *cause.flows.front();
      found += fmt::format("- {} flows, {}: {} in {}\n", cause.flows.size(), markdown_code(cause.text),
                           markdown_code(flow.message), markdown_code(flow.scenario));
      for (const std::string& aspect : flow.aspects) found += fmt::format("  - {}\n", markdown_code(aspect, 300));
      found += journals(comparison.a, flow.journal_a, comparison.b, flow.journal_b);
    }
    if (count > differences_shown_max) found += fmt::format("- and {} more causes\n", count - differences_shown_max);
  }
  return found.empty() ? out : fmt::format("{}\nNot expected:\n\n{}", out, found);
}

// Totals by host, folded, and below them the main.cf parameters that no message came upon.
std::string coverage(const Outcome& outcome) {
  constexpr std::size_t parameters_shown_max = 40;
  std::string rows;
  std::string never;
  std::size_t parameters = 0;
  for (const harness::WorldMap& world : outcome.worlds) {
    const std::vector<FileCoverage> files = coverage_of_world(outcome, world.name);
    for (const auto& [host, total] : coverage_by_host(files)) {
      rows += fmt::format("| {} | {} | {} of {} | {} |\n", markdown_code(world.name), markdown_code(host),
                          total.exercised, total.rules, total.decisions);
    }
    for (const FileCoverage& file : files) {
      if (file.file->kind != "postfix parameters") continue;
      for (const int line : file.never()) {
        if (++parameters > parameters_shown_max) continue;
        never += fmt::format("- {}: {}\n", markdown_code(fmt::format("{}:{}", file.file->path, line)),
                             markdown_code(line_text(*file.file, line)));
      }
    }
  }
  if (rows.empty()) return {};
  if (parameters > parameters_shown_max) {
    never += fmt::format("- and {} more; the JSON report has all\n", parameters - parameters_shown_max);
  }
  std::string out =
      "\n<details><summary>Configuration exercised</summary>\n\n| World | Host | Rules exercised | Decisions |\n"
      "|---|---|---|---|\n" +
      rows;
  if (!never.empty()) out += "\nPostfix parameters that decided nothing, nor a table that they name:\n\n" + never;
  return out + "\n</details>\n";
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
  out += failures(outcome, failures_max);
  return out + lanes(outcome) + worlds(outcome) + coverage(outcome);
}

}  // namespace watershed::reports
