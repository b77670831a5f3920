// The mailboxes' memory: messages in folders, which Message-IDs were seen, and whom an out-of-office reply has reached.
#pragma once

#include "mail/message.hpp"
#include "mail/path.hpp"
#include "stage/journal.hpp"
#include "stage/time.hpp"

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace watershed::cloud {

struct StoredMessage {
  stage::Custody custody = 0;
  std::string folder;
  mail::Address recipient;  ///< as the envelope had it
  mail::Message message;
  mail::ReversePath reverse_path;
  stage::Time at{};
};

class MailboxStore {
 public:
  static constexpr std::size_t seen_max = 10'000;  ///< a mailbox; a load run must not grow

  /// Load runs with millions of messages keep none, only their number.
  void keep_messages(bool keep) { keep_ = keep; }

  void store(const mail::Address& mailbox, StoredMessage message);
  const std::vector<StoredMessage>& messages(const mail::Address& mailbox) const;
  const StoredMessage* find(const mail::Address& mailbox, stage::Custody custody) const;
  /// All that were ever stored there, kept or not.
  std::uint64_t stored_count(const mail::Address& mailbox) const;

  /// True when a message with the same Message-ID and Date was stored there within `window`. Remembers this one if not.
  /// A message without Message-ID is never a duplicate. At most `seen_max` are remembered, the newest.
  bool is_duplicate(const mail::Address& mailbox, const mail::Message& message, stage::Time now,
                    stage::Duration window);

  bool was_answered(const mail::Address& mailbox, const mail::Address& correspondent) const;
  void note_answered(const mail::Address& mailbox, const mail::Address& correspondent);
  void forget_answered(const mail::Address& mailbox);

 private:
  struct State {
    std::vector<StoredMessage> messages;
    std::uint64_t stored_count = 0;
    std::unordered_set<std::string> seen;
    std::deque<std::pair<stage::Time, std::string>> seen_order;
    std::unordered_set<std::string> answered;
  };
  const State* find_state(const mail::Address& mailbox) const;

  bool keep_ = true;
  std::unordered_map<std::string, State> states_;  // by folded address
};

}  // namespace watershed::cloud
