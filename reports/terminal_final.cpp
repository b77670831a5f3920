// The report after the run, for people: first what is wrong, then what was shown, then the answer. See terminal.hpp.
#include "base/text.hpp"
#include "reports/escape.hpp"
#include "reports/lane_comparison.hpp"
#include "reports/paint.hpp"
#include "reports/segregation.hpp"
#include "reports/terminal.hpp"
#include "sandbox/level.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <vector>

namespace watershed::reports {

namespace {

using harness::Finding;
using harness::Outcome;
using harness::ScenarioResult;
using harness::Verdict;

constexpr std::size_t findings_shown_max = 8;    // of one run; a load may fail ten thousand times for one reason
constexpr std::size_t decisions_shown_max = 40;  // of one finding

Color color_of(Verdict verdict) {
  if (verdict == Verdict::passed) return Color::green;
  return verdict == Verdict::failed || verdict == Verdict::error ? Color::red : Color::yellow;
}

// A sentence as wide as the terminal; in a file it is one line, for grep(1).
std::string sentence(std::string_view text, std::size_t indent, const TerminalStyle& style) {
  if (style.is_tty && style.width > 40) return wrapped(shown(text), style.width, indent);
  return std::string(indent, ' ') + shown(text);
}

// Lines of a text that may come from mail, each indented and safe to print.
std::string indented(std::string_view text, std::size_t indent, const TerminalStyle& style) {
  std::string out;
  for (const std::string_view line : split(text, "\n")) out += sentence(line, indent, style) + "\n";
  return out;
}

std::string finding_text(const Finding& finding, const TerminalStyle& style) {
  std::string out = indented(fmt::format("{}: {}", finding.rule, finding.sentence), 2, style);
  const auto field = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) out += fmt::format("    {:<12}{}\n", name, shown(value));
  };
  field("asked by", to_file_line(finding.at));
  field("path", fmt::format("{}", fmt::join(finding.path, " > ")));
  field("decided by", finding.decided_by);
  if (finding.trail.empty()) return out;
  out += "    decisions\n";
  const bool is_verbose = style.verbosity == Verbosity::verbose;
  const std::size_t listed = is_verbose ? finding.trail.size() : std::min(decisions_shown_max, finding.trail.size());
  for (std::size_t index = 0; index < listed; ++index) {
    out += paint(fmt::format("      {}", shown(finding.trail[index])), Color::dim, style.color) + "\n";
  }
  if (listed < finding.trail.size()) out += fmt::format("      … {} more\n", finding.trail.size() - listed);
  return out;
}

std::string failure_text(const ScenarioResult& run, const TerminalStyle& style) {
  const bool is_bad = run.verdict == Verdict::failed || run.verdict == Verdict::error;
  const std::string mark = paint(is_bad ? "✗" : "?", color_of(run.verdict), style.color);
  const std::string place =
      run.findings.empty() || run.findings.front().at.file.empty() ? run.file : to_file_line(run.findings.front().at);
  std::string out = fmt::format("\n{} {}\n  {}  on {}  {}\n", mark,
                                paint(sentence(run.title, 2, style).substr(2), Color::bold, style.color), shown(place),
                                shown(run.world), to_string(run.verdict));
  const bool is_verbose = style.verbosity == Verbosity::verbose;
  const std::size_t listed = is_verbose ? run.findings.size() : std::min(findings_shown_max, run.findings.size());
  for (std::size_t index = 0; index < listed; ++index) out += finding_text(run.findings[index], style);
  if (listed < run.findings.size()) {
    out += fmt::format("  … {} more findings; the JSON report has all\n", run.findings.size() - listed);
  }
  if (!run.not_understood.empty()) {
    out += fmt::format("  {} configuration line{} not understood (below)\n", run.not_understood.size(),
                       run.not_understood.size() == 1 ? "" : "s");
  }
  if (!run.replay.empty()) out += fmt::format("  replay  {}\n", shown(run.replay));
  return out;
}

// Each line once, however many runs it spoils.
std::string not_understood_text(const Outcome& outcome, const TerminalStyle& style) {
  std::map<std::string, std::pair<std::string, std::size_t>> lines;
  std::vector<std::string> order;
  for (const ScenarioResult& run : outcome.scenarios) {
    for (const harness::NotUnderstoodLine& line : run.not_understood) {
      const auto [place, is_new] = lines.emplace(line.place + "\n" + line.text, std::pair(line.place, std::size_t{0}));
      if (is_new) order.push_back(place->first);
      ++place->second.second;
    }
  }
  if (order.empty()) return {};
  std::string out =
      "\n" + paint("Not understood: no verdict can rest on these lines", Color::yellow, style.color) + "\n";
  for (const std::string& key : order) {
    const auto& [place, runs] = lines.at(key);
    out += fmt::format("  {}: {}  ({} run{})\n", shown(place), shown(key.substr(place.size() + 1)), runs,
                       runs == 1 ? "" : "s");
  }
  return out;
}

