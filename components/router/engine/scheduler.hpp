// Which delivery runs next, and how many at once to one destination: the queue manager's scheduler. SCHEDULER_README,
// CONNECTION_CACHE_README. One worker task a running delivery; it keeps its connection while more mail waits.
#pragma once

#include "components/router/engine/concurrency.hpp"
#include "components/router/engine/delivery.hpp"
#include "stage/signal.hpp"

#include <deque>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace watershed::router {

struct Engine;

class Scheduler {
 public:
  explicit Scheduler(Engine& engine) : engine_(engine) {}

  /// Queues the batch for its destination; its recipients are settled through the queue manager when it was delivered,
  /// or at once when the destination counts as dead.
  void schedule(const Resolution& resolution, Batch batch);

  /// Forgets what has not begun and hands it back to the queue as waiting; closes idle connections.
  void suspend();
  /// Dead destinations get another chance.
  void revive_all();
  /// Drops what is known of dead destinations whose time is over.
  void sweep();

  std::size_t running() const { return running_; }

 private:
  struct Parked {
    explicit Parked(stage::Executor& executor) : woken(executor) {}
    stage::Signal woken;
    std::optional<Batch> batch;
  };
  struct Lane : Destination {
    Lane(std::string its_key, const ConcurrencyLimits& limits) : key(std::move(its_key)), window(limits) {}
    std::string key;
    ConcurrencyWindow window;
    std::deque<Batch> waiting;
    std::size_t running = 0;
    stage::Time last_done = stage::Time::min();
    bool keeps_connections = false;
    std::vector<Parked*> parked;
    stage::Time dead_until{};
    Outcome dead_because;
  };
  using LanePtr = std::shared_ptr<Lane>;

  LanePtr lane_of(const Resolution& resolution, const Batch& batch);
  void dispatch(const LanePtr& lane);
  std::optional<Batch> take(Lane& lane);
  stage::Task<void> work(LanePtr lane, Batch batch);
  stage::Task<bool> wait_for_more(Lane& lane, Batch& batch);
  void finish(Lane& lane, const Batch& batch, const DeliveryReport& report);
  void defer(const Lane& lane, const Batch& batch);
  void forget_if_idle(Lane& lane);

  Engine& engine_;
  std::unordered_map<std::string, LanePtr> lanes_;
  std::size_t running_ = 0;
};

}  // namespace watershed::router
