// watershed report merge: the reports of one run from the result files of its shards.
#include "cli/commands.hpp"
#include "cli/report_requests.hpp"
#include "cli/support.hpp"
#include "harness/result_file/merge.hpp"
#include "harness/result_file/result_file.hpp"
#include "reports/terminal.hpp"

namespace watershed::cli {

ExitCode merge_reports(const Options& options) {
  const auto requests = parse_reports(options.reports, false);
  if (!requests) return ExitCode::usage;
  std::vector<harness::NamedOutcome> parts;
  for (const std::string& path : options.paths) {
    auto outcome = load_result(path);
    if (!outcome) return ExitCode::wrong_input;
    parts.push_back({path, std::move(*outcome)});
  }
  const auto merged = harness::merge_shards(parts);
  if (!merged) {
    complain(merged.error().message);
    return ExitCode::wrong_input;
  }
  reports::TerminalStyle style = reports::terminal_style(options.color, verbosity(options));
  style.is_tty = false;  // nothing was running, so there is no bar to take away
  say(reports::final_text(*merged, style));
  write_annotations(options.annotations, *merged);
  if (!write_reports(*requests, *merged)) return ExitCode::environment;
  // A shard may be empty, as --allow-empty says; all of them together may not.
  if (merged->scenarios.empty()) {
    complain("nothing was tested: no shard has a run");
    return ExitCode::inconclusive;
  }
  return static_cast<ExitCode>(harness::exit_code(*merged));
}

}  // namespace watershed::cli
