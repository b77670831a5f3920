// See changed_folder.hpp.
#include "harness/world/changed_folder.hpp"

#include <fmt/format.h>

#include <unistd.h>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>

namespace watershed::harness {

namespace {

namespace fs = std::filesystem;

// The error's text, or nothing when the text was edited.
std::optional<std::string> edit(std::string& text, const Change& change) {
  if (!change.append.empty()) {
    if (!text.empty() && !text.ends_with('\n')) text += '\n';
    text += change.append + "\n";
    return std::nullopt;
  }
  if (change.line > 0) {
    std::size_t start = 0;
    for (int line = 1; line < change.line; ++line) {
      start = text.find('\n', start);
      if (start == std::string::npos) return fmt::format("{} has no line {}", change.file, change.line);
      ++start;
    }
    if (start >= text.size()) return fmt::format("{} has no line {}", change.file, change.line);
    const std::size_t end = text.find('\n', start);
    text.replace(start, end == std::string::npos ? std::string::npos : end - start, change.replace);
    return std::nullopt;
  }
  const std::size_t found = text.find(change.find);
  if (found == std::string::npos) return fmt::format("'{}' does not occur in {}", change.find, change.file);
  if (text.find(change.find, found + 1) != std::string::npos) {
    return fmt::format("'{}' occurs more than once in {}; expected exactly once", change.find, change.file);
  }
  text.replace(found, change.find.size(), change.replace);
  return std::nullopt;
}

}  // namespace

ChangedFolder::~ChangedFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

Parsed<std::shared_ptr<const ChangedFolder>> apply_changes(const fs::path& original, std::span<const Change> changes) {
  std::error_code error;
  std::string pattern = (fs::temp_directory_path(error) / "watershed-XXXXXX").string();
  if (error || mkdtemp(pattern.data()) == nullptr) {
    return Diagnostics{{Severity::error, {}, "cannot make a temporary folder for the changed world", {}, {}}};
  }
  auto folder = std::make_shared<const ChangedFolder>(pattern);
  fs::copy(original, folder->path(), fs::copy_options::recursive, error);
  if (error) {
    return Diagnostics{
        {Severity::error, {}, fmt::format("cannot copy {}: {}", original.string(), error.message()), {}, {}}};
  }
  Diagnostics diagnostics;
  for (const Change& change : changes) {
    const fs::path file = folder->path() / fs::path(change.file).lexically_normal();
    const bool outside = fs::path(change.file).is_absolute() || change.file.find("..") != std::string::npos;
    std::ifstream in(file, std::ios::binary);
    if (outside || !in || fs::is_directory(file, error)) {
      diagnostics.push_back(change.node.error(fmt::format("'{}' is no file below the world's folder", change.file)));
      continue;
    }
    std::string text(std::istreambuf_iterator<char>(in), {});
    in.close();
    if (const auto wrong = edit(text, change)) {
      diagnostics.push_back(change.node.error(*wrong));
      continue;
    }
    std::ofstream(file, std::ios::binary | std::ios::trunc) << text;
  }
  if (!diagnostics.empty()) return diagnostics;
  return folder;
}

}  // namespace watershed::harness
