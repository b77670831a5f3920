// What `--report KIND=PATH` asks for, written during and after a run.
#pragma once

#include "harness/outcome.hpp"

#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace watershed::cli {

struct ReportRequest {
  std::string kind;  ///< one of reports::report_kinds(), `events` or `evidence`
  std::string path;
};

/// Nothing (and a complaint) where a text is no KIND=PATH. `may_be_live`: events and evidence can be written, as there
/// is a run.
std::optional<std::vector<ReportRequest>> parse_reports(const std::vector<std::string>& texts, bool may_be_live);

/// Writes all but events, which are written already, and evidence packs. False (and a complaint) where one cannot be
/// written.
bool write_reports(const std::vector<ReportRequest>& requests, const harness::Outcome& outcome);

/// A text into a file, its folders made where they are missing. False (and a complaint) where that fails.
bool write_file(const std::string& path, std::string_view text);

/// A whole file; nothing (and a complaint) where it cannot be read.
std::optional<std::string> read_file(const std::string& path);

/// The files that events go to, each line at once.
class EventFiles {
 public:
  /// False (and a complaint) where one cannot be opened.
  bool open(const std::vector<ReportRequest>& requests);
  bool is_wanted() const { return !files_.empty(); }
  void write(std::string_view line);
  /// False (and a complaint) where something could not be written.
  bool close();

 private:
  std::vector<std::ofstream> files_;
  std::vector<std::string> paths_;
};

/// `--annotations auto|github|off`: GitHub's workflow commands on standard output, in a GitHub job or where asked for.
void write_annotations(std::string_view mode, const harness::Outcome& outcome);

}  // namespace watershed::cli
