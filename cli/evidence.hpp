// `--report evidence=DIR` of a run: artifacts are kept for it, and packed afterwards.
#pragma once

#include "cli/options.hpp"
#include "cli/report_requests.hpp"
#include "harness/suite/run_suite.hpp"

#include <filesystem>
#include <vector>

namespace watershed::cli {

class EvidencePacks {
 public:
  EvidencePacks(const Options& options, const std::vector<ReportRequest>& requests);
  ~EvidencePacks();  ///< removes the artifacts that nobody else asked for
  EvidencePacks(const EvidencePacks&) = delete;
  EvidencePacks& operator=(const EvidencePacks&) = delete;

  /// Sees to it that the run writes artifacts. False (and a complaint) where a pack's folder is not empty.
  bool prepare(harness::SuiteRunOptions& run);

  /// False (and a complaint) where a pack cannot be written.
  bool write(const harness::Suite& suite, const harness::SuiteRunOptions& run, const harness::Outcome& outcome);

 private:
  const Options& options_;
  std::vector<std::string> folders_;
  std::filesystem::path artifacts_;
  std::filesystem::path temporary_;
};

}  // namespace watershed::cli
