// See coverage_totals.hpp.
#include "reports/coverage_totals.hpp"

#include "base/text.hpp"

#include <charconv>

namespace watershed::reports {

namespace {

using Counts = std::map<int, std::uint64_t>;  // by line

std::map<std::string, Counts> counts_by_file(const harness::Outcome& outcome) {
  std::map<std::string, Counts> files;
  for (const harness::ScenarioResult& run : outcome.scenarios) {
    if (run.has_changed_files) continue;
    for (const auto& [place, count] : run.lines) {
      const std::size_t colon = place.rfind(':');
      int line = 0;
      std::from_chars(place.data() + colon + 1, place.data() + place.size(), line);
      files[place.substr(0, colon)][line] += count;
    }
  }
  return files;
}

}  // namespace

std::vector<int> FileCoverage::never() const {
  std::vector<int> lines;
  for (const int line : file->rule_lines) {
    if (!is_exercised(line)) lines.push_back(line);
  }
  return lines;
}

std::vector<FileCoverage> coverage_of_world(const harness::Outcome& outcome, const std::string& world) {
  const std::map<std::string, Counts> counts = counts_by_file(outcome);
  std::vector<FileCoverage> files;
  for (const harness::InputFile& input : outcome.inputs) {
    if (input.world != world) continue;
    FileCoverage file;
    file.file = &input;
    if (const auto found = counts.find(input.path); found != counts.end()) file.decided = found->second;
    for (const harness::LineUse& use : input.uses) {
      const auto table = counts.find(use.path);
      if (table == counts.end()) continue;
      for (const auto& [line, count] : table->second) file.through_table[use.line] += count;
    }
    if (input.rule_lines.empty() && file.decided.empty()) continue;
    file.exercised = input.rule_lines.size() - file.never().size();
    for (const auto& [line, count] : file.decided) file.decisions += count;
    files.push_back(std::move(file));
  }
  return files;
}

std::map<std::string, HostCoverage> coverage_by_host(const std::vector<FileCoverage>& files) {
  std::map<std::string, HostCoverage> hosts;
  for (const FileCoverage& file : files) {
    std::vector<std::string> readers = file.file->hosts;
    if (readers.empty()) readers.push_back(file.file->kind == "zone" ? "DNS" : "no host");
    for (const std::string& host : readers) {
      hosts[host].rules += file.file->rule_lines.size();
      hosts[host].exercised += file.exercised;
      hosts[host].decisions += file.decisions;
    }
  }
  return hosts;
}

std::string line_text(const harness::InputFile& file, int line) {
  std::string_view rest = file.text;
  for (int at = 1; at < line && !rest.empty(); ++at) {
    const std::size_t end = rest.find('\n');
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
  return std::string(trim(rest.substr(0, rest.find('\n'))));
}

}  // namespace watershed::reports
