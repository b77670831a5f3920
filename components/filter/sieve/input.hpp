// What a script is run on: one message for one forward-path, at one time, beside the stores it may ask.
#pragma once

#include "mail/message.hpp"
#include "mail/path.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace watershed::sieve {

/// The mailboxes of the account, as `mailboxexists` asks for them. RFC 5490 §3.1.
class MailboxDirectory {
 public:
  virtual ~MailboxDirectory() = default;
  virtual bool exists(std::string_view mailbox) const = 0;
  /// The first mailbox with this special use (`\Archive`), in `mailbox` where that is not empty. RFC 8579 §3.
  virtual std::optional<std::string> with_special_use(std::string_view /*attribute*/,
                                                      std::string_view /*mailbox*/) const {
    return std::nullopt;
  }
};

/// Annotations of mailboxes and of the server (`mailbox` empty). RFC 5464, RFC 5490 §3.4, §4.
class Annotations {
 public:
  virtual ~Annotations() = default;
  virtual std::optional<std::string> find(std::string_view mailbox, std::string_view entry) const = 0;
};

/// Lists outside of the script, by URI. RFC 6134.
class ExternalLists {
 public:
  virtual ~ExternalLists() = default;
  virtual bool exists(std::string_view list) const = 0;
  virtual bool contains(std::string_view list, std::string_view value) const = 0;
  /// For `redirect :list`.
  virtual std::vector<std::string> members(std::string_view list) const = 0;
};

/// Keys of earlier runs (Outcome::remember) that have not run out. RFC 5230 §4.2 keeps replies by it.
class ResponseHistory {
 public:
  virtual ~ResponseHistory() = default;
  virtual bool remembers(std::string_view key, std::int64_t now_unix_seconds) const = 0;
};

struct Input {
  const mail::Message& message;
  const mail::ReversePath& reverse_path;
  const mail::ForwardPath& forward_path;
  std::int64_t now_unix_seconds = 0;
  int zone_minutes = 0;  ///< local time's distance from UTC, for `date` and `currentdate`
  /// Without a directory only INBOX exists.
  const MailboxDirectory* mailboxes = nullptr;
  /// Without a history nothing was answered before.
  const ResponseHistory* history = nullptr;
  /// Further addresses that are known to be the recipient's own (aliases), for vacation. RFC 5230 §4.5.
  std::span<const std::string> own_addresses = {};
  const Annotations* annotations = nullptr;
  const ExternalLists* lists = nullptr;
  /// Items of the test `environment` beside the ones that the engine knows. RFC 5183.
  std::span<const std::pair<std::string, std::string>> environment = {};
  std::string_view authenticated_as = {};  ///< envelope "auth"; empty: nobody
  /// The forward-path before any alias was followed; null: the same one.
  const mail::ForwardPath* original_forward_path = nullptr;
  std::string_view owner = {};  ///< the account's address, for loop guards; empty: forward_path
};

}  // namespace watershed::sieve
