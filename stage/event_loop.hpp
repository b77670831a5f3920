// The event loop under RealExecutor. Included by stage's own .cpp files only: Asio stays out of everybody's headers.
#pragma once

#include "stage/real_executor.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

namespace watershed::stage {

struct RealExecutor::Io {
  // One thread, so Asio needs no locks.
  boost::asio::io_context context{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> keeps_running{context.get_executor()};
  std::size_t operations = 0;  // begun and not ended
};

}  // namespace watershed::stage
