// The kinds of report that are one file each, written after the run: the table behind `--report KIND=PATH`.
#pragma once

#include "harness/outcome.hpp"

#include <span>
#include <string>
#include <string_view>

namespace watershed::reports {

struct ReportKind {
  std::string_view name;
  std::string (*write)(const harness::Outcome& outcome);
};

std::span<const ReportKind> report_kinds();

/// nullptr when there is no such kind.
const ReportKind* report_kind(std::string_view name);

}  // namespace watershed::reports
