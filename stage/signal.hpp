// Signal: tasks wait for an event with a deadline; somebody notifies. Waiting is never polling.
#pragma once

#include "stage/executor.hpp"

#include <coroutine>

namespace watershed::stage {

class Signal {
 public:
  class Awaiter;

  explicit Signal(Executor& executor) : executor_(executor) {}
  Signal(const Signal&) = delete;
  Signal& operator=(const Signal&) = delete;

  /// `const bool notified = co_await signal.wait(deadline);` False when the deadline came first.
  Awaiter wait(Time deadline = forever);

  /// Wakes all who wait now, in the order in which they came.
  void notify();
  /// Wakes the one that waits longest.
  void notify_one();
  bool has_waiters() const { return first_ != nullptr; }

 private:
  Executor& executor_;
  Awaiter* first_ = nullptr;
  Awaiter* last_ = nullptr;
};

class Signal::Awaiter : public Timer {
 public:
  Awaiter(Signal& signal, Time deadline) : signal_(signal), deadline_(deadline) {}
  Awaiter(const Awaiter&) = delete;
  Awaiter& operator=(const Awaiter&) = delete;
  // A task may be destroyed while it waits (shut-down): nobody may find it in the queue afterwards.
  ~Awaiter() {
    if (!is_linked_) return;
    unlink();
    signal_.executor_.cancel(*this);
  }

  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> handle) {
    handle_ = handle;
    before_ = signal_.last_;
    (before_ != nullptr ? before_->after_ : signal_.first_) = this;
    signal_.last_ = this;
    is_linked_ = true;
    if (deadline_ == forever) return;
    fire = [](Timer& timer) {
      auto& self = static_cast<Awaiter&>(timer);
      self.unlink();
      self.signal_.executor_.post(self.handle_);
    };
    signal_.executor_.schedule(*this, deadline_);
  }
  bool await_resume() const { return notified_; }

 private:
  friend class Signal;
  void unlink() {
    is_linked_ = false;
    (before_ != nullptr ? before_->after_ : signal_.first_) = after_;
    (after_ != nullptr ? after_->before_ : signal_.last_) = before_;
  }

  Signal& signal_;
  Time deadline_;
  std::coroutine_handle<> handle_;
  Awaiter* before_ = nullptr;
  Awaiter* after_ = nullptr;
  bool is_linked_ = false;
  bool notified_ = false;
};

inline Signal::Awaiter Signal::wait(Time deadline) { return {*this, deadline}; }

inline void Signal::notify_one() {
  Awaiter* const waiter = first_;
  if (waiter == nullptr) return;
  waiter->unlink();
  waiter->notified_ = true;
  executor_.cancel(*waiter);
  executor_.post(waiter->handle_);
}

inline void Signal::notify() {
  while (first_ != nullptr) notify_one();
}

}  // namespace watershed::stage
