// See junit_report.hpp. The form is the one of Ant's JUnit task as Jenkins and GitLab read it.
#include "reports/junit_report.hpp"

#include "reports/escape.hpp"

#include <fmt/format.h>

#include <map>
#include <set>
#include <vector>

namespace watershed::reports {

namespace {

using harness::Finding;
using harness::ScenarioResult;
using harness::Verdict;

constexpr std::size_t attribute_octets_max = 1024;
constexpr std::size_t line_octets_max = 4096;
constexpr std::size_t case_octets_max = 64 * 1024;  // readers keep every case in memory

std::string attribute(std::string_view text) { return xml_text(text, attribute_octets_max); }

// Lines of a case's text, up to a limit.
class Lines {
 public:
  void add(std::string_view text) {
    const std::string line = xml_text(text, line_octets_max);
    if (text_.size() + line.size() + 1 > case_octets_max) {
      ++left_out_;
      return;
    }
    text_ += line + "\n";
  }

  std::string text() const { return left_out_ == 0 ? text_ : fmt::format("{}… {} lines left out\n", text_, left_out_); }

 private:
  std::string text_;
  std::size_t left_out_ = 0;
};

void add_finding(Lines& lines, const Finding& finding) {
  lines.add(fmt::format("{}: {}", finding.rule, finding.sentence));
  if (!finding.at.file.empty()) lines.add("  at          " + to_file_line(finding.at));
  if (!finding.path.empty()) lines.add(fmt::format("  path        {}", fmt::join(finding.path, " > ")));
  if (!finding.decided_by.empty()) lines.add("  decided by  " + finding.decided_by);
  for (const std::string& decision : finding.trail) lines.add("    " + decision);
}

std::string case_text(const ScenarioResult& run) {
  Lines lines;
  for (const Finding& finding : run.findings) add_finding(lines, finding);
  for (const harness::NotUnderstoodLine& line : run.not_understood) {
    lines.add(fmt::format("not understood: {}: {}", line.place, line.text));
  }
  if (!run.replay.empty()) lines.add("replay  " + run.replay);
  return lines.text();
}

std::string case_message(const ScenarioResult& run) {
  if (!run.findings.empty()) return run.findings.front().sentence;
  if (!run.not_understood.empty()) return "not understood: " + run.not_understood.front().place;
  return std::string(to_string(run.verdict));
}

// Jenkins takes what stands before the last dot as the package.
std::string class_name(std::string_view file) {
  if (file.ends_with(".yaml")) file.remove_suffix(5);
  std::string name;
  for (const char c : file) name += c == '/' ? '.' : c == '.' ? '_' : c;
  return name;
}

std::string case_element(const ScenarioResult& run, std::set<std::string>& names) {
  std::string name = fmt::format("{}::{} on {}", run.file, clipped(run.title, attribute_octets_max / 2), run.world);
  for (int copy = 2; !names.insert(name).second; ++copy) {
    name = fmt::format("{}::{} on {} ({})", run.file, clipped(run.title, attribute_octets_max / 2), run.world, copy);
  }
  std::string out = fmt::format(R"(    <testcase classname="{}" name="{}" time="{:.3f}")",
                                attribute(class_name(run.file)), xml_text(name, line_octets_max), run.seconds);
  if (run.verdict == Verdict::passed) return out + "/>\n";
  out += ">\n";
  if (run.verdict == Verdict::skipped) return out + "      <skipped/>\n    </testcase>\n";
  const bool is_failure = run.verdict == Verdict::failed;
  const std::string type =
      is_failure && !run.findings.empty() ? run.findings.front().rule : std::string(to_string(run.verdict));
  out += fmt::format("      <{0} type=\"{1}\" message=\"{2}\">{3}</{0}>\n    </testcase>\n",
                     is_failure ? "failure" : "error", attribute(type), attribute(case_message(run)), case_text(run));
  return out;
}

struct Counts {
  std::size_t tests = 0;
  std::size_t failures = 0;
  std::size_t errors = 0;
  std::size_t skipped = 0;
  double seconds = 0;

  void add(const ScenarioResult& run) {
    ++tests;
    failures += run.verdict == Verdict::failed ? 1 : 0;
    errors += run.verdict == Verdict::error || run.verdict == Verdict::inconclusive ? 1 : 0;
    skipped += run.verdict == Verdict::skipped ? 1 : 0;
    seconds += run.seconds;
  }

  // The published schemas know `skipped` on a suite but not on the root element.
  std::string of_run() const {
    return fmt::format(R"(tests="{}" failures="{}" errors="{}" time="{:.3f}")", tests, failures, errors, seconds);
  }

  std::string of_suite() const { return fmt::format(R"({} skipped="{}")", of_run(), skipped); }
};

}  // namespace

std::string junit_report(const harness::Outcome& outcome) {
  // Worlds of one file stand together, in the order in which files first occur.
  std::vector<std::pair<std::string, std::vector<const ScenarioResult*>>> suites;
  std::map<std::string, std::size_t> index_of;
  Counts all;
  for (const ScenarioResult& run : outcome.scenarios) {
    const auto [place, is_new] = index_of.emplace(run.file, suites.size());
    if (is_new) suites.push_back({run.file, {}});
    suites[place->second].second.push_back(&run);
    all.add(run);
  }
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  out += fmt::format("<testsuites name=\"watershed\" {}>\n", all.of_run());
  std::set<std::string> names;
  for (const auto& [file, runs] : suites) {
    Counts counts;
    std::string cases;
    for (const ScenarioResult* run : runs) {
      counts.add(*run);
      cases += case_element(*run, names);
    }
    out += fmt::format("  <testsuite name=\"{}\" {}>\n{}  </testsuite>\n", attribute(file), counts.of_suite(), cases);
  }
  return out + "</testsuites>\n";
}

}  // namespace watershed::reports
