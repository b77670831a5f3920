// See tap_report.hpp.
#include "reports/tap_report.hpp"

#include "base/json_writer.hpp"
#include "reports/escape.hpp"

#include <fmt/format.h>

namespace watershed::reports {

namespace {

using harness::ScenarioResult;
using harness::Verdict;

constexpr std::size_t text_octets_max = 4096;
constexpr std::size_t findings_shown_max = 20;

// A double-quoted YAML scalar; JSON's strings are that.
std::string yaml_text(std::string_view text) { return json_string(visible(text, text_octets_max)); }

std::string diagnostic(const ScenarioResult& run) {
  std::string out = "  ---\n";
  out += fmt::format("  verdict: {}\n", to_string(run.verdict));
  if (!run.findings.empty()) out += "  findings:\n";
  for (std::size_t index = 0; index < std::min(findings_shown_max, run.findings.size()); ++index) {
    const harness::Finding& finding = run.findings[index];
    out += fmt::format("    - rule: {}\n      message: {}\n", yaml_text(finding.rule), yaml_text(finding.sentence));
    if (!finding.at.file.empty()) out += fmt::format("      at: {}\n", yaml_text(to_file_line(finding.at)));
    if (!finding.decided_by.empty()) out += fmt::format("      decided_by: {}\n", yaml_text(finding.decided_by));
  }
  if (run.findings.size() > findings_shown_max) {
    out += fmt::format("  findings_left_out: {}\n", run.findings.size() - findings_shown_max);
  }
  if (!run.not_understood.empty()) out += "  not_understood:\n";
  for (const harness::NotUnderstoodLine& line : run.not_understood) {
    out += fmt::format("    - {}\n", yaml_text(fmt::format("{}: {}", line.place, line.text)));
  }
  return out + fmt::format("  replay: {}\n  ...\n", yaml_text(run.replay));
}

}  // namespace

std::string tap_report(const harness::Outcome& outcome) {
  std::string out = fmt::format("TAP version 14\n1..{}\n", outcome.scenarios.size());
  std::size_t number = 0;
  for (const ScenarioResult& run : outcome.scenarios) {
    const bool is_skipped = run.verdict == Verdict::skipped;
    const bool is_ok = run.verdict == Verdict::passed || is_skipped;
    out += fmt::format("{} {} - {}{}\n", is_ok ? "ok" : "not ok", ++number,
                       tap_description(fmt::format("{} on {}: {}", run.file, run.world, run.title)),
                       is_skipped ? " # SKIP" : "");
    if (!is_ok) out += diagnostic(run);
  }
  return out;
}

}  // namespace watershed::reports
