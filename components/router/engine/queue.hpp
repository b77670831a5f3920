// The queue: messages this host is responsible for, and when each is tried again. QSHAPE_README "queue names", qmgr(8).
//
// Nothing here talks or waits; the queue manager moves messages between the states.
#pragma once

#include "components/router/engine/router.hpp"
#include "components/router/engine/settings.hpp"
#include "mail/reply.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace watershed::router {

/// What became of one recipient in one attempt.
struct Outcome {
  enum class Kind {
    relayed,    ///< the next host took it; `relayed` is recorded
    delivered,  ///< into a mailbox, or forwarded: recorded
    discarded,
    failed,    ///< for good
    deferred,  ///< for now
  };
  Kind kind = Kind::deferred;
  std::uint16_t code = 0;  ///< SMTP reply code, 0 without one
  mail::EnhancedStatus status;
  std::string text;                 ///< the whole story in one line
  std::string remote_mta;           ///< who said so; empty when decided here
  std::string diagnostic;           ///< its words
  std::string decided_by;           ///< configuration line, where one decided
  bool next_hop_sends_dsn = false;  ///< relayed to a host that takes care of NOTIFY=SUCCESS itself
};

struct QueuedRecipient {
  enum class State {
    waiting,    ///< to be routed
    scheduled,  ///< with the scheduler or a delivery agent
    deferred,   ///< tried in this pass and failed for now
    done,
  };
  mail::Recipient recipient;
  mail::Address original;  ///< as it was before rewriting (X-Original-To)
  State state = State::waiting;
  std::string route = {};  ///< as last recorded, `transport:nexthop`
  Outcome last = {};

  std::string name() const { return display(recipient.forward_path); }
};

/// One message with what is left to do. Shared between the queue and the deliveries under way.
struct QueuedMessage {
  std::string id;
  std::uint64_t sequence = 0;
  stage::Custody custody = 0;
  QueueState state = QueueState::incoming;
  stage::Time arrived{};
  stage::Time next_attempt{};
  mail::Envelope envelope;  ///< without recipients
  std::string filter;       ///< FILTER action or content_filter; empty for none
  std::shared_ptr<const mail::Message> message;
  std::uint64_t body_hash = 0;
  std::vector<QueuedRecipient> recipients;
  std::size_t scheduled = 0;         ///< recipients in state scheduled
  std::vector<std::size_t> notices;  ///< recipients whose outcome of this pass is still to be reported
  bool delay_notice_sent = false;

  bool is_done() const;
};

using MessagePtr = std::shared_ptr<QueuedMessage>;

/// qmgr(8): a deferred message rests as long as it is old, within the limits.
stage::Duration retry_delay(stage::Duration age, const RetryPolicy& policy);

/// The first queue run at or after `at`. Runs happen at `origin` and every queue_run_delay after it.
stage::Time queue_run_at_or_after(stage::Time at, stage::Time origin, const RetryPolicy& policy);

/// True when the message has been in the queue too long to be tried again.
bool is_expired(const QueuedMessage& message, stage::Time now, const RetryPolicy& policy);

class MessageQueue {
 public:
  /// Takes the message in, in the state it has.
  void add(MessagePtr message);
  void remove(const QueuedMessage& message);
  /// Moves it to another state; for deferred, `next_attempt` must be set before.
  void move(QueuedMessage& message, QueueState state);

  std::size_t size() const { return messages_.size(); }
  std::size_t count(QueueState state) const { return counts_[static_cast<std::size_t>(state)]; }

  /// In order of arrival.
  std::vector<MessagePtr> in_state(QueueState state) const;
  /// The one that waits longest, or null.
  MessagePtr first_incoming() const;

  /// When the next deferred message is due; stage::forever when none is.
  stage::Time next_due() const;
  /// Deferred messages due at or before `now`, earliest first.
  std::vector<MessagePtr> due(stage::Time now) const;

  const std::map<std::uint64_t, MessagePtr>& messages() const { return messages_; }

 private:
  void leave(const QueuedMessage& message);
  void enter(const QueuedMessage& message);

  std::map<std::uint64_t, MessagePtr> messages_;
  std::set<std::uint64_t> incoming_;
  std::set<std::pair<stage::Time, std::uint64_t>> deferred_;
  std::size_t counts_[4] = {};
};

}  // namespace watershed::router
