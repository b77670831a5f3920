// See queue_manager.hpp.
#include "components/router/engine/queue_manager.hpp"

#include "components/router/engine/bounce.hpp"
#include "components/router/engine/engine.hpp"
#include "mail/trace.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::router {

using stage::FactKind;
using State = QueuedRecipient::State;

QueueManager::QueueManager(Engine& engine) : engine_(engine), plan_changed_(engine.stage.executor) {}

void QueueManager::take(MessagePtr message) {
  const bool is_held = message->state == QueueState::hold;
  engine_.queue.add(std::move(message));
  if (!is_held) fill_active();
}

// A notice made while a message is activated lands in incoming; the loop that runs already picks it up.
void QueueManager::fill_active() {
  if (filling_ || !engine_.running) return;
  filling_ = true;
  while (engine_.queue.count(QueueState::active) < engine_.settings->active_limit) {
    const MessagePtr message = engine_.queue.first_incoming();
    if (!message) break;
    activate(message);
  }
  filling_ = false;
}

void QueueManager::activate(const MessagePtr& message) {
  engine_.queue.move(*message, QueueState::active);
  for (QueuedRecipient& recipient : message->recipients) {
    if (recipient.state == State::deferred) recipient.state = State::waiting;
  }
  route(message);
}

void QueueManager::route(const MessagePtr& message) {
  struct Group {
    Resolution resolution;
    Batch batch;
  };
  std::vector<Group> groups;
  ++message->scheduled;  // the pass does not end while it is being set up
  for (std::size_t index = 0; index < message->recipients.size(); ++index) {
    if (message->recipients[index].state != State::waiting) continue;
    std::optional<Resolution> resolution = resolve(*message, index);
    if (!resolution) continue;
    message->recipients[index].state = State::scheduled;
    ++message->scheduled;
    const std::size_t limit =
        engine_.settings->transport(engine_.decider->config(), resolution->transport).recipient_limit;
    const auto group = std::find_if(groups.begin(), groups.end(), [&](const Group& each) {
      return each.resolution.transport == resolution->transport && each.resolution.nexthop == resolution->nexthop &&
             (limit == 0 || each.batch.recipients.size() < limit);
    });
    if (group != groups.end()) {
      group->batch.recipients.push_back(index);
      continue;
    }
    Batch batch{message, {index}, journal_form(resolution->decided_by)};
    groups.push_back({std::move(*resolution), std::move(batch)});
  }
  for (Group& group : groups) engine_.scheduler.schedule(group.resolution, std::move(group.batch));
  if (--message->scheduled == 0) end_pass(message);
}

// Where the recipient goes; nothing when that ended its pass.
std::optional<Resolution> QueueManager::resolve(QueuedMessage& message, std::size_t index) {
  QueuedRecipient& recipient = message.recipients[index];
  const mail::Address& address = recipient.recipient.forward_path.address();
  Resolution resolution = engine_.decider->resolve(message.envelope.reverse_path, address, message.filter);
  engine_.note_not_understood(resolution.not_understood);
  if (resolution.status != Resolution::Status::resolved) {
    const bool is_deferred = resolution.status == Resolution::Status::deferred;
    Outcome outcome = make_outcome(is_deferred ? Outcome::Kind::deferred : Outcome::Kind::failed,
                                   is_deferred ? "4.3.0" : "5.1.3", resolution.fault);
    outcome.decided_by = journal_form(resolution.decided_by);
    settle_one(message, index, outcome);
    return std::nullopt;
  }
  if (resolution.recipient != address && !resolution.recipient.local_part.empty()) {
    stage::Fact fact = engine_.fact(FactKind::rewritten, message.custody);
    fact.recipient = recipient.name();
    recipient.recipient.forward_path = mail::ForwardPath(resolution.recipient);
    fact.detail = recipient.name();
    fact.decided_by = journal_form(resolution.class_by);
    engine_.stage.journal.record(std::move(fact));
  }
  std::string route = resolution.transport;
  route += ':';
  route += resolution.nexthop;
  if (route != recipient.route) {
    stage::Fact fact = engine_.fact(FactKind::routed, message.custody);
    fact.recipient = recipient.name();
    fact.reverse_path = display(message.envelope.reverse_path);
    fact.detail = route;
    fact.decided_by = journal_form(resolution.decided_by);
    engine_.stage.journal.record(std::move(fact));
    recipient.route = std::move(route);
  }
  return resolution;
}

void QueueManager::settle(const Batch& batch, std::span<const Outcome> outcomes) {
  QueuedMessage& message = *batch.message;
  for (std::size_t position = 0; position < batch.recipients.size(); ++position) {
    --message.scheduled;
    settle_one(message, batch.recipients[position], outcomes[position]);
  }
  if (message.scheduled == 0) end_pass(batch.message);
}

void QueueManager::hand_back(const Batch& batch) {
  for (const std::size_t index : batch.recipients) batch.message->recipients[index].state = State::waiting;
  batch.message->scheduled -= batch.recipients.size();
}

