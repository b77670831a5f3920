// See tcp_stream.hpp.
#include "stage/tcp_stream.hpp"

#include <boost/asio/buffer.hpp>

namespace watershed::stage {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

IoStatus status_of(const error_code& error) {
  if (!error) return IoStatus::ok;
  if (error == asio::error::eof || error == asio::error::bad_descriptor || error == asio::error::operation_aborted) {
    return IoStatus::closed;
  }
  return error == asio::error::timed_out ? IoStatus::timed_out : IoStatus::reset;
}

// Cancelling takes back both directions; the one that was not meant begins again.
template <SocketOperation TcpConnection::*operation>
void abort_operation(SocketOperation& aborted) {
  // The operation is a member of the connection that holds the socket.
  auto* const bytes = reinterpret_cast<char*>(&aborted);
  static const std::size_t offset = [] {
    alignas(TcpConnection) static char place[sizeof(TcpConnection)];
    auto* const at = reinterpret_cast<TcpConnection*>(place);
    return static_cast<std::size_t>(reinterpret_cast<char*>(&(at->*operation)) - place);
  }();
  error_code ignored;
  reinterpret_cast<TcpConnection*>(bytes - offset)->socket.cancel(ignored);
}

}  // namespace

}  // namespace watershed::stage
