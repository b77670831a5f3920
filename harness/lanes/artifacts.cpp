// See artifacts.hpp.
#include "harness/lanes/artifacts.hpp"

#include <fmt/format.h>

#include <fstream>

namespace watershed::harness {

namespace {

namespace fs = std::filesystem;

// Mailbox names come from mail: only harmless characters may reach the file system.
std::string safe_name(std::string_view text) {
  std::string out;
  for (const char c : text.substr(0, 100)) {
    const bool harmless = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '@' ||
                          c == '-' || c == '_' || (c == '.' && !out.empty());
    out += harmless ? c : '_';
  }
  return out.empty() ? "_" : out;
}

bool write(const fs::path& file, std::string_view bytes) {
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  return static_cast<bool>(out.flush());
}

}  // namespace

std::string artifact_folder(const ScenarioResult& result) {
  const fs::path file(result.file);
  const std::string topic = file.parent_path().filename().string();
  return safe_name(fmt::format("{}{}{}.{}", topic, topic.empty() ? "" : "-", file.stem().string(), result.world));
}

void write_artifacts(const fs::path& root, const Evidence& evidence, ScenarioResult& result) {
  const fs::path folder = root / artifact_folder(result);
  std::error_code error;
  fs::remove_all(folder / "mailboxes", error);  // of an earlier run; a lane may have put more beside it
  fs::create_directories(folder / "mailboxes", error);
  std::string journal;
  for (const stage::Fact& fact : evidence.journal.facts()) append_json_line(journal, evidence.journal, fact);
  bool written = !error && write(folder / "journal.jsonl", journal);
  std::size_t number = 0;
  for (const StoredCopy& copy : evidence.copies) {
    if (copy.message == nullptr) continue;
    const fs::path mailbox = folder / "mailboxes" / safe_name(copy.mailbox) / safe_name(copy.folder);
    fs::create_directories(mailbox, error);
    written = written && write(mailbox / fmt::format("{:05}.eml", ++number), copy.message->bytes());
  }
  if (written) return;
  Finding found;
  found.rule = "artifacts";
  found.sentence = fmt::format("the evidence could not be written to {}", folder.string());
  found.is_inconclusive = true;
  result.findings.push_back(std::move(found));
  if (result.verdict == Verdict::passed) result.verdict = Verdict::inconclusive;
}

}  // namespace watershed::harness
