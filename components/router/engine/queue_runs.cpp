// The queue manager's life: queue runs, start and stop, and what operators ask of it. See queue_manager.hpp; qmgr(8),
// postqueue(1) -f, postsuper(1) -H.
#include "components/router/engine/engine.hpp"
#include "components/router/engine/queue_manager.hpp"

#include <algorithm>

namespace watershed::router {

using stage::FactKind;
using stage::Task;
using State = QueuedRecipient::State;

void QueueManager::plan_queue_run() {
  const stage::Time due = engine_.queue.next_due();
  const stage::Time run = due == stage::forever
                              ? stage::forever
                              : queue_run_at_or_after(std::max(due, engine_.now()), origin_, engine_.settings->retry);
  if (run == planned_) return;
  planned_ = run;
  plan_changed_.notify();
}

// Queue runs that would find nothing are left out: no timer stands while nothing is deferred.
Task<void> QueueManager::run_queue(std::uint32_t generation) {
  while (engine_.running && engine_.generation == generation) {
    const bool changed = co_await plan_changed_.wait(planned_);
    if (changed || !engine_.running || engine_.generation != generation) continue;
    planned_ = stage::forever;
    run_deferred();
    plan_queue_run();
  }
}

void QueueManager::run_deferred() {
  engine_.scheduler.sweep();
  for (const MessagePtr& message : engine_.queue.due(engine_.now())) {
    engine_.queue.move(*message, QueueState::incoming);
  }
  fill_active();
}

void QueueManager::resume() {
  origin_ = engine_.now();
  planned_ = stage::forever;
  engine_.stage.executor.spawn(run_queue(engine_.generation));
  for (const MessagePtr& message : engine_.queue.in_state(QueueState::active)) {
    if (message->scheduled == 0) route(message);
  }
  fill_active();
  plan_queue_run();
}

void QueueManager::suspend() {
  engine_.scheduler.suspend();
  plan_changed_.notify();
}

void QueueManager::reroute() {
  engine_.scheduler.suspend();
  for (const MessagePtr& message : engine_.queue.in_state(QueueState::active)) {
    if (message->scheduled == 0) route(message);
  }
  plan_queue_run();
}

void QueueManager::flush() {
  if (!engine_.running) return;
  engine_.scheduler.revive_all();
  for (const MessagePtr& message : engine_.queue.in_state(QueueState::deferred)) {
    engine_.queue.move(*message, QueueState::incoming);
  }
  fill_active();
  plan_queue_run();
}

std::size_t QueueManager::release_held() {
  const std::vector<MessagePtr> held = engine_.queue.in_state(QueueState::hold);
  for (const MessagePtr& message : held) {
    // The hold ended the recipients' way; from here on they are under way again.
    for (const QueuedRecipient& recipient : message->recipients) {
      if (recipient.state == State::done) continue;
      stage::Fact fact = engine_.fact(FactKind::rewritten, message->custody);
      fact.recipient = fact.detail = recipient.name();
      fact.reverse_path = display(message->envelope.reverse_path);
      fact.text = "released from hold";
      engine_.stage.journal.record(std::move(fact));
    }
    message->next_attempt = engine_.now();
    engine_.queue.move(*message, QueueState::deferred);
  }
  if (engine_.running) plan_queue_run();
  return held.size();
}

}  // namespace watershed::router
