// Which configuration lines a run exercised: the figures behind the page's annotated files, the JSON and the summary.
//
// Lines of edited files (known-bad worlds, scenarios with changes) are not the world's and do not count.
#pragma once

#include "harness/outcome.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace watershed::reports {

/// One file of a world's configuration.
struct FileCoverage {
  const harness::InputFile* file = nullptr;    ///< of the outcome that was asked about
  std::map<int, std::uint64_t> decided;        ///< by line: decisions that the journal gives to it
  std::map<int, std::uint64_t> through_table;  ///< main.cf, by line: decisions of the tables that it names
  std::size_t exercised = 0;                   ///< of `file->rule_lines`
  std::uint64_t decisions = 0;                 ///< of its own lines, whether listed as rules or not

  bool is_exercised(int line) const { return decided.contains(line) || through_table.contains(line); }
  /// Rule lines that nothing in the run came upon.
  std::vector<int> never() const;
};

/// All files of that world that have a rule or decided something, by path.
std::vector<FileCoverage> coverage_of_world(const harness::Outcome& outcome, const std::string& world);

struct HostCoverage {
  std::size_t rules = 0;
  std::size_t exercised = 0;
  std::uint64_t decisions = 0;
};

/// By host; a zone is `DNS`'s, and what no host reads is `no host`'s.
std::map<std::string, HostCoverage> coverage_by_host(const std::vector<FileCoverage>& files);

/// The text of a file's line, without blanks around it; empty where the text was not kept.
std::string line_text(const harness::InputFile& file, int line);

}  // namespace watershed::reports
