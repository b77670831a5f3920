// See mailbox.hpp.
#include "components/store/mailbox.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace watershed::store {

bool Mailbox::exists(std::string_view folder) const {
  // RFC 3501 §5.1: INBOX is the one name without regard to case.
  if (equal_ignoring_case(folder, "INBOX")) return true;
  const auto same = [&](const std::string& name) { return name == folder; };
  return std::any_of(settings_.folders.begin(), settings_.folders.end(), same) ||
         std::any_of(created_.begin(), created_.end(), same);
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
