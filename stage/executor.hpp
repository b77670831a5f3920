// The executor: runs tasks in one thread in a fixed order, and knows what time it is.
//
// Ready tasks run first come, first served. When none is ready the clock moves to the next timer: at once on the
// virtual clock, by waiting for input on the real one (real_executor.hpp).
#pragma once

#include "stage/task.hpp"
#include "stage/time.hpp"

#include <algorithm>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <vector>

namespace watershed::stage {

/// A timer that lives in the awaiting coroutine's frame; the executor only points to it.
struct Timer {
  Time at{};
  std::uint64_t sequence = 0;
  std::size_t heap_index = npos;
  void (*fire)(Timer&) = nullptr;  ///< called by the executor when `at` has come; the timer is no longer scheduled

  static constexpr std::size_t npos = static_cast<std::size_t>(-1);
  bool is_scheduled() const { return heap_index != npos; }
};

namespace detail {
struct SleepAwaiter;
}

class Executor {
 public:
  Executor() = default;
  virtual ~Executor();
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;

  virtual Time now() const = 0;
  /// Seconds since 1970 at stage time `at`.
  virtual std::int64_t unix_seconds(Time at) const = 0;
  std::int64_t unix_seconds() const { return unix_seconds(now()); }

  /// Runs the handle after everything that is ready now.
  void post(std::coroutine_handle<> ready);
  void schedule(Timer& timer, Time at);
  void cancel(Timer& timer);

  /// Starts a task of its own, owned by the executor until it ends. A task that ends by an exception stops the run:
  /// `failure()` says with what.
  void spawn(Task<void> task);

  /// Runs until nothing is ready and no timer is due at or before `limit`, or until `stop`. True when idle: no task is
  /// ready and no timer is left at all.
  bool run_until(Time limit);
  void stop() { stopped_ = true; }
  bool is_idle() const { return ready_.empty() && timers_.empty(); }

  /// Destroys all spawned tasks where they stand. Nothing runs afterwards. To be called while all that the tasks refer
  /// to is still alive.
  void shut_down();

  /// What the first failed task threw; empty when none did.
  const std::string& failure() const { return failure_; }

  /// `co_await executor.sleep_until(t)`. Until `forever` is until the shut-down.
  detail::SleepAwaiter sleep_until(Time at);
  detail::SleepAwaiter sleep_for(Duration duration);

 protected:
  /// Moves the clock to `at` (virtual), or waits until `at` or until something became ready (real). `at` may be over:
  /// then the real one takes what input there is, so that late timers never shut it out.
  virtual void wait_until(Time at) = 0;
  /// True while something outside (a socket) may still make a task ready.
  virtual bool waits_for_input() const { return false; }

 private:
  struct Root;
  friend struct Root;
  Root run_root(Task<void> task);
  void sift_up(std::size_t index);
  void sift_down(std::size_t index);
  bool earlier(const Timer& a, const Timer& b) const;
  void place(std::size_t index, Timer* timer);

  std::deque<std::coroutine_handle<>> ready_;
  std::vector<Timer*> timers_;  // binary heap by (at, sequence)
  std::uint64_t next_sequence_ = 0;
  std::vector<void*> roots_;  // frames of spawned tasks, in no order
  bool stopped_ = false;
  bool shut_down_ = false;
  std::string failure_;
};

/// Jumps from timer to timer; five days take as long as what happens in them.
class VirtualExecutor final : public Executor {
 public:
  ~VirtualExecutor() override { shut_down(); }
  Time now() const override { return now_; }
  using Executor::unix_seconds;
  std::int64_t unix_seconds(Time at) const override {
    return simulated_epoch_unix_seconds + std::chrono::duration_cast<std::chrono::seconds>(at).count();
  }

 protected:
  void wait_until(Time at) override { now_ = std::max(now_, at); }

 private:
  Time now_{};
};

namespace detail {
struct SleepAwaiter : Timer {
  Executor& executor;
  Time until;
  std::coroutine_handle<> waiting;

  SleepAwaiter(Executor& on, Time at_time) : executor(on), until(at_time) {}
  SleepAwaiter(const SleepAwaiter&) = delete;
  SleepAwaiter& operator=(const SleepAwaiter&) = delete;
  ~SleepAwaiter() { executor.cancel(*this); }

  bool await_ready() const { return until <= executor.now(); }
  void await_suspend(std::coroutine_handle<> handle) {
    if (until == forever) return;
    waiting = handle;
    fire = [](Timer& timer) {
      auto& self = static_cast<SleepAwaiter&>(timer);
      self.executor.post(self.waiting);
    };
    executor.schedule(*this, until);
  }
  void await_resume() const {}
};
}  // namespace detail

inline detail::SleepAwaiter Executor::sleep_until(Time at) { return {*this, at}; }
inline detail::SleepAwaiter Executor::sleep_for(Duration duration) { return {*this, now() + duration}; }

}  // namespace watershed::stage
