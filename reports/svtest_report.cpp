// See svtest_report.hpp.
#include "reports/svtest_report.hpp"

#include "reports/escape.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::reports {

namespace {

std::string attribute(std::string_view text) { return xml_text(text, 1024); }

std::string suite(const SvtestFile& file) {
  const auto failures = std::count_if(file.cases.begin(), file.cases.end(),
                                      [](const sieve::CaseResult& result) { return !result.passed; });
  const bool has_error = !file.error.empty();
  std::string out =
      fmt::format("  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"0\" time=\"0\">\n",
                  attribute(file.file), file.cases.size() + (has_error ? 1 : 0), failures, has_error ? 1 : 0);
  for (const sieve::CaseResult& result : file.cases) {
    out += fmt::format("    <testcase classname=\"{}\" name=\"{}\" time=\"0\"", attribute(file.file),
                       attribute(result.name));
    out += result.passed ? "/>\n"
                         : fmt::format("><failure message=\"{0}\">{1}: {0}</failure></testcase>\n",
                                       attribute(result.reason), attribute(to_file_line(result.at)));
  }
  if (has_error) {
    out += fmt::format(
        "    <testcase classname=\"{0}\" name=\"{0}\" time=\"0\"><error message=\"cannot be run\">{1}"
        "</error></testcase>\n",
        attribute(file.file), xml_text(file.error, 16 * 1024));
  }
  return out + "  </testsuite>\n";
}

}  // namespace

std::string svtest_junit(std::span<const SvtestFile> files) {
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n";
  for (const SvtestFile& file : files) out += suite(file);
  return out + "</testsuites>\n";
}

}  // namespace watershed::reports
