// Waits for input on a descriptor that is no socket of the Network's: a child's end, a log socket, a packet capture.
#pragma once

#include "stage/real_executor.hpp"

#include <memory>

namespace watershed::stage {

class InputWatch {
 public:
  /// Watches a duplicate of `descriptor`, which stays the caller's. The executor must outlive the watch.
  InputWatch(RealExecutor& executor, int descriptor);
  ~InputWatch();
  InputWatch(const InputWatch&) = delete;
  InputWatch& operator=(const InputWatch&) = delete;

  /// True when there is something to read (or the other end is gone); false when the deadline came first. One wait at
  /// a time.
  Task<bool> wait(Time deadline = forever);

 private:
  struct Watched;
  std::shared_ptr<Watched> watched_;
};

}  // namespace watershed::stage
