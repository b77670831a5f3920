// See outbound.hpp.
#include "fakes/cloud/outbound.hpp"

#include "fakes/cloud/profile.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::cloud {

using stage::FactKind;
using stage::Task;

namespace {

// A recipient without a verdict: the connection broke under way.
mail::Reply reply_for(const talk::RecipientOutcome& outcome) {
  if (outcome.reply) return *outcome.reply;
  if (outcome.text.starts_with("5")) {
    if (auto refused = mail::parse_reply(outcome.text)) return *refused;
  }
  return mail::make_reply(450, "4.4.318", "Connection was closed abruptly [Message=" + outcome.text + "]");
}

}  // namespace

Outbound::Outbound(stage::Stage& stage, OutboundOptions options, const Tenant& tenant, talk::Resolver& resolver,
                   OutboundOwner& owner)
    : stage_(stage),
      options_(std::move(options)),
      tenant_(tenant),
      resolver_(resolver),
      owner_(owner),
      changed_(stage.executor) {}

void Outbound::start() {
  running_ = true;
  if (!keeps_time_) {
    keeps_time_ = true;
    stage_.executor.spawn(keep_time());
  }
  changed_.notify();
  for (auto& [name, lane] : lanes_) fill_connections(lane);
}

void Outbound::add(OutboundEntry entry) {
  for (const mail::Recipient& recipient : entry.envelope.recipients) {
    stage_.journal.record({.kind = FactKind::routed,
                           .host = options_.host,
                           .at = stage_.executor.now(),
                           .custody = entry.custody,
                           .recipient = display(recipient.forward_path),
                           .reverse_path = display(entry.envelope.reverse_path),
                           .detail = entry.next_hop.name,
                           .decided_by = entry.next_hop.decided_by});
  }
  entry.queued_at = stage_.executor.now();
  ++size_;
  make_ready(std::move(entry));
}

void Outbound::flush() {
  std::multimap<stage::Time, OutboundEntry> due;
  std::swap(due, waiting_);
  for (auto& [at, entry] : due) make_ready(std::move(entry));
}

void Outbound::make_ready(OutboundEntry entry) {
  Lane& lane = lanes_[entry.next_hop.name];
  lane.hop = entry.next_hop;  // the newest settings of that name
  lane.ready.push_back(std::move(entry));
  fill_connections(lane);
}

void Outbound::fill_connections(Lane& lane) {
  if (!running_ || lane.connections >= options_.connections_per_lane_max || lane.connections >= lane.ready.size())
    return;
  ++lane.connections;
  stage_.executor.spawn(run_connection(lane));
}

// Wakes what is due; sleeps without a deadline while nothing waits.
Task<void> Outbound::keep_time() {
  for (;;) {
    while (running_ && !waiting_.empty() && waiting_.begin()->first <= stage_.executor.now()) {
      OutboundEntry entry = std::move(waiting_.begin()->second);
      waiting_.erase(waiting_.begin());
      make_ready(std::move(entry));
    }
    const stage::Time next = running_ && !waiting_.empty() ? waiting_.begin()->first : stage::forever;
    const bool notified = co_await changed_.wait(next);
    static_cast<void>(notified);
  }
}

Task<void> Outbound::run_connection(Lane& lane) {
  while (running_ && !lane.ready.empty()) {
    OpenResult opened = co_await open(lane.hop, lane.ready.front().custody);
    if (!opened) {
      if (running_) put_off_all(lane, opened.error());
      break;
    }
    talk::SmtpClient& client = *opened->client;
    while (running_ && client.is_usable() && !lane.ready.empty()) {
      OutboundEntry entry = std::move(lane.ready.front());
      lane.ready.pop_front();
      lane.under_way.push_back(&entry);
      const std::vector<talk::RecipientOutcome> outcomes =
          co_await client.send(entry.envelope, entry.message, entry.custody);
      std::erase(lane.under_way, &entry);
      settle(std::move(entry), outcomes, *opened);
    }
    co_await client.quit();
  }
  --lane.connections;
  fill_connections(lane);
}

