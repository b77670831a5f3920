// See letters.hpp.
#include "harness/rules/letters.hpp"

#include "base/text.hpp"
#include "harness/world/shown.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::harness {

namespace fs = std::filesystem;

namespace {

std::string with_crlf(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 32);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n' && (i == 0 || text[i - 1] != '\r')) out += '\r';
    out += text[i];
  }
  return out;
}

/// The first address in a field's value; nothing where there is none.
std::optional<mail::Address> address_in(const std::string& value) {
  const std::size_t open = value.find('<');
  const std::size_t close = value.find('>', open == std::string::npos ? 0 : open);
  const std::string bare = open != std::string::npos && close != std::string::npos
                               ? value.substr(open + 1, close - open - 1)
                               : value.substr(0, value.find(','));
  const auto address = mail::parse_address(trim(bare));
  if (!address) return std::nullopt;
  return *address;
}

class Letters {
 public:
  explicit Letters(const std::vector<mail::ForwardPath>& recipients) : recipients_(recipients) {}

  void add(std::string text, std::string name) {
    std::optional<mail::Address> from;
    bool has_from = false;
    if (text.starts_with("From ")) {
      const std::string line = text.substr(0, text.find('\n'));
      const auto words = split(line, " ");
      if (words.size() > 1) from = address_in(std::string(words[1]));
      has_from = true;
      text.erase(0, std::min(text.size(), line.size() + 1));
    }
    rules::Letter letter{.reverse_path = {},
                         .forward_path = mail::ForwardPath({"someone", "here.example"}),
                         .message = mail::Message::parse(with_crlf(text)),
                         .name = std::move(name)};
    if (const std::string path = letter.message.value("Return-Path"); !path.empty()) {
      from = address_in(path);
    } else if (!has_from) {
      from = address_in(letter.message.value("From"));
    }
    if (from) letter.reverse_path = mail::ReversePath(*from);
    if (recipients_.empty()) {
      for (const char* field : {"Delivered-To", "X-Original-To", "To"}) {
        const auto to = address_in(letter.message.value(field));
        if (!to) continue;
        letter.forward_path = mail::ForwardPath(*to);
        break;
      }
      found.push_back(std::move(letter));
      return;
    }
    for (const mail::ForwardPath& recipient : recipients_) {
      letter.forward_path = recipient;
      found.push_back(letter);
    }
  }

  void add_mbox(const std::string& text, const std::string& name) {
    std::size_t number = 0;
    for (std::size_t at = 0; at < text.size();) {
      std::size_t next = text.find("\n\nFrom ", at);
      next = next == std::string::npos ? text.size() : next + 2;
      add(text.substr(at, next - at), fmt::format("{}:{}", name, ++number));
      at = next;
    }
  }

  std::vector<rules::Letter> found;

 private:
  const std::vector<mail::ForwardPath>& recipients_;
};

}  // namespace

Parsed<std::vector<rules::Letter>> read_letters(const fs::path& path,
                                                const std::vector<mail::ForwardPath>& recipients) {
  Letters letters(recipients);
  std::vector<fs::path> files;
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) {
    for (const auto& entry : fs::recursive_directory_iterator(path, ignored)) {
      const bool is_hidden = entry.path().filename().string().starts_with('.');
      if (entry.is_regular_file(ignored) && !is_hidden) files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
  } else {
    files.push_back(path);
  }
  for (const fs::path& file : files) {
    const auto text = read_text(file, file.string(), {file.string(), 0, 0});
    if (!text) return text.error();
    // One message of a Maildir or .eml may begin with a From_ line too; an mbox has more than one.
    if (text->starts_with("From ") && text->find("\n\nFrom ") != std::string::npos) {
      letters.add_mbox(*text, file.string());
    } else {
      letters.add(*text, file.string());
    }
  }
  if (letters.found.empty()) {
    return Diagnostics{{Severity::error,
                        {path.string(), 0, 0},
                        "there is no message here",
                        {},
                        "expected a folder of .eml files, a Maildir, an mbox or one message"}};
  }
  return std::move(letters.found);
}

}  // namespace watershed::harness
