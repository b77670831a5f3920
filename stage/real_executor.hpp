// The executor on the real clock: waits for timers and for sockets (tcp_network.hpp). One thread; two executors in two
// threads share nothing but what their owners share.
#pragma once

#include "stage/executor.hpp"

#include <memory>

namespace watershed::stage {

class RealExecutor final : public Executor {
 public:
  RealExecutor();
  ~RealExecutor() override;

  /// Monotonic, since this executor was made.
  Time now() const override;
  using Executor::unix_seconds;
  std::int64_t unix_seconds(Time at) const override;

  struct Io;  ///< the event loop, for TcpNetwork alone (event_loop.hpp)
  Io& io() { return *io_; }

 protected:
  void wait_until(Time at) override;
  bool waits_for_input() const override;

 private:
  std::chrono::steady_clock::time_point start_;
  std::int64_t start_unix_seconds_;
  std::unique_ptr<Io> io_;
};

}  // namespace watershed::stage