void Outbound::note_queued() const {
  const auto note = [&](const OutboundEntry& entry, const std::string& why) {
    for (const mail::Recipient& recipient : entry.envelope.recipients) {
      stage_.journal.record({.kind = FactKind::queued,
                             .host = options_.host,
                             .at = stage_.executor.now(),
                             .custody = entry.custody,
                             .recipient = display(recipient.forward_path),
                             .reverse_path = display(entry.envelope.reverse_path),
                             .detail = why});
    }
  };
  for (const auto& [name, lane] : lanes_) {
    for (const OutboundEntry& entry : lane.ready) note(entry, "ready for " + name);
    for (const OutboundEntry* entry : lane.under_way) note(*entry, "being sent to " + name);
  }
  for (const auto& [at, entry] : waiting_) note(entry, "deferred for " + entry.next_hop.name);
}

void Outbound::settle(OutboundEntry entry, const std::vector<talk::RecipientOutcome>& outcomes, const Opened& peer) {
  std::vector<mail::Recipient> left;
  std::vector<OutboundOutcome> reasons;
  for (std::size_t index = 0; index < outcomes.size(); ++index) {
    OutboundOutcome outcome{OutboundOutcome::Kind::relayed, reply_for(outcomes[index]), peer.remote_mta,
                            peer.client->capabilities().dsn};
    const mail::Recipient& recipient = entry.envelope.recipients[index];
    if (outcomes[index].is_accepted()) {
      owner_.on_outcome(entry, recipient, outcome);
      continue;
    }
    outcome.kind = OutboundOutcome::Kind::failed;
    if (outcome.reply.is_permanent()) {
      owner_.on_outcome(entry, recipient, outcome);
      continue;
    }
    left.push_back(recipient);
    reasons.push_back(std::move(outcome));
  }
  if (left.empty()) {
    --size_;
    return;
  }
  entry.envelope.recipients = std::move(left);
  put_off(std::move(entry), reasons);
}

void Outbound::put_off_all(Lane& lane, const HopFailure& failure) {
  std::deque<OutboundEntry> entries;
  std::swap(entries, lane.ready);
  const OutboundOutcome reason{OutboundOutcome::Kind::failed, failure.reply, failure.remote_mta, false};
  for (OutboundEntry& entry : entries) {
    const std::vector<OutboundOutcome> reasons(entry.envelope.recipients.size(), reason);
    put_off(std::move(entry), reasons);
  }
}

void Outbound::put_off(OutboundEntry entry, const std::vector<OutboundOutcome>& reasons) {
  const stage::Time now = stage_.executor.now();
  const QueueTimes& times = tenant_.queue;
  const stage::Time expiry = entry.queued_at + times.expires_after;
  const bool is_over = now >= expiry;
  stage::Duration delay = times.retry_first;
  for (int doubled = 0; doubled < entry.attempts && delay < times.retry_max; ++doubled) delay *= 2;
  const stage::Time next = std::min(now + std::min(delay, times.retry_max), expiry);
  const bool is_late = times.delay_notice_after.count() > 0 && now - entry.queued_at >= times.delay_notice_after;
  std::vector<mail::Recipient> left;
  for (std::size_t index = 0; index < reasons.size(); ++index) {
    OutboundOutcome outcome = reasons[index];
    const mail::Recipient& recipient = entry.envelope.recipients[index];
    if (is_over || outcome.reply.is_permanent()) {
      if (!outcome.reply.is_permanent()) {
        const mail::Reply expired = fill(tenant_.profile->expired, {.host = options_.hostname});
        outcome.reply = mail::make_reply(expired.code, to_string(*expired.status),
                                         expired.lines.front() + " -> " + to_line(outcome.reply));
      }
      owner_.on_outcome(entry, recipient, outcome);
      continue;
    }
    stage_.journal.record({.kind = FactKind::deferred,
                           .host = options_.host,
                           .code = static_cast<std::uint16_t>(outcome.reply.code),
                           .at = now,
                           .custody = entry.custody,
                           .recipient = display(recipient.forward_path),
                           .reverse_path = display(entry.envelope.reverse_path),
                           .detail = fmt::format("{}s", std::chrono::duration_cast<std::chrono::seconds>(next).count()),
                           .text = to_line(outcome.reply),
                           .decided_by = entry.next_hop.decided_by});
    if (is_late && !entry.delay_was_noticed) {
      outcome.kind = OutboundOutcome::Kind::delayed;
      owner_.on_outcome(entry, recipient, outcome);
    }
    left.push_back(recipient);
  }
  entry.delay_was_noticed = entry.delay_was_noticed || is_late;
  if (left.empty()) {
    --size_;
    return;
  }
  entry.envelope.recipients = std::move(left);
  ++entry.attempts;
  waiting_.emplace(next, std::move(entry));
  changed_.notify();
}

}  // namespace watershed::cloud
