// Runs one scenario on one world in the live lane, in a sandbox of its own: a child process brings the world up, acts,
// judges, and hands the result back through a pipe.
#pragma once

#include "harness/lanes/run_scenario.hpp"
#include "sandbox/sandbox.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace watershed::harness {

/// Why a scenario says nothing in the live lane, or in a sandbox of this level, and is skipped there; nothing when it
/// can be run.
std::optional<std::string> live_skip_reason(const Scenario& scenario, const World& world, sandbox::Level level);

/// A run under way in its sandbox.
class LiveRun {
 public:
  /// To be called in a process with one thread. What cannot be started has its result at once.
  LiveRun(const Scenario& scenario, std::shared_ptr<const World> world, const RunOptions& options,
          const Surroundings& surroundings, sandbox::Level level);

  /// Readable when there is something for `take`; -1 when the result is there.
  int descriptor() const { return result_pipe_; }
  /// Reads what is there without waiting.
  void take();
  bool is_over() const { return result_pipe_ < 0; }
  /// Ends a run that has given no sign of life for longer than judging may take.
  void end_if_late();
  /// The result, once it is over.
  ScenarioResult result();

  LiveRun(LiveRun&& other) = delete;
  ~LiveRun();

 private:
  void finish();

  ScenarioResult result_;  // until the child's own is there: names, and what to run again
  std::optional<sandbox::Sandbox> sandbox_;
  int result_pipe_ = -1;
  std::string received_;
  std::chrono::steady_clock::time_point heard_;
};

}  // namespace watershed::harness
