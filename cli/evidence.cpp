// See evidence.hpp.
#include "cli/evidence.hpp"

#include "cli/support.hpp"
#include "reports/evidence/pack.hpp"

#include <fmt/format.h>

#include <stdlib.h>

namespace watershed::cli {

namespace {

// Subjects, bodies and fields that a scenario writes down itself (harness/content/message_template.hpp).
void collect_content(const yaml::Node& node, std::vector<std::string>& content, bool is_content = false) {
  if (is_content && node.kind == yaml::NodeKind::scalar) content.push_back(node.text);
  for (const yaml::Node& item : node.items) collect_content(item, content, is_content);
  for (const auto& [key, value] : node.entries) {
    collect_content(value, content, is_content || key.text == "text" || key.text == "headers");
  }
}

}  // namespace

EvidencePacks::EvidencePacks(const Options& options, const std::vector<ReportRequest>& requests) : options_(options) {
  for (const ReportRequest& request : requests) {
    if (request.kind == "evidence") folders_.push_back(request.path);
  }
}

EvidencePacks::~EvidencePacks() {
  std::error_code error;
  if (!temporary_.empty()) std::filesystem::remove_all(temporary_, error);
}

bool EvidencePacks::prepare(harness::SuiteRunOptions& run) {
  if (folders_.empty()) return true;
  for (const std::string& folder : folders_) {
    std::error_code error;
    if (!std::filesystem::exists(folder) || std::filesystem::is_empty(folder, error)) continue;
    complain(fmt::format("--report evidence={}: the folder is not empty; expected a new one", folder));
    return false;
  }
  // Raw mail never lies in the pack itself, not even while the run goes on.
  if (run.run.artifacts.empty()) {
    std::string name = (std::filesystem::temp_directory_path() / "watershed-evidence-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) {
      complain("cannot make a temporary folder for the evidence");
      return false;
    }
    temporary_ = name;
    run.run.artifacts = temporary_;
  }
  artifacts_ = run.run.artifacts;
  return true;
}

bool EvidencePacks::write(const harness::Suite& suite, const harness::SuiteRunOptions& run,
                          const harness::Outcome& outcome) {
  if (folders_.empty()) return true;
  reports::PackSources sources;
  sources.scenarios_root = suite.root;
  sources.artifacts = artifacts_;
  sources.mail_content = options_.mail_content == "omit"   ? reports::MailContent::omit
                         : options_.mail_content == "hash" ? reports::MailContent::hash
                                                           : reports::MailContent::keep;
  const auto selected = harness::select_scenarios(suite, run);
  if (!selected) return false;
  for (const auto& scenario : *selected) {
    sources.scenarios.push_back(scenario->path);
    if (const auto document = yaml::read_document(scenario->path.string())) {
      collect_content(document->root, sources.inline_content);
    }
  }
  bool written = true;
  for (const std::string& folder : folders_) {
    const auto pack = reports::write_pack(folder, outcome, sources);
    if (!pack) {
      complain(fmt::format("evidence pack: {}", pack.error().message));
      written = false;
    } else if (!options_.quiet) {
      say(fmt::format("evidence pack: {}, {} files, SHA-256 of the manifest: {}\n", folder, pack->files,
                      pack->manifest_sha256));
    }
  }
  return written;
}

}  // namespace watershed::cli