std::string requirements_text(const Outcome& outcome, const TerminalStyle& style) {
  std::size_t id_width = 0;
  for (const auto& requirement : outcome.requirements) id_width = std::max(id_width, columns(requirement.id));
  std::string out;
  for (const harness::RequirementResult& requirement : outcome.requirements) {
    const bool was_run = !requirement.scenarios.empty();
    const std::string verdict = padded(was_run ? to_string(requirement.verdict) : "not run", 12);
    out += fmt::format("  {}  {}  {:>3} run{}  {}\n", padded(shown(requirement.id), id_width),
                       paint(verdict, was_run ? color_of(requirement.verdict) : Color::dim, style.color),
                       requirement.scenarios.size(), requirement.scenarios.size() == 1 ? " " : "s",
                       shown(requirement.title));
  }
  return out.empty() ? out : "\n" + paint("Requirements", Color::bold, style.color) + "\n" + out;
}

std::string shared_hosts_text(const Outcome& outcome, const TerminalStyle& style) {
  std::size_t width = 0;
  for (const auto& [world, hosts] : outcome.shared_hosts) width = std::max(width, columns(world));
  std::string out;
  for (const auto& [world, hosts] : outcome.shared_hosts) {
    out += fmt::format("  {}  {:>2}", padded(shown(world), width), hosts.size());
    if (!hosts.empty()) out += "  " + shown(fmt::format("{}", fmt::join(hosts, ", ")));
    out += "\n";
  }
  if (out.empty()) return out;
  return "\n" + paint("Hosts that handled mail of both classes", Color::bold, style.color) + "\n" + out;
}

// Requirement ROUTE-1: the same flow on each world side by side, one row a scenario.
std::string routing_text(const Outcome& outcome, const TerminalStyle& style) {
  std::vector<const ScenarioResult*> first_runs;
  std::map<std::string, std::map<std::string, std::string>> figures;  // by file and world
  std::set<std::string> worlds;
  for (const ScenarioResult& run : outcome.scenarios) {
    const bool is_routing =
        std::find(run.requirements.begin(), run.requirements.end(), "ROUTE-1") != run.requirements.end();
    if (!is_routing || run.is_must_fail || run.verdict == Verdict::skipped) continue;
    worlds.insert(run.world);
    if (figures[run.file].empty()) first_runs.push_back(&run);
    figures[run.file][run.world] =
        fmt::format("{} / {} / {}", run.figures.hops, run.figures.rules, run.figures.distinct_paths);
  }
  if (first_runs.empty()) return {};
  constexpr std::size_t cell = 14;
  std::string out = "\n" + paint(padded("Routing: hops / rules / paths", 54), Color::bold, style.color);
  for (const std::string& world : worlds) out += padded(shown(world), cell);
  out.erase(out.find_last_not_of(' ') + 1);
  out += "\n";
  for (const ScenarioResult* run : first_runs) {
    out += "  " + padded(cut(shown(run->title), 50), 52);
    for (const std::string& world : worlds) {
      const auto found = figures[run->file].find(world);
      out += padded(found == figures[run->file].end() ? "-" : found->second, cell);
    }
    out.erase(out.find_last_not_of(' ') + 1);
    out += "\n";
  }
  return out;
}

// For --verbose: what known-bad worlds were found guilty of, and mail that arrived elsewhere than it was addressed to.
std::string details_text(const Outcome& outcome, const TerminalStyle& style) {
  std::string known_bad;
  std::map<std::string, std::uint64_t> elsewhere;
  for (const ScenarioResult& run : outcome.scenarios) {
    for (const Finding& finding : run.expected_findings) {
      known_bad += fmt::format("  {} on {}\n", shown(run.file), shown(run.world));
      known_bad += indented(fmt::format("{}: {}", finding.rule, finding.sentence), 4, style);
      if (!finding.decided_by.empty()) known_bad += fmt::format("    decided by  {}\n", shown(finding.decided_by));
    }
    if (run.is_must_fail) continue;
    for (const auto& [who, count] : run.stragglers) elsewhere[fmt::format("{}: {}", run.world, who)] += count;
  }
  std::string out;
  if (!known_bad.empty()) out += "\nKnown-bad worlds, found out as stated\n" + known_bad;
  if (!elsewhere.empty()) out += "\nDelivered to another mailbox than addressed\n";
  for (const auto& [who, count] : elsewhere) out += fmt::format("  {:>6}  {}\n", count, shown(who));
  return out;
}

