// See scheduler.hpp.
#include "components/router/engine/scheduler.hpp"

#include "base/text.hpp"
#include "components/router/engine/agents.hpp"
#include "components/router/engine/engine.hpp"

#include <algorithm>

namespace watershed::router {

using stage::Task;

Scheduler::LanePtr Scheduler::lane_of(const Resolution& resolution, const Batch& batch) {
  const TransportSettings& transport = engine_.settings->transport(engine_.decider->config(), resolution.transport);
  std::string key = resolution.transport;
  key += ':';
  key += resolution.nexthop;
  // postconf(5) default_destination_recipient_limit = 1: the limits of a destination become those of a recipient.
  if (transport.recipient_limit == 1 && !batch.recipients.empty()) {
    key += ' ';
    key += folded(batch.message->recipients[batch.recipients.front()].recipient.forward_path.address());
  }
  LanePtr& lane = lanes_[key];
  if (!lane) {
    lane = std::make_shared<Lane>(key, transport.concurrency);
    lane->transport = resolution.transport;
    lane->kind = resolution.kind;
    lane->next_hop = resolution.nexthop;
    lane->settings = engine_.settings;
    lane->transport_settings = &transport;
  }
  return lane;
}

void Scheduler::schedule(const Resolution& resolution, Batch batch) {
  const LanePtr lane = lane_of(resolution, batch);
  if (lane->window.is_dead() && engine_.now() >= lane->dead_until) lane->window.revive();
  if (lane->window.is_dead()) {
    defer(*lane, batch);
    return;
  }
  lane->waiting.push_back(std::move(batch));
  dispatch(lane);
}

std::optional<Batch> Scheduler::take(Lane& lane) {
  if (!engine_.running || lane.waiting.empty() || lane.running >= lane.window.size()) return std::nullopt;
  Batch batch = std::move(lane.waiting.front());
  lane.waiting.pop_front();
  ++lane.running;
  ++running_;
  return batch;
}

void Scheduler::dispatch(const LanePtr& lane) {
  while (std::optional<Batch> batch = take(*lane)) {
    if (!lane->parked.empty()) {
      Parked* const idle = lane->parked.back();
      lane->parked.pop_back();
      idle->batch = std::move(batch);
      idle->woken.notify();
    } else {
      engine_.stage.executor.spawn(work(lane, std::move(*batch)));
    }
  }
}

Task<void> Scheduler::work(LanePtr lane, Batch batch) {
  SmtpSession session;
  for (;;) {
    // Postfix turns connection caching on for a destination with back-to-back deliveries, and off when it calms down.
    const bool back_to_back =
        lane->last_done != stage::Time::min() && lane->last_done + std::chrono::seconds(1) >= engine_.now();
    lane->keeps_connections = back_to_back || (lane->keeps_connections && lane->running > 1);
    const DeliveryReport report = co_await deliver(engine_, *lane, batch, session);
    finish(*lane, batch, report);
    std::optional<Batch> next;
    const bool may_keep = session.is_usable() && lane->transport_settings->client.cache_on_demand;
    if (may_keep && engine_.running) next = take(*lane);
    dispatch(lane);
    if (next) {
      batch = std::move(*next);
      continue;
    }
    if (!may_keep || !lane->keeps_connections || !engine_.running) break;
    const bool more = co_await wait_for_more(*lane, batch);
    if (!more) break;
  }
  if (session.client) co_await session.client->quit();
  forget_if_idle(*lane);
}

Task<bool> Scheduler::wait_for_more(Lane& lane, Batch& batch) {
  Parked idle(engine_.stage.executor);
  lane.parked.push_back(&idle);
  const stage::Time until = engine_.now() + lane.transport_settings->client.cache_time_limit;
  co_await idle.woken.wait(until);
  std::erase(lane.parked, &idle);
  if (!idle.batch) co_return false;
  batch = std::move(*idle.batch);
  co_return true;
}

void Scheduler::finish(Lane& lane, const Batch& batch, const DeliveryReport& report) {
  --lane.running;
  --running_;
  lane.last_done = engine_.now();
  if (!report.site_failed) {
    lane.window.on_success(lane.running + 1);
  } else if (lane.window.on_site_failure()) {
    lane.dead_until = engine_.now() + engine_.settings->retry.minimal_backoff;
    lane.dead_because = report.outcomes.back();
    lane.dead_because.text = "delivery temporarily suspended: " + lane.dead_because.text;
    std::deque<Batch> waiting = std::move(lane.waiting);
    lane.waiting.clear();
    for (const Batch& each : waiting) defer(lane, each);
  }
  engine_.queue_manager.settle(batch, report.outcomes);
}

void Scheduler::defer(const Lane& lane, const Batch& batch) {
  const std::vector<Outcome> outcomes(batch.recipients.size(), lane.dead_because);
  engine_.queue_manager.settle(batch, outcomes);
}

void Scheduler::suspend() {
  for (const auto& [key, lane] : lanes_) {
    std::deque<Batch> waiting = std::move(lane->waiting);
    lane->waiting.clear();
    for (const Batch& batch : waiting) engine_.queue_manager.hand_back(batch);
    for (Parked* idle : std::vector<Parked*>(lane->parked)) idle->woken.notify();
  }
  // Lanes with deliveries under way live on in their workers; whatever comes next starts afresh.
  lanes_.clear();
}

void Scheduler::revive_all() {
  for (const auto& [key, lane] : lanes_) {
    if (lane->window.is_dead()) lane->window.revive();
  }
}

void Scheduler::sweep() {
  std::erase_if(lanes_, [&](const auto& entry) {
    const Lane& lane = *entry.second;
    return lane.running == 0 && lane.waiting.empty() && lane.parked.empty() && lane.window.is_dead() &&
           engine_.now() >= lane.dead_until;
  });
}

void Scheduler::forget_if_idle(Lane& lane) {
  if (lane.running > 0 || !lane.waiting.empty() || !lane.parked.empty() || lane.window.is_dead()) return;
  const auto found = lanes_.find(lane.key);
  if (found != lanes_.end() && found->second.get() == &lane) lanes_.erase(found);
}

}  // namespace watershed::router
