// See tcp_network.hpp. Datagrams are in udp_network.cpp.
#include "stage/tcp_network.hpp"

#include "stage/socket_address.hpp"
#include "stage/tcp_stream.hpp"

#include <fmt/format.h>
#include <boost/asio/ip/v6_only.hpp>

namespace watershed::stage {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

bool is_loopback(const IpAddress& address) {
  // 127.0.0.0/8 or ::1.
  if (!address.is_v6) return address.bytes[0] == 127;
  return to_asio(address).is_loopback();
}

ConnectError connect_error_of(const error_code& error) {
  if (error == asio::error::timed_out) return ConnectError::timed_out;
  const bool refused = error == asio::error::connection_refused || error == asio::error::connection_reset;
  return refused ? ConnectError::refused : ConnectError::unreachable;
}

}  // namespace

class TcpNetwork::TcpListener final : public Listener {
 public:
  TcpListener(TcpNetwork& network, std::shared_ptr<tcp::acceptor> acceptor, Endpoint at)
      : network_(network), acceptor_(std::move(acceptor)), at_(at) {
    const std::weak_ptr<tcp::acceptor> weak = acceptor_;
    accepting_ = std::make_shared<SocketOperation>(network.executor_, [weak] {
      error_code ignored;
      if (const auto acceptor_now = weak.lock()) acceptor_now->cancel(ignored);
    });
  }
  ~TcpListener() override { TcpListener::close(); }

  Task<std::unique_ptr<Stream>> accept() override;
  void close() override {
    error_code ignored;
    acceptor_->close(ignored);
  }
  Endpoint local() const override { return at_; }

 private:
  TcpNetwork& network_;
  std::shared_ptr<tcp::acceptor> acceptor_;
  std::shared_ptr<SocketOperation> accepting_;
  Endpoint at_;
};

Task<std::unique_ptr<Stream>> TcpNetwork::TcpListener::accept() {
  for (;;) {
    if (!acceptor_->is_open()) co_return nullptr;
    auto connection = std::make_shared<TcpConnection>(network_.executor_);
    const auto start = [this, &connection] {
      acceptor_->async_accept(connection->socket, [connection, operation = accepting_](const error_code& error) {
        operation->end(error, 0);
      });
    };
    co_await OperationAwaiter(*accepting_, forever, start);
    if (accepting_->error == asio::error::no_descriptors || accepting_->error == asio::error::no_buffer_space) {
      // Out of descriptors: connections wait in the backlog until some are closed again.
      co_await network_.executor_.sleep_for(std::chrono::milliseconds(50));
    }
    if (accepting_->error) continue;
    error_code error;
    const AddressMap& wire = *network_.wire_;
    const Endpoint peer = wire.to_world(from_asio_endpoint(connection->socket.remote_endpoint(error)));
    const Endpoint local = error ? at_ : wire.to_world(from_asio_endpoint(connection->socket.local_endpoint(error)));
    if (error) continue;  // gone already
    const ConnectionId id = network_.registry_.accept(peer, local);
    co_return std::make_unique<TcpStream>(std::move(connection), id, local, peer, nullptr);
  }
}

TcpNetwork::TcpNetwork(RealExecutor& executor, Journal& journal, ConnectionRegistry& registry)
    : executor_(executor), journal_(journal), registry_(registry) {}

void TcpNetwork::add_address(IpAddress address, HostId host) { hosts_[address] = host; }

HostId TcpNetwork::host_at(const IpAddress& address) const {
  const auto found = hosts_.find(address);
  return found == hosts_.end() ? HostId{0} : found->second;
}

void TcpNetwork::note(FactKind kind, const IpAddress& from, const Endpoint& to, ConnectionId id, std::string text) {
  journal_.record({.kind = kind,
                   .host = host_at(from),
                   .at = executor_.now(),
                   .connection = id,
                   .detail = to_string(to),
                   .text = std::move(text)});
}

bool TcpNetwork::note_if_outside(const IpAddress& from, const Endpoint& to) {
  if (hosts_.contains(to.address) || is_loopback(to.address)) return false;
  note(FactKind::escaped, from, to, 0, {});
  return true;
}

Task<Result<std::unique_ptr<Stream>, ConnectError>> TcpNetwork::connect(IpAddress from, Endpoint to, Time deadline) {
  if (note_if_outside(from, to)) co_return ConnectError::unreachable;
  auto connection = std::make_shared<TcpConnection>(executor_);
  error_code error;
  connection->socket.open(to.address.is_v6 ? tcp::v6() : tcp::v4(), error);
  // Bound before it connects, so that the far end finds the connection's number however fast it is.
  if (from == IpAddress{.is_v6 = to.address.is_v6} && is_loopback(to.address)) from = to.address;
  const tcp::endpoint near_end = to_asio<tcp>(wire_->to_wire(Endpoint{from, 0}));
  if (!error) connection->socket.bind(near_end, error);
  Endpoint local;
  if (!error) local = wire_->to_world(from_asio_endpoint(connection->socket.local_endpoint(error)));
  if (error) {
    note(FactKind::unconnected, from, to, 0, error.message());
    co_return ConnectError::unreachable;
  }
  const ConnectionId id = registry_.open(local, to);
  co_await connection->connect(to_asio<tcp>(wire_->to_wire(to)), deadline);
  if (connection->writing.error) {
    registry_.close(local, to);
    const ConnectError reason = connect_error_of(connection->writing.error);
    note(FactKind::unconnected, from, to, 0, std::string(stage::to_string(reason)));
    co_return reason;
  }
  note(FactKind::connected, from, to, id, {});
  std::unique_ptr<Stream> stream = std::make_unique<TcpStream>(std::move(connection), id, local, to, &registry_);
  co_return std::move(stream);
}

Result<std::unique_ptr<Listener>, Error> TcpNetwork::listen(Endpoint at) {
  auto acceptor = std::make_shared<tcp::acceptor>(executor_.io().context);
  error_code error;
  acceptor->open(at.address.is_v6 ? tcp::v6() : tcp::v4(), error);
  if (!error) acceptor->set_option(asio::socket_base::reuse_address(true), error);
  if (!error && at.address.is_v6) acceptor->set_option(asio::ip::v6_only(true), error);
  if (!error) acceptor->bind(to_asio<tcp>(wire_->to_wire(at)), error);
  if (!error) acceptor->listen(asio::socket_base::max_listen_connections, error);
  if (error) return Error{fmt::format("cannot listen on {}: {}", to_string(at), error.message())};
  const Endpoint local = wire_->to_world(from_asio_endpoint(acceptor->local_endpoint(error)));
  std::unique_ptr<Listener> listener = std::make_unique<TcpListener>(*this, std::move(acceptor), local);
  return listener;
}

}  // namespace watershed::stage