std::string summary_text(const Outcome& outcome, const TerminalStyle& style) {
  const harness::Summary& summary = outcome.summary;
  const harness::MessageCounts& messages = summary.messages;
  const auto part = [&](std::uint64_t count, std::string_view word, Color color) {
    const std::string text = fmt::format("{} {}", count, word);
    return count == 0 ? text : paint(text, color, style.color);
  };
  const auto error_word = summary.errors == 1 ? "error" : "errors";
  std::string out = fmt::format(
      "\n{} run{}: {}, {}, {}, {}, {}; {:.2f} s, seed {}\n", summary.scenarios, summary.scenarios == 1 ? "" : "s",
      part(summary.passed, "passed", Color::green), part(summary.failed, "failed", Color::red),
      part(summary.errors, error_word, Color::red), part(summary.inconclusive, "inconclusive", Color::yellow),
      part(summary.skipped, "skipped", Color::yellow), outcome.seconds, outcome.seed);
  const std::uint64_t accounted =
      messages.delivered + messages.rejected + messages.bounced + messages.discarded + messages.queued;
  out += fmt::format(
      "messages: {} offered {} {} delivered + {} rejected + {} bounced + {} discarded + {} queued; {}, {}; {}\n",
      messages.offered, messages.offered == accounted ? "=" : "≠", messages.delivered, messages.rejected,
      messages.bounced, messages.discarded, messages.queued, part(messages.lost, "lost", Color::red),
      part(messages.duplicated, "duplicated", Color::red),
      summary.crossings == 0 ? "crossings 0"
                             : paint(fmt::format("crossings {}", summary.crossings), Color::red, style.color));
  const SegregationLine answer = segregation_line(outcome);
  const Color color = answer.kind == Segregated::no          ? Color::red
                      : answer.kind == Segregated::not_shown ? Color::yellow
                                                             : Color::green;
  return out + paint(shown(answer.text), color, style.color) + "\n";
}

// What verdicts of the live lane stand on, and what it passed over, with the reasons counted.
std::string lane_text(const Outcome& outcome) {
  if (outcome.lane == "simulated") return {};
  std::string out = fmt::format("\nLane {}: sandbox {}, retry times divided by {}\n", outcome.lane,
                                shown(outcome.sandbox_level), outcome.time_factor);
  const auto level = sandbox::find_level(outcome.sandbox_level);
  if (level && !sandbox::is_kept_by_kernel(*level)) {
    out +=
        "  Hermetic as far as libc goes: a library in front of every program keeps it in, not the kernel. A system "
        "call\n"
        "  made past libc would be neither stopped nor seen.\n";
  }
  for (const auto& [name, version] : outcome.components)
    out += fmt::format("  {:<14}{}\n", shown(name), shown(version));
  std::map<std::string, std::size_t> reasons;
  for (const ScenarioResult& run : outcome.scenarios) {
    if (run.verdict == Verdict::skipped) ++reasons[run.skipped_because.substr(0, run.skipped_because.find(':'))];
  }
  for (const auto& [reason, count] : reasons) out += fmt::format("  skipped {}: {}\n", count, shown(reason));
  return out;
}

// The last line, for it is what the exit code says.
std::string nothing_text(const Outcome& outcome, const TerminalStyle& style) {
  const std::string reason = harness::nothing_tested(outcome);
  return reason.empty() ? "" : paint(shown(reason), Color::yellow, style.color) + "\n";
}

}  // namespace

std::string final_text(const Outcome& outcome, const TerminalStyle& style) {
  const bool is_quiet = style.verbosity == Verbosity::quiet;
  std::string out = style.is_tty && !is_quiet ? "\r\x1b[K" : "";
  bool all_held = true;
  for (const ScenarioResult& run : outcome.scenarios) {
    if (run.verdict == Verdict::passed || run.verdict == Verdict::skipped) continue;
    all_held = false;
    out += failure_text(run, style);
  }
  out += not_understood_text(outcome, style);
  const std::string nothing = nothing_text(outcome, style);
  if (is_quiet) return (all_held ? out : out + summary_text(outcome, style)) + nothing;
  if (style.verbosity == Verbosity::verbose) out += details_text(outcome, style);
  out += requirements_text(outcome, style) + shared_hosts_text(outcome, style) + routing_text(outcome, style);
  return out + lane_text(outcome) + lane_comparison_text(outcome, style) + summary_text(outcome, style) + nothing;
}

}  // namespace watershed::reports
