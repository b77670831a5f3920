// See tcp_stream.hpp.
#include "stage/tcp_stream.hpp"

#include <boost/asio/buffer.hpp>

#include <utility>

namespace watershed::stage {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

// How long a closed connection waits for the peer's end.
constexpr Duration linger_time = std::chrono::seconds(2);

}  // namespace

void TcpConnection::prepare() {
  error_code ignored;
  socket.non_blocking(true, ignored);
  // A mail dialogue is small packets, each of which the other side waits for.
  socket.set_option(asio::ip::tcp::no_delay(true), ignored);
}

void TcpConnection::cancel() {
  error_code ignored;
  socket.cancel(ignored);
}

Task<void> TcpConnection::connect(asio::ip::tcp::endpoint to, Time deadline) {
  const auto start = [this, to] {
    socket.async_connect(to, [self = shared_from_this()](const error_code& error) { self->writing.end(error, 0); });
  };
  co_await OperationAwaiter(writing, deadline, start);
  if (writing.timed_out) writing.error = asio::error::timed_out;
}

TcpStream::TcpStream(std::shared_ptr<TcpConnection> connection, ConnectionId id, Endpoint local, Endpoint peer,
                     ConnectionRegistry* registry)
    : connection_(std::move(connection)), registry_(registry) {
  id_ = id;
  local_ = local;
  peer_ = peer;
  connection_->prepare();
}

TcpStream::~TcpStream() { TcpStream::close(); }

IoStatus TcpStream::note(const error_code& error) {
  if (error == asio::error::timed_out) return IoStatus::timed_out;
  const bool is_end = error == asio::error::eof || error == asio::error::bad_descriptor;
  if (is_end && !connection_->is_reset) return IoStatus::closed;
  connection_->is_reset = true;
  return IoStatus::reset;
}

Task<IoStatus> TcpStream::read(std::string& into, Time deadline) {
  TcpConnection& connection = *connection_;
  const auto start = [&connection] {
    connection.socket.async_receive(asio::buffer(connection.buffer),
                                    [self = connection.shared_from_this()](const error_code& error, std::size_t count) {
                                      self->reading.end(error, count);
                                    });
  };
  while (!closed_) {
    co_await OperationAwaiter(connection.reading, deadline, start);
    if (!connection.reading.error) {
      into.append(connection.buffer.data(), connection.reading.octets);
      co_return IoStatus::ok;
    }
    if (connection.reading.error != asio::error::operation_aborted) co_return note(connection.reading.error);
    if (connection.reading.timed_out) co_return IoStatus::timed_out;
    if (closed_) co_return IoStatus::closed;
    // Cancelling takes back both directions: this one was not meant and begins again.
  }
  co_return IoStatus::closed;
}

Task<IoStatus> TcpStream::write(std::string_view bytes, Time deadline) {
  TcpConnection& connection = *connection_;
  const auto start = [&connection] {
    connection.socket.async_wait(TcpSocket::wait_write, [self = connection.shared_from_this()](
                                                            const error_code& error) { self->writing.end(error, 0); });
  };
  while (!bytes.empty()) {
    if (closed_) co_return IoStatus::closed;
    error_code error;
    bytes.remove_prefix(connection.socket.write_some(asio::buffer(bytes), error));
    if (!error) continue;
    if (error != asio::error::would_block) co_return note(error);
    co_await OperationAwaiter(connection.writing, deadline, start);
    if (connection.writing.timed_out) co_return IoStatus::timed_out;
  }
  co_return IoStatus::ok;
}

void TcpStream::forget() {
  if (registry_ != nullptr) registry_->close(local_, peer_);
  registry_ = nullptr;
}

void TcpStream::close() {
  if (std::exchange(closed_, true)) return;
  forget();
  connection_->cancel();
  error_code error;
  connection_->socket.shutdown(TcpSocket::shutdown_send, error);
  while (!error) connection_->socket.read_some(asio::buffer(connection_->buffer), error);
  if (error == asio::error::would_block) {
    // The peer has not ended. Closing now would answer what it still sends with a reset, and a reset takes along what
    // was written here but has not arrived.
    connection_->reading.executor.spawn(linger(connection_));
    return;
  }
  connection_->socket.close(error);
}

Task<void> TcpStream::linger(std::shared_ptr<TcpConnection> connection) {
  const Time deadline = connection->lingering.executor.now() + linger_time;
  const auto start = [&connection] {
    connection->socket.async_receive(
        asio::buffer(connection->buffer),
        [connection](const error_code& error, std::size_t count) { connection->lingering.end(error, count); });
  };
  do {
    co_await OperationAwaiter(connection->lingering, deadline, start);
  } while (!connection->lingering.error);
  error_code ignored;
  connection->socket.close(ignored);
}

void TcpStream::abort() {
  if (std::exchange(closed_, true)) return;
  forget();
  error_code ignored;
  connection_->socket.set_option(asio::socket_base::linger(true, 0), ignored);
  connection_->socket.close(ignored);
}

}  // namespace watershed::stage
