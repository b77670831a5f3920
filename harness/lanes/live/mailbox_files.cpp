// See mailbox_files.hpp.
#include "harness/lanes/live/mailbox_files.hpp"

#include "base/file.hpp"

#include <algorithm>
#include <string_view>

namespace watershed::harness {

namespace fs = std::filesystem;

namespace {

bool is_maildir(const fs::path& folder) {
  std::error_code ignored;
  return fs::is_directory(folder / "new", ignored) && fs::is_directory(folder / "cur", ignored);
}

bool is_number(const std::string& name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) { return c >= '0' && c <= '9'; });
}

class FolderReader {
 public:
  explicit FolderReader(const fs::path& root) : root_(root) {}

  void read(const fs::path& folder) {
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(folder, ignored)) {
      if (entry.is_directory(ignored)) {
        if (is_maildir(entry.path())) add_maildir(entry.path());
        if (!is_maildir(folder) || !is_maildir_part(entry.path())) read(entry.path());
      } else if (entry.is_regular_file(ignored) && !is_maildir(folder)) {
        add_file(entry.path());
      }
    }
  }

  void add_maildir(const fs::path& folder) {
    std::error_code ignored;
    for (const char* part : {"new", "cur"}) {
      for (const auto& file : fs::directory_iterator(folder / part, ignored)) {
        found.push_back({name_of(folder), file_bytes(file.path())});
      }
    }
  }

  std::vector<FolderMessage> found;

 private:
  static bool is_maildir_part(const fs::path& path) {
    const std::string name = path.filename().string();
    return name == "new" || name == "cur" || name == "tmp";
  }

  std::string name_of(const fs::path& folder) const {
    const std::string name = folder.lexically_relative(root_).generic_string();
    return name.empty() || name == "." ? "INBOX" : name;
  }

  void add_file(const fs::path& file) {
    constexpr std::string_view separator = "\n\nFrom ";
    const std::string text = file_bytes(file);
    const bool is_mh = is_number(file.filename().string());
    if (!is_mh && !text.starts_with("From ")) return;
    const std::string folder = name_of(is_mh ? file.parent_path() : file);
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t blank = is_mh ? std::string::npos : text.find(separator, at);
      const std::size_t end = blank == std::string::npos ? text.size() : blank + 2;
      std::string_view message = std::string_view(text).substr(at, end - at);
      if (message.starts_with("From ")) {
        const std::size_t line_end = message.find('\n');
        message.remove_prefix(line_end == std::string_view::npos ? message.size() : line_end + 1);
      }
      if (!is_mh && message.ends_with("\n\n")) message.remove_suffix(1);
      found.push_back({folder, std::string(message)});
      at = end;
    }
  }

  const fs::path& root_;
};

}  // namespace

std::vector<FolderMessage> messages_below(const fs::path& root) {
  FolderReader reader(root);
  if (is_maildir(root)) reader.add_maildir(root);
  reader.read(root);
  return std::move(reader.found);
}

}  // namespace watershed::harness
