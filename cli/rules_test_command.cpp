// watershed rules test: runs unit tests of Sieve scripts, in the format of Pigeonhole's test suite (.svtest).
#include "base/text.hpp"
#include "cli/rules_command.hpp"
#include "cli/support.hpp"
#include "components/filter/sieve/svtest/run_svtest.hpp"
#include "reports/svtest_report.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <chrono>
#include <fstream>
#include <memory>

namespace watershed::cli {

namespace {

struct TestOptions {
  std::vector<std::string> files;
  std::vector<std::string> reports;
};

/// The path behind `junit=`; an error text for anything else.
std::optional<std::string> junit_path(const std::string& report) {
  constexpr std::string_view kind = "junit=";
  if (!std::string_view(report).starts_with(kind) || report.size() == kind.size()) return std::nullopt;
  return report.substr(kind.size());
}

ExitCode run_tests(const TestOptions& test, const Options& options) {
  for (const std::string& report : test.reports) {
    if (junit_path(report)) continue;
    complain(fmt::format("--report {}: expected junit=PATH", report));
    return ExitCode::usage;
  }
  const auto now =
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch());
  bool has_failures = false;
  bool has_wrong_files = false;
  std::vector<reports::SvtestFile> files;
  for (const std::string& file : test.files) {
    auto cases = sieve::run_svtest(file, now.count());
    if (!cases) {
      has_wrong_files = true;
      const std::string text = render(cases.error());
      std::fwrite(text.data(), 1, text.size(), stderr);
      files.push_back({file, {}, text});
      continue;
    }
    for (const sieve::CaseResult& result : *cases) {
      has_failures = has_failures || !result.passed;
      if (!result.passed || !options.quiet) {
        say(fmt::format("{}\t{}\t{}\n", printable(file), printable(result.name), result.passed ? "PASS" : "FAIL"));
      }
      for (const std::string& warning : result.warnings) {
        complain(fmt::format("{}: {}: warning: {}", to_file_line(result.at), result.name, warning));
      }
      if (!result.passed) complain(fmt::format("{}: {}: {}", to_file_line(result.at), result.name, result.reason));
    }
    files.push_back({file, std::move(*cases), {}});
  }
  for (const std::string& report : test.reports) {
    std::ofstream out(*junit_path(report), std::ios::binary | std::ios::trunc);
    out << reports::svtest_junit(files);
    if (out.flush()) continue;
    complain(fmt::format("{} cannot be written", *junit_path(report)));
    return ExitCode::environment;
  }
  if (has_wrong_files) return ExitCode::wrong_input;
  return has_failures ? ExitCode::failed : ExitCode::ok;
}

}  // namespace

RulesCommand add_rules_test(CLI::App& rules, const Options& options) {
  CLI::App* const command = rules.add_subcommand("test", "Run unit tests of Sieve scripts (.svtest files)");
  auto test = std::make_shared<TestOptions>();
  command->add_option("files", test->files, "Test files")->required();
  command->add_option("--report", test->reports, "junit=PATH (repeatable)");
  return {command, [test, &options] { return run_tests(*test, options); }};
}

}  // namespace watershed::cli
