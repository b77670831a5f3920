// See real_executor.hpp.
#include "stage/real_executor.hpp"

#include "stage/event_loop.hpp"

#include <algorithm>

namespace watershed::stage {

RealExecutor::RealExecutor()
    : start_(std::chrono::steady_clock::now()),
      start_unix_seconds_(
          std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
              .count()),
      io_(std::make_unique<Io>()) {}

RealExecutor::~RealExecutor() { shut_down(); }

Time RealExecutor::now() const { return std::chrono::steady_clock::now() - start_; }

std::int64_t RealExecutor::unix_seconds(Time at) const {
  return start_unix_seconds_ + std::chrono::duration_cast<std::chrono::seconds>(at).count();
}

bool RealExecutor::waits_for_input() const { return io_->operations > 0; }

void RealExecutor::wait_until(Time at) {
  const Time left = at - now();
  constexpr Time longest_wait = std::chrono::hours(1);  // keeps sums within the clock's range
  const bool may_sleep = left > Time::zero();
  // All that is ready is taken in one go: one look at the sockets then serves many tasks.
  if (!may_sleep || io_->context.run_one_for(std::min(left, longest_wait)) > 0) io_->context.poll();
}

}  // namespace watershed::stage
