// See coverage_text.hpp.
#include "reports/coverage_text.hpp"

#include "reports/coverage_totals.hpp"
#include "reports/escape.hpp"
#include "reports/paint.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::reports {

namespace {

bool is_rule_file(const harness::InputFile& file) {
  return (file.kind == "sieve" || file.kind == "procmail") && !file.hosts.empty() && !file.text.empty();
}

std::string annotated(const FileCoverage& coverage, const TerminalStyle& style) {
  const harness::InputFile& file = *coverage.file;
  std::string out = fmt::format("\n{}  {} of {} rules\n", shown(file.path), coverage.exercised, file.rule_lines.size());
  std::string_view rest = file.text;
  for (int line = 1; !rest.empty(); ++line) {
    const std::size_t end = rest.find('\n');
    const std::string text = shown(rest.substr(0, end));
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    const auto count = coverage.decided.find(line);
    const bool is_rule = std::binary_search(file.rule_lines.begin(), file.rule_lines.end(), line);
    if (count != coverage.decided.end()) {
      out += fmt::format("{:>7}x {:>4}  {}\n", count->second, line, text);
    } else if (is_rule) {
      out += paint(fmt::format("{:>8} {:>4}  {}", "never", line, text), Color::yellow, style.color) + "\n";
    } else {
      out += paint(fmt::format("{:>8} {:>4}  {}", "", line, text), Color::dim, style.color) + "\n";
    }
  }
  return out;
}

}  // namespace

std::string coverage_text(const harness::Outcome& outcome, const TerminalStyle& style) {
  std::string totals;
  std::string files;
  for (const harness::WorldMap& world : outcome.worlds) {
    const std::vector<FileCoverage> covered = coverage_of_world(outcome, world.name);
    for (const auto& [host, total] : coverage_by_host(covered)) {
      totals += fmt::format("  {:<10} {:<24} {:>4} of {:>4} rules, {} decisions\n", shown(world.name), shown(host),
                            total.exercised, total.rules, total.decisions);
    }
    for (const FileCoverage& file : covered) {
      if (is_rule_file(*file.file)) files += annotated(file, style);
    }
  }
  return "\nConfiguration exercised\n" + totals + files;
}

}  // namespace watershed::reports
