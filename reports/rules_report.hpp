// The result of `watershed rules compare`: for people, as JSON and as JUnit XML.
#pragma once

#include "components/filter/rules/compare.hpp"

#include <string>

namespace watershed::reports {

struct RulesReportOptions {
  std::string old_file;
  std::string new_file;
  bool with_coverage = true;
  bool quiet = false;
};

std::string rules_text(const rules::Comparison& comparison, const RulesReportOptions& options);
std::string rules_json(const rules::Comparison& comparison, const RulesReportOptions& options);
std::string rules_junit(const rules::Comparison& comparison, const RulesReportOptions& options);

/// One line a rule: `file:line  count  what`, those never taken marked.
std::string coverage_text(const std::vector<rules::LineCount>& counts);

/// How many of the rules were taken at least once.
std::size_t taken_count(const std::vector<rules::LineCount>& counts);

}  // namespace watershed::reports
