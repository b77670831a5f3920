// See input_watch.hpp.
#include "stage/input_watch.hpp"

#include "stage/socket_operation.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>

#include <fcntl.h>

namespace watershed::stage {

namespace asio = boost::asio;
using boost::system::error_code;

// Shared with the handler of a wait under way.
struct InputWatch::Watched : std::enable_shared_from_this<InputWatch::Watched> {
  Watched(RealExecutor& executor, int descriptor_of_owner)
      : descriptor(executor.io().context), waiting(executor, [this] {
          error_code ignored;
          descriptor.cancel(ignored);
        }) {
    error_code ignored;
    descriptor.assign(::fcntl(descriptor_of_owner, F_DUPFD_CLOEXEC, 0), ignored);
  }

  asio::posix::stream_descriptor descriptor;
  SocketOperation waiting;
};

InputWatch::InputWatch(RealExecutor& executor, int descriptor)
    : watched_(std::make_shared<Watched>(executor, descriptor)) {}

InputWatch::~InputWatch() {
  error_code ignored;
  watched_->descriptor.close(ignored);
}

Task<bool> InputWatch::wait(Time deadline) {
  const std::shared_ptr<Watched> watched = watched_;
  const auto start = [&watched] {
    watched->descriptor.async_wait(asio::posix::stream_descriptor::wait_read,
                                   [watched](const error_code& error) { watched->waiting.end(error, 0); });
  };
  co_await OperationAwaiter(watched->waiting, deadline, start);
  co_return !watched->waiting.timed_out;
}

}  // namespace watershed::stage
