// The queue manager: takes messages through incoming, active and deferred until every recipient is done. qmgr(8).
#pragma once

#include "components/router/engine/delivery.hpp"
#include "stage/signal.hpp"

#include <span>
#include <string>

namespace watershed::router {

struct Engine;

class QueueManager {
 public:
  explicit QueueManager(Engine& engine);

  /// A message whose custody this host has. Held mail waits; anything else starts on its way.
  void take(MessagePtr message);

  /// What became of a batch.
  void settle(const Batch& batch, std::span<const Outcome> outcomes);
  /// The batch was not begun (the host goes down): its recipients wait again.
  void hand_back(const Batch& batch);

  /// The host came up: what was active or incoming goes on, and queue runs begin.
  void resume();
  /// The host went down.
  void suspend();
  /// The configuration changed: what has not begun is routed anew.
  void reroute();

  void flush();
  std::size_t release_held();

 private:
  void fill_active();
  void activate(const MessagePtr& message);
  void route(const MessagePtr& message);
  std::optional<Resolution> resolve(QueuedMessage& message, std::size_t index);
  void settle_one(QueuedMessage& message, std::size_t recipient, const Outcome& outcome);
  void end_pass(const MessagePtr& message);
  void defer_or_expire(const MessagePtr& message);
  void give_up(QueuedMessage& message, std::size_t recipient, const Outcome& outcome);
  void run_deferred();
  void plan_queue_run();
  stage::Task<void> run_queue(std::uint32_t generation);

  Engine& engine_;
  stage::Signal plan_changed_;
  stage::Time origin_{};  // of the queue runs
  stage::Time planned_ = stage::forever;
  bool filling_ = false;
};

}  // namespace watershed::router
