// What a script is run on: one message for one forward-path, at one time, beside the stores it may ask.
#pragma once

#include "mail/message.hpp"
#include "mail/path.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace watershed::sieve {

/// The mailboxes of the account, as `mailboxexists` asks for them. RFC 5490 §3.1.
class MailboxDirectory {
 public:
  virtual ~MailboxDirectory() = default;
  virtual bool exists(std::string_view mailbox) const = 0;
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
};

}  // namespace watershed::sieve
