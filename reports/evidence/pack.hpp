// The evidence pack: all that a run rests on and all that came of it, in one folder that an auditor can check.
//
//   report.html report.json junit.xml summary.md   what was found
//   runs/<topic>-<scenario>.<world>/   journal and stored mail of each run
//   inputs/                            requirements, scenarios, messages, and the worlds with their configuration
//   manifest.sha256                    sums of all of them (see manifest.hpp)
#pragma once

#include "base/result.hpp"
#include "harness/outcome.hpp"
#include "reports/evidence/redact.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace watershed::reports {

struct PackSources {
  std::filesystem::path scenarios_root;          ///< with worlds/, messages/ and requirements.yaml
  std::vector<std::filesystem::path> scenarios;  ///< the files that ran
  std::vector<std::string> inline_content;       ///< subjects and bodies that stand in them
  std::filesystem::path artifacts;               ///< what run_scenario wrote for each run
  MailContent mail_content = MailContent::keep;
};

struct Pack {
  std::size_t files = 0;
  std::string manifest_sha256;
};

/// Writes the pack into `folder`, which must be empty or not exist. The error names what could not be read or written.
Result<Pack, Error> write_pack(const std::filesystem::path& folder, const harness::Outcome& outcome,
                               const PackSources& sources);

}  // namespace watershed::reports
