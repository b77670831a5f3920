// See mailbox.hpp.
#include "components/store/mailbox.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace watershed::store {

namespace {

std::optional<std::string> value_of(const Entries& entries, std::string_view entry) {
  const auto found = entries.find(to_lower(entry));
  if (found == entries.end()) return std::nullopt;
  return found->second;
}

}  // namespace

bool ConfiguredFolders::exists(std::string_view folder) const {
  // RFC 3501 §5.1: INBOX is the one name without regard to case.
  return equal_ignoring_case(folder, "INBOX") ||
         std::find(settings_.folders.begin(), settings_.folders.end(), folder) != settings_.folders.end();
}

std::optional<std::string> ConfiguredFolders::with_special_use(std::string_view attribute,
                                                               std::string_view folder) const {
  // RFC 8579 §2: attributes are compared as flags are, without regard to case.
  const auto found = settings_.folder_by_special_use.find(to_lower(attribute));
  if (found == settings_.folder_by_special_use.end()) return std::nullopt;
  if (!folder.empty() && folder != found->second) return std::nullopt;
  return found->second;
}

std::optional<std::string> ConfiguredFolders::find(std::string_view folder, std::string_view entry) const {
  // RFC 5490 §4: the empty name is the server.
  if (folder.empty()) return value_of(settings_.server_annotations, entry);
  const auto found =
      settings_.annotations.find(equal_ignoring_case(folder, "INBOX") ? std::string_view("INBOX") : folder);
  if (found == settings_.annotations.end()) return std::nullopt;
  return value_of(found->second, entry);
}

bool Mailbox::exists(std::string_view folder) const {
  return ConfiguredFolders(settings_).exists(folder) ||
         std::find(created_.begin(), created_.end(), folder) != created_.end();
}

void Mailbox::create(std::string folder) {
  if (!exists(folder)) created_.push_back(std::move(folder));
}

bool Mailbox::remembers(std::string_view key, std::int64_t now_unix_seconds) const {
  const auto found = remembered_until_.find(key);
  return found != remembered_until_.end() && found->second > now_unix_seconds;
}

void Mailbox::remember(std::string key, std::int64_t until_unix_seconds) {
  std::int64_t& until = remembered_until_[std::move(key)];
  until = std::max(until, until_unix_seconds);
}

}  // namespace watershed::store
