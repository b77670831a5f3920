// The run loop, the timer heap and the ownership of spawned tasks. See executor.hpp.
#include "stage/executor.hpp"

#include <algorithm>
#include <cassert>
#include <stdexcept>

namespace watershed::stage {

// The outermost coroutine of a spawned task: registers its frame with the executor and takes it out again at its end.
struct Executor::Root {
  struct promise_type {
    Executor& executor;
    std::size_t index;

    promise_type(Executor& owner, Task<void>&) : executor(owner), index(owner.roots_.size()) {
      owner.roots_.push_back(std::coroutine_handle<promise_type>::from_promise(*this).address());
    }
    static void* operator new(std::size_t size) { return FramePool::take(size); }
    static void operator delete(void* frame, std::size_t size) noexcept { FramePool::give_back(frame, size); }

    Root get_return_object() { return Root{std::coroutine_handle<promise_type>::from_promise(*this)}; }
    std::suspend_always initial_suspend() const noexcept { return {}; }
    std::suspend_never final_suspend() noexcept {
      leave();
      return {};
    }
    void return_void() const noexcept {}
    void unhandled_exception() noexcept {
      if (executor.failure_.empty()) {
        try {
          throw;
        } catch (const std::exception& error) {
          executor.failure_ = error.what();
        } catch (...) {
          executor.failure_ = "a task ended with an unknown exception";
        }
      }
      executor.stop();
    }
    void leave() noexcept {
      std::vector<void*>& roots = executor.roots_;
      if (executor.shut_down_) return;
      void* last = roots.back();
      std::coroutine_handle<promise_type>::from_address(last).promise().index = index;
      roots[index] = last;
      roots.pop_back();
    }
  };
  std::coroutine_handle<promise_type> handle;
};

Executor::~Executor() { shut_down(); }

Executor::Root Executor::run_root(Task<void> task) { co_await task; }

void Executor::spawn(Task<void> task) {
  if (shut_down_) return;
  post(run_root(std::move(task)).handle);
}

void Executor::post(std::coroutine_handle<> ready) {
  if (!shut_down_) ready_.push_back(ready);
}

void Executor::shut_down() {
  if (shut_down_) return;
  shut_down_ = true;
  ready_.clear();
  for (Timer* timer : timers_) timer->heap_index = Timer::npos;
  timers_.clear();
  for (void* frame : roots_) std::coroutine_handle<>::from_address(frame).destroy();
  roots_.clear();
}

bool Executor::run_until(Time limit) {
  stopped_ = false;
  while (!stopped_) {
    while (!ready_.empty() && !stopped_) {
      const std::coroutine_handle<> next = ready_.front();
      ready_.pop_front();
      next.resume();
    }
    if (stopped_) break;
    if (timers_.empty() && !waits_for_input()) return true;
    const Time due = timers_.empty() ? limit : std::min(timers_.front()->at, limit);
    wait_until(due);
    while (!timers_.empty() && timers_.front()->at <= now()) {
      Timer& timer = *timers_.front();
      cancel(timer);
      timer.fire(timer);
    }
    if (ready_.empty() && now() >= limit) return is_idle();
  }
  return is_idle();
}

bool Executor::earlier(const Timer& a, const Timer& b) const {
  return a.at != b.at ? a.at < b.at : a.sequence < b.sequence;
}

void Executor::place(std::size_t index, Timer* timer) {
  timers_[index] = timer;
  timer->heap_index = index;
}

void Executor::sift_up(std::size_t index) {
  Timer* const timer = timers_[index];
  while (index > 0) {
    const std::size_t parent = (index - 1) / 2;
    if (!earlier(*timer, *timers_[parent])) break;
    place(index, timers_[parent]);
    index = parent;
  }
  place(index, timer);
}

void Executor::sift_down(std::size_t index) {
  Timer* const timer = timers_[index];
  while (2 * index + 1 < timers_.size()) {
    std::size_t child = 2 * index + 1;
    if (child + 1 < timers_.size() && earlier(*timers_[child + 1], *timers_[child])) ++child;
    if (!earlier(*timers_[child], *timer)) break;
    place(index, timers_[child]);
    index = child;
  }
  place(index, timer);
}

void Executor::schedule(Timer& timer, Time at) {
  assert(!timer.is_scheduled());
  if (shut_down_) return;
  timer.at = at;
  timer.sequence = next_sequence_++;
  timers_.push_back(&timer);
  timer.heap_index = timers_.size() - 1;
  sift_up(timer.heap_index);
}

void Executor::cancel(Timer& timer) {
  if (!timer.is_scheduled()) return;
  const std::size_t index = timer.heap_index;
  timer.heap_index = Timer::npos;
  Timer* const last = timers_.back();
  timers_.pop_back();
  if (last == &timer) return;
  place(index, last);
  sift_up(index);
  sift_down(last->heap_index);
}

}  // namespace watershed::stage
