// See queue.hpp.
#include "components/router/engine/queue.hpp"

#include <algorithm>

namespace watershed::router {

std::string_view to_string(QueueState state) {
  switch (state) {
    case QueueState::incoming:
      return "incoming";
    case QueueState::active:
      return "active";
    case QueueState::deferred:
      return "deferred";
    case QueueState::hold:
      return "hold";
  }
  return "?";
}

bool QueuedMessage::is_done() const {
  return std::all_of(recipients.begin(), recipients.end(),
                     [](const QueuedRecipient& each) { return each.state == QueuedRecipient::State::done; });
}

stage::Duration retry_delay(stage::Duration age, const RetryPolicy& policy) {
  return std::max(std::min(age, policy.maximal_backoff), policy.minimal_backoff);
}

stage::Time queue_run_at_or_after(stage::Time at, stage::Time origin, const RetryPolicy& policy) {
  if (at <= origin) return origin;
  const auto runs = (at - origin + policy.queue_run_delay - stage::Duration(1)) / policy.queue_run_delay;
  return origin + runs * policy.queue_run_delay;
}

bool is_expired(const QueuedMessage& message, stage::Time now, const RetryPolicy& policy) {
  const bool is_notice = message.envelope.reverse_path.is_null();
  return now - message.arrived >= (is_notice ? policy.bounce_queue_lifetime : policy.maximal_queue_lifetime);
}

void MessageQueue::enter(const QueuedMessage& message) {
  ++counts_[static_cast<std::size_t>(message.state)];
  if (message.state == QueueState::incoming) incoming_.insert(message.sequence);
  if (message.state == QueueState::deferred) deferred_.emplace(message.next_attempt, message.sequence);
}

void MessageQueue::leave(const QueuedMessage& message) {
  --counts_[static_cast<std::size_t>(message.state)];
  if (message.state == QueueState::incoming) incoming_.erase(message.sequence);
  if (message.state == QueueState::deferred) deferred_.erase({message.next_attempt, message.sequence});
}

void MessageQueue::add(MessagePtr message) {
  enter(*message);
  const std::uint64_t sequence = message->sequence;
  messages_.emplace_hint(messages_.end(), sequence, std::move(message));
}

void MessageQueue::remove(const QueuedMessage& message) {
  leave(message);
  messages_.erase(message.sequence);
}

void MessageQueue::move(QueuedMessage& message, QueueState state) {
  leave(message);
  message.state = state;
  enter(message);
}

std::vector<MessagePtr> MessageQueue::in_state(QueueState state) const {
  std::vector<MessagePtr> found;
  if (count(state) == 0) return found;
  for (const auto& [sequence, message] : messages_) {
    if (message->state == state) found.push_back(message);
  }
  return found;
}

MessagePtr MessageQueue::first_incoming() const {
  return incoming_.empty() ? nullptr : messages_.at(*incoming_.begin());
}

stage::Time MessageQueue::next_due() const { return deferred_.empty() ? stage::forever : deferred_.begin()->first; }

std::vector<MessagePtr> MessageQueue::due(stage::Time now) const {
  std::vector<MessagePtr> found;
  for (const auto& [at, sequence] : deferred_) {
    if (at > now) break;
    found.push_back(messages_.at(sequence));
  }
  return found;
}

}  // namespace watershed::router
