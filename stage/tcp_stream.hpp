// One TCP connection as a Stream. Included by stage's own .cpp files only.
#pragma once

#include "stage/connection_registry.hpp"
#include "stage/network.hpp"
#include "stage/socket_operation.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <array>
#include <memory>

namespace watershed::stage {

/// On the event loop itself: Asio's default executor would wrap every handler once more.
using TcpSocket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;

/// What handlers of a connection share with its stream.
struct TcpConnection : std::enable_shared_from_this<TcpConnection> {
  explicit TcpConnection(RealExecutor& executor)
      : socket(executor.io().context),
        reading(executor, [this] { cancel(); }),
        writing(executor, [this] { cancel(); }),
        lingering(executor, [this] { cancel(); }) {}

  TcpSocket socket;
  SocketOperation reading;
  SocketOperation writing;             // and connecting
  SocketOperation lingering;           // after close()
  bool is_reset = false;               // the system tells a reset once, to whichever operation comes first
  std::array<char, 16 * 1024> buffer;  // reused for every read

  /// Makes the connected socket non-blocking, with small packets sent at once.
  void prepare();
  /// Takes back what is in flight, in both directions.
  void cancel();
  /// Connects `socket`; the outcome is in `writing`.
  Task<void> connect(boost::asio::ip::tcp::endpoint to, Time deadline);
};

class TcpStream final : public Stream {
 public:
  /// `registry` is told when the stream ends; null at the server's end.
  TcpStream(std::shared_ptr<TcpConnection> connection, ConnectionId id, Endpoint local, Endpoint peer,
            ConnectionRegistry* registry);
  ~TcpStream() override;

  Task<IoStatus> read(std::string& into, Time deadline) override;
  Task<IoStatus> write(std::string_view bytes, Time deadline) override;
  void close() override;
  void abort() override;

 private:
  /// Reads and drops what still comes after close(), until the peer has ended too.
  static Task<void> linger(std::shared_ptr<TcpConnection> connection);
  IoStatus note(const boost::system::error_code& error);
  void forget();

  std::shared_ptr<TcpConnection> connection_;
  ConnectionRegistry* registry_;
  bool closed_ = false;
};

}  // namespace watershed::stage
