// See report_table.hpp.
#include "reports/report_table.hpp"

#include "reports/json_report.hpp"
#include "reports/junit_report.hpp"
#include "reports/markdown_report.hpp"
#include "reports/sarif_report.hpp"
#include "reports/tap_report.hpp"

#include <array>

namespace watershed::reports {

std::span<const ReportKind> report_kinds() {
  static constexpr std::array kinds{
      ReportKind{"json", json_report},
      ReportKind{"junit", junit_report},
      ReportKind{"markdown", [](const harness::Outcome& outcome) { return markdown_report(outcome); }},
      ReportKind{"tap", tap_report},
      ReportKind{"sarif", sarif_report},
  };
  return kinds;
}

const ReportKind* report_kind(std::string_view name) {
  for (const ReportKind& kind : report_kinds()) {
    if (kind.name == name) return &kind;
  }
  return nullptr;
}

}  // namespace watershed::reports
