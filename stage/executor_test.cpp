// Order, timers, signals and the end of tasks on the virtual clock.
#include "stage/executor.hpp"

#include "stage/signal.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace watershed::stage {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

struct Log {
  VirtualExecutor executor;
  std::vector<std::string> lines;

  void note(std::string what) { lines.push_back(fmt::format("{}s {}", executor.now() / seconds(1), what)); }
};

Task<void> say(Log& log, std::string what) {
  log.note(std::move(what));
  co_return;
}

Task<void> say_at(Log& log, Duration at, std::string what) {
  co_await log.executor.sleep_until(at);
  log.note(std::move(what));
}

Task<void> spawn_two(Log& log) {
  log.executor.spawn(say(log, "c"));
  log.executor.spawn(say(log, "d"));
  log.note("b");
  co_return;
}

TEST(Executor, RunsReadyTasksFirstComeFirstServed) {
  Log log;
  log.executor.spawn(say(log, "a"));
  log.executor.spawn(spawn_two(log));
  log.executor.spawn(say(log, "b2"));
  EXPECT_TRUE(log.executor.run_until(forever));
  EXPECT_EQ(log.lines, (std::vector<std::string>{"0s a", "0s b", "0s b2", "0s c", "0s d"}));
}

TEST(Executor, FiresTimersByTimeThenByOrder) {
  Log log;
  char name = 'a';
  for (const int at : {5, 1, 3, 5, 1, 4, 2, 5}) log.executor.spawn(say_at(log, seconds(at), std::string(1, name++)));
  log.executor.spawn(say_at(log, seconds(-1), "past"));
  EXPECT_TRUE(log.executor.run_until(forever));
  EXPECT_EQ(log.lines,
            (std::vector<std::string>{"0s past", "1s b", "1s e", "2s g", "3s c", "4s f", "5s a", "5s d", "5s h"}));
  EXPECT_EQ(log.executor.now(), seconds(5));
}

TEST(Executor, ManyTimersComeInOrder) {
  Log log;
  for (int index = 0; index < 500; ++index) log.executor.spawn(say_at(log, seconds((index * 7919) % 500), "x"));
  log.executor.run_until(forever);
  ASSERT_EQ(log.lines.size(), 500U);
  for (std::size_t index = 0; index < 500; ++index) EXPECT_EQ(log.lines[index], fmt::format("{}s x", index));
}

TEST(Executor, StopsAtItsLimitAndGoesOn) {
  Log log;
  log.executor.spawn(say_at(log, hours(1), "late"));
  EXPECT_FALSE(log.executor.run_until(seconds(10)));
  EXPECT_TRUE(log.lines.empty());
  EXPECT_EQ(log.executor.now(), seconds(10));
  EXPECT_TRUE(log.executor.run_until(hours(2)));
  EXPECT_EQ(log.lines, (std::vector<std::string>{"3600s late"}));
}

TEST(Executor, DatesStartAtTheFixedEpoch) {
  const VirtualExecutor executor;
  EXPECT_EQ(executor.unix_seconds(), 1795154400);
  EXPECT_EQ(executor.unix_seconds(hours(1)), 1795154400 + 3600);
}

Task<int> fails() {
  throw std::runtime_error("broken");
  co_return 1;
}

Task<void> awaits_failure(Log& log) {
  try {
    static_cast<void>(co_await fails());
  } catch (const std::runtime_error& error) {
    log.note(error.what());
  }
  static_cast<void>(co_await fails());
}

TEST(Executor, ATaskThatThrowsStopsTheRunWithItsReason) {
  Log log;
  log.executor.spawn(awaits_failure(log));
  log.executor.spawn(say(log, "never"));
  log.executor.run_until(forever);
  EXPECT_EQ(log.executor.failure(), "broken");
  EXPECT_EQ(log.lines, (std::vector<std::string>{"0s broken"}));
}

struct CountsLife {
  explicit CountsLife(int& count) : alive(&count) { ++*alive; }
  CountsLife(const CountsLife&) = delete;
  CountsLife& operator=(const CountsLife&) = delete;
  ~CountsLife() { --*alive; }
  int* alive;
};

Task<void> wait_inside(Signal& signal, int& alive) {
  const CountsLife life(alive);
  co_await signal.wait(hours(1));
}

Task<void> wait_holding(Signal& signal, int& alive) {
  const CountsLife life(alive);
  co_await wait_inside(signal, alive);
}

// Notifies when it is destroyed, as a stream that closes does.
Task<void> notify_at_end(Signal& signal, Log& log) {
  struct Notifies {
    Signal& signal;
    ~Notifies() { signal.notify(); }
  } const notifies{signal};
  co_await log.executor.sleep_until(forever);
}

TEST(Executor, ShutDownDestroysTasksWhereTheyStand) {
  Log log;
  Signal signal(log.executor);
  int alive = 0;
  log.executor.spawn(notify_at_end(signal, log));
  for (int index = 0; index < 3; ++index) log.executor.spawn(wait_holding(signal, alive));
  log.executor.spawn(notify_at_end(signal, log));
  log.executor.run_until(seconds(1));
  EXPECT_EQ(alive, 6);
  log.executor.shut_down();
  EXPECT_EQ(alive, 0);
  EXPECT_FALSE(signal.has_waiters());
  log.executor.spawn(say(log, "after the end"));
  log.executor.run_until(forever);
  EXPECT_TRUE(log.lines.empty());
}

Task<void> wait_for(Log& log, Signal& signal, Time deadline, std::string name) {
  const bool notified = co_await signal.wait(deadline);
  log.note(fmt::format("{} {}", name, notified ? "notified" : "timed out"));
}

Task<void> notify_at(Log& log, Signal& signal, Time at, bool all) {
  co_await log.executor.sleep_until(at);
  if (all) {
    signal.notify();
  } else {
    signal.notify_one();
  }
}

TEST(Signal, WakesInOrderAndKeepsDeadlines) {
  Log log;
  Signal signal(log.executor);
  log.executor.spawn(wait_for(log, signal, forever, "a"));
  log.executor.spawn(wait_for(log, signal, seconds(2), "b"));
  log.executor.spawn(wait_for(log, signal, seconds(9), "c"));
  log.executor.spawn(wait_for(log, signal, seconds(4), "d"));
  log.executor.spawn(notify_at(log, signal, seconds(1), false));
  log.executor.spawn(notify_at(log, signal, seconds(3), true));
  log.executor.spawn(notify_at(log, signal, seconds(5), true));
  EXPECT_TRUE(log.executor.run_until(forever));
  EXPECT_EQ(log.lines, (std::vector<std::string>{"1s a notified", "2s b timed out", "3s c notified", "3s d notified"}));
  EXPECT_EQ(log.executor.now(), seconds(5));  // the deadlines of those notified were taken back
  EXPECT_FALSE(signal.has_waiters());
}

Task<std::unique_ptr<int>> make_number() { co_return std::make_unique<int>(7); }

Task<void> keep_number(int& into) {
  const std::unique_ptr<int> number = co_await make_number();
  into = *number;
}

TEST(Task, MovesItsValueOutAndNeverRunsUnawaited) {
  VirtualExecutor executor;
  int number = 0;
  { const Task<void> never = keep_number(number); }
  EXPECT_EQ(number, 0);
  executor.spawn(keep_number(number));
  executor.run_until(forever);
  EXPECT_EQ(number, 7);
}

}  // namespace
}  // namespace watershed::stage
