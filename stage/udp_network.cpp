// The datagram half of TcpNetwork. See tcp_network.hpp.
#include "stage/socket_address.hpp"
#include "stage/socket_operation.hpp"
#include "stage/tcp_network.hpp"

#include <fmt/format.h>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/ip/v6_only.hpp>

#include <array>

namespace watershed::stage {

namespace asio = boost::asio;
using asio::ip::udp;
using boost::system::error_code;

namespace {

constexpr std::size_t datagram_octets_max = 65'535;

// A socket with room for one datagram, shared by its handlers.
struct DatagramSocket : std::enable_shared_from_this<DatagramSocket> {
  explicit DatagramSocket(RealExecutor& executor)
      : socket(executor.io().context), receiving(executor, [this] {
          error_code ignored;
          socket.cancel(ignored);
        }) {}

  error_code open(const Endpoint& at) {
    error_code error;
    socket.open(at.address.is_v6 ? udp::v6() : udp::v4(), error);
    if (!error && at.address.is_v6) socket.set_option(asio::ip::v6_only(true), error);
    if (!error) socket.bind(to_asio<udp>(at), error);
    return error;
  }

  Task<void> receive(Time deadline) {
    const auto start = [this] {
      socket.async_receive_from(asio::buffer(buffer), sender,
                                [self = shared_from_this()](const error_code& error, std::size_t count) {
                                  self->receiving.end(error, count);
                                });
    };
    co_await OperationAwaiter(receiving, deadline, start);
  }

  std::string received() const { return std::string(buffer.data(), receiving.octets); }

  udp::socket socket;
  SocketOperation receiving;
  udp::endpoint sender;
  std::array<char, datagram_octets_max> buffer;
};

Task<void> answer_one(std::shared_ptr<DatagramSocket> socket, const DatagramHandler& handler, const AddressMap& wire,
                      std::string query, udp::endpoint from) {
  const std::optional<std::string> answer = co_await handler(std::move(query), wire.to_world(from_asio_endpoint(from)));
  error_code ignored;
  if (answer) socket->socket.send_to(asio::buffer(*answer), from, 0, ignored);
}

}  // namespace

struct TcpNetwork::DatagramServer {
  std::shared_ptr<DatagramSocket> socket;
  DatagramHandler handler;

  Task<void> serve(Executor& executor, const AddressMap& wire) {
    while (socket->socket.is_open()) {
      co_await socket->receive(forever);
      // An error here speaks of an earlier answer (nobody listens there any more): the next query may be fine.
      if (socket->receiving.error) continue;
      executor.spawn(answer_one(socket, handler, wire, socket->received(), socket->sender));
    }
  }
};

TcpNetwork::~TcpNetwork() {
  for (const auto& server : datagram_servers_) {
    error_code ignored;
    server->socket->socket.close(ignored);
  }
}

Result<Endpoint, Error> TcpNetwork::serve_datagrams(Endpoint at, DatagramHandler handler) {
  auto socket = std::make_shared<DatagramSocket>(executor_);
  error_code error = socket->open(wire_->to_wire(at));
  const udp::endpoint local = error ? udp::endpoint() : socket->socket.local_endpoint(error);
  if (error) return Error{fmt::format("cannot serve {}: {}", to_string(at), error.message())};
  datagram_servers_.push_back(std::make_shared<DatagramServer>(DatagramServer{std::move(socket), std::move(handler)}));
  executor_.spawn(datagram_servers_.back()->serve(executor_, *wire_));
  return wire_->to_world(from_asio_endpoint(local));
}

Task<std::optional<std::string>> TcpNetwork::ask(IpAddress from, Endpoint to, std::string query, Time deadline) {
  std::optional<std::string> answer;
  auto socket = std::make_shared<DatagramSocket>(executor_);
  const bool sent = [&] {
    if (note_if_outside(from, to)) return false;
    error_code error = socket->open(wire_->to_wire(Endpoint{from, 0}));
    if (!error) socket->socket.send_to(asio::buffer(query), to_asio<udp>(wire_->to_wire(to)), 0, error);
    return !error;
  }();
  while (sent && !answer) {
    co_await socket->receive(deadline);
    if (socket->receiving.timed_out) co_return std::nullopt;
    // RFC 5452 §9.1: an answer comes from where the query went.
    const bool is_answer = !socket->receiving.error && wire_->to_world(from_asio_endpoint(socket->sender)) == to;
    if (is_answer) answer = socket->received();
    if (socket->receiving.error) break;
  }
  if (!answer) co_await executor_.sleep_until(deadline);
  co_return answer;
}

}  // namespace watershed::stage
