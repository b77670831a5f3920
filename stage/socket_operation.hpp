// One socket operation in flight, as a coroutine waits for it: its outcome, its deadline, and what happens when the
// waiting task is destroyed first. Included by stage's own .cpp files only.
#pragma once

#include "stage/event_loop.hpp"

#include <boost/asio/error.hpp>

#include <functional>
#include <utility>

namespace watershed::stage {

/// Lives in an object that the operation's handler shares, never in the coroutine: a task may be destroyed (shut-down)
/// while the operation is under way, and its handler then finds nobody waiting.
struct SocketOperation : Timer {
  /// `abort_it` makes the operation's handler run soon, with operation_aborted.
  SocketOperation(RealExecutor& runs_on, std::function<void()> abort_it)
      : executor(runs_on), abort(std::move(abort_it)) {}
  SocketOperation(const SocketOperation&) = delete;
  SocketOperation& operator=(const SocketOperation&) = delete;
  ~SocketOperation() { executor.cancel(*this); }

  RealExecutor& executor;
  std::coroutine_handle<> waiting;
  boost::system::error_code error;
  std::size_t octets = 0;
  bool timed_out = false;
  std::function<void()> abort;

  void begin(std::coroutine_handle<> task, Time deadline) {
    waiting = task;
    timed_out = false;
    ++executor.io().operations;
    if (deadline == forever) return;
    fire = [](Timer& timer) {
      auto& self = static_cast<SocketOperation&>(timer);
      self.timed_out = true;
      self.abort();
    };
    executor.schedule(*this, deadline);
  }
  /// Called by the handler.
  void end(const boost::system::error_code& outcome, std::size_t count) {
    --executor.io().operations;
    executor.cancel(*this);
    error = outcome;
    octets = count;
    if (waiting) executor.post(std::exchange(waiting, nullptr));
  }
};

/// Awaits an operation that `start(operation)` begins.
template <class Start>
struct OperationAwaiter {
  SocketOperation& operation;
  Time deadline;
  Start start;
  bool suspended = false;

  OperationAwaiter(SocketOperation& the_operation, Time until, Start starter)
      : operation(the_operation), deadline(until), start(std::move(starter)) {}
  OperationAwaiter(const OperationAwaiter&) = delete;
  OperationAwaiter& operator=(const OperationAwaiter&) = delete;
  ~OperationAwaiter() {
    if (!suspended || !operation.waiting) return;
    operation.waiting = nullptr;
    operation.executor.cancel(operation);
  }

  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> task) {
    suspended = true;
    operation.begin(task, deadline);
    start();
  }
  void await_resume() { suspended = false; }
};

}  // namespace watershed::stage