void QueueManager::settle_one(QueuedMessage& message, std::size_t index, const Outcome& outcome) {
  QueuedRecipient& recipient = message.recipients[index];
  const bool is_trouble = outcome.kind == Outcome::Kind::deferred || outcome.kind == Outcome::Kind::failed;
  // A host that is down says nothing: what it did not get through is tried again when it is back.
  if (is_trouble && !engine_.running) {
    recipient.state = State::waiting;
    return;
  }
  // postconf(5) soft_bounce: permanent failures stay in the queue.
  if (outcome.kind == Outcome::Kind::failed && !engine_.settings->soft_bounce) {
    give_up(message, index, outcome);
    return;
  }
  recipient.last = outcome;
  recipient.state = is_trouble ? State::deferred : State::done;
  if (is_trouble) return;
  if (outcome.kind == Outcome::Kind::discarded) {
    stage::Fact fact = engine_.fact(FactKind::discarded, message.custody);
    fact.recipient = recipient.name();
    fact.reverse_path = display(message.envelope.reverse_path);
    fact.text = outcome.text;
    fact.decided_by = outcome.decided_by;
    engine_.stage.journal.record(std::move(fact));
  }
  const bool is_reported_here = outcome.kind != Outcome::Kind::relayed || !outcome.next_hop_sends_dsn;
  if (is_reported_here && recipient.recipient.notify.wants_success()) message.notices.push_back(index);
}

// The recipient failed for good: somebody is told, or the journal says why nobody is.
void QueueManager::give_up(QueuedMessage& message, std::size_t index, const Outcome& outcome) {
  QueuedRecipient& recipient = message.recipients[index];
  recipient.last = outcome;
  recipient.last.kind = Outcome::Kind::failed;
  recipient.state = State::done;
  const NoticeFate fate = notice_fate(message, recipient.recipient, *engine_.settings);
  // Nobody can be told: the message ends here, on purpose.
  const bool ends_here = fate == NoticeFate::null_reverse_path || fate == NoticeFate::double_bounce;
  stage::Fact fact = engine_.fact(ends_here ? FactKind::discarded : FactKind::failed, message.custody);
  fact.code = outcome.code;
  fact.recipient = recipient.name();
  fact.reverse_path = display(message.envelope.reverse_path);
  fact.text = describe(outcome);
  if (fate == NoticeFate::null_reverse_path) fact.text.insert(0, "undeliverable notice to the null reverse-path: ");
  if (fate == NoticeFate::double_bounce) fact.text.insert(0, "undeliverable double bounce: ");
  if (fate == NoticeFate::unwanted) fact.text += " (no notice: NOTIFY=NEVER)";
  fact.decided_by = outcome.decided_by;
  engine_.stage.journal.record(std::move(fact));
  if (fate == NoticeFate::sent) message.notices.push_back(index);
}

void QueueManager::end_pass(const MessagePtr& message) {
  // Notices that a host going down still owes are sent when it is back.
  if (!engine_.running && (!message->is_done() || !message->notices.empty())) return;
  if (message->is_done()) {
    send_notices(engine_, message);
    engine_.queue.remove(*message);
    fill_active();
    return;
  }
  const bool has_waiting = std::any_of(message->recipients.begin(), message->recipients.end(),
                                       [](const QueuedRecipient& each) { return each.state == State::waiting; });
  if (has_waiting) {
    route(message);
    return;
  }
  defer_or_expire(message);
  fill_active();
}

void QueueManager::defer_or_expire(const MessagePtr& message) {
  const RetryPolicy& policy = engine_.settings->retry;
  const stage::Time now = engine_.now();
  if (is_expired(*message, now, policy)) {
    const auto hours = std::chrono::duration_cast<std::chrono::hours>(now - message->arrived).count();
    for (std::size_t index = 0; index < message->recipients.size(); ++index) {
      if (message->recipients[index].state != State::deferred) continue;
      Outcome outcome = message->recipients[index].last;
      outcome.text = fmt::format("expired after {} hours in the queue: {}", hours, outcome.text);
      give_up(*message, index, outcome);
    }
    send_notices(engine_, message);
    engine_.queue.remove(*message);
    return;
  }
  send_notices(engine_, message);
  message->next_attempt = now + retry_delay(now - message->arrived, policy);
  const stage::Time run = queue_run_at_or_after(message->next_attempt, origin_, policy);
  for (const QueuedRecipient& recipient : message->recipients) {
    if (recipient.state != State::deferred) continue;
    stage::Fact fact = engine_.fact(FactKind::deferred, message->custody);
    fact.code = recipient.last.code;
    fact.recipient = recipient.name();
    fact.reverse_path = display(message->envelope.reverse_path);
    fact.detail = mail::date_time(engine_.stage.executor.unix_seconds(run));
    fact.text = describe(recipient.last);
    fact.decided_by = recipient.last.decided_by;
    engine_.stage.journal.record(std::move(fact));
  }
  engine_.queue.move(*message, QueueState::deferred);
  const bool is_late =
      policy.delay_warning_time > stage::Duration::zero() && now - message->arrived >= policy.delay_warning_time;
  if (is_late && !message->delay_notice_sent) {
    message->delay_notice_sent = true;
    send_delay_notice(engine_, message);
  }
  plan_queue_run();
}

}  // namespace watershed::router
