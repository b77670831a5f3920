// See report_requests.hpp.
#include "cli/report_requests.hpp"

#include "cli/support.hpp"
#include "reports/github_annotations.hpp"
#include "reports/html/html_report.hpp"
#include "reports/report_table.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <iterator>

namespace watershed::cli {

namespace {

std::string expected_kinds(bool may_be_live) {
  std::string kinds = "html=PATH, ";
  for (const reports::ReportKind& kind : reports::report_kinds()) kinds += fmt::format("{}=PATH, ", kind.name);
  if (may_be_live) kinds += "events=PATH, evidence=DIR, ";
  return kinds.substr(0, kinds.size() - 2);
}

bool make_folder_of(const std::filesystem::path& path) {
  std::error_code error;
  if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), error);
  return !error;
}

}  // namespace

std::optional<std::vector<ReportRequest>> parse_reports(const std::vector<std::string>& texts, bool may_be_live) {
  std::vector<ReportRequest> requests;
  for (const std::string& text : texts) {
    const std::size_t equals = text.find('=');
    const std::string kind = text.substr(0, equals);
    const bool is_kind = kind == "html" || reports::report_kind(kind) != nullptr ||
                         (may_be_live && (kind == "events" || kind == "evidence"));
    if (equals == std::string::npos || equals + 1 == text.size() || !is_kind) {
      complain(fmt::format("--report {}: expected one of {}", text, expected_kinds(may_be_live)));
      return std::nullopt;
    }
    requests.push_back({kind, text.substr(equals + 1)});
  }
  return requests;
}

bool write_file(const std::string& path, std::string_view text) {
  if (make_folder_of(path)) {
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    out << text;
    if (out.flush()) return true;
  }
  complain(fmt::format("cannot write {}", path));
  return false;
}

std::optional<std::string> read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  if (in && std::filesystem::is_regular_file(path)) return text;
  complain(fmt::format("cannot read {}", path));
  return std::nullopt;
}

// The page, and what it had no room for in a folder beside it.
static bool write_html(const std::filesystem::path& path, const harness::Outcome& outcome) {
  const reports::HtmlReport report = reports::html_report(outcome, path.filename().string());
  bool written = write_file(path.string(), report.page);
  for (const reports::HtmlFile& file : report.linked) {
    written = write_file((path.parent_path() / file.name).string(), file.text) && written;
  }
  return written;
}

bool write_reports(const std::vector<ReportRequest>& requests, const harness::Outcome& outcome) {
  bool written = true;
  for (const ReportRequest& request : requests) {
    const reports::ReportKind* kind = reports::report_kind(request.kind);
    if (request.kind == "html") written = write_html(request.path, outcome) && written;
    if (kind != nullptr) written = write_file(request.path, kind->write(outcome)) && written;
  }
  return written;
}

bool EventFiles::open(const std::vector<ReportRequest>& requests) {
  for (const ReportRequest& request : requests) {
    if (request.kind != "events") continue;
    make_folder_of(request.path);
    files_.emplace_back(request.path, std::ios::binary | std::ios::trunc);
    paths_.push_back(request.path);
    if (files_.back()) continue;
    complain(fmt::format("cannot write {}", request.path));
    return false;
  }
  return true;
}

void EventFiles::write(std::string_view line) {
  for (std::ofstream& file : files_) file << line << std::flush;
}

bool EventFiles::close() {
  bool written = true;
  for (std::size_t index = 0; index < files_.size(); ++index) {
    files_[index].close();
    if (files_[index]) continue;
    complain(fmt::format("cannot write {}", paths_[index]));
    written = false;
  }
  return written;
}

void write_annotations(std::string_view mode, const harness::Outcome& outcome) {
  const char* in_github = std::getenv("GITHUB_ACTIONS");
  const bool is_wanted =
      mode == "github" || (mode == "auto" && in_github != nullptr && std::string_view(in_github) == "true");
  if (is_wanted) say(reports::github_annotations(outcome));
}

}  // namespace watershed::cli
