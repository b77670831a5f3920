// The network of the simulated lane: hosts joined by pipes in memory, with latency and link states on request.
//
// It is also a witness: connections, refused attempts and packets to addresses outside the world become facts.
#pragma once

#include "stage/stage.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <unordered_map>
#include <vector>

namespace watershed::stage {

/// How packets fare between two addresses right now.
struct Link {
  Duration latency{};       ///< one way
  bool is_cut = false;      ///< nothing arrives: attempts time out, established streams hang
  bool is_refused = false;  ///< connection attempts are refused at once
};

class MemoryNetwork final : public Network {
 public:
  /// `link_of(from, to)` is asked for each connection attempt, write and datagram.
  using LinkOf = std::function<Link(IpAddress from, IpAddress to)>;

  MemoryNetwork(Executor& executor, Journal& journal) : executor_(executor), journal_(journal) {}

  /// Makes an address part of the world. A host may have several.
  void add_address(IpAddress address, HostId host);
  HostId host_at(IpAddress address) const;  ///< 0 when outside the world

  void set_links(LinkOf link_of) { link_of_ = std::move(link_of); }

  /// Called for all bytes that an end of a connection writes, when it writes them.
  using Listening = std::function<void(ConnectionId connection, bool from_client, Time at, std::string_view bytes)>;
  void listen_in(Listening listening) { listening_ = std::move(listening); }

  /// A host that is down answers nothing: attempts time out, its streams are reset. Its listeners come back with it.
  void set_host_up(HostId host, bool up);
  bool is_host_up(HostId host) const;

  Task<Result<std::unique_ptr<Stream>, ConnectError>> connect(IpAddress from, Endpoint to, Time deadline) override;
  Result<std::unique_ptr<Listener>, Error> listen(Endpoint at) override;
  Result<Endpoint, Error> serve_datagrams(Endpoint at, DatagramHandler handler) override;
  Task<std::optional<std::string>> ask(IpAddress from, Endpoint to, std::string query, Time deadline) override;

 private:
  class MemoryStream;
  class MemoryListener;
  struct Pipe;
  friend class MemoryStream;
  friend class MemoryListener;

  struct EndpointHash {
    std::size_t operator()(const Endpoint& endpoint) const noexcept {
      return IpAddressHash{}(endpoint.address) * 31 + endpoint.port;
    }
  };

  Link link(IpAddress from, IpAddress to) const { return link_of_ ? link_of_(from, to) : Link{}; }
  void note_unconnected(IpAddress from, const Endpoint& to, ConnectError error);
  bool note_if_outside(IpAddress from, const Endpoint& to);

  Executor& executor_;
  Journal& journal_;
  LinkOf link_of_;
  Listening listening_;
  std::unordered_map<IpAddress, HostId, IpAddressHash> hosts_;
  std::unordered_map<Endpoint, MemoryListener*, EndpointHash> listeners_;
  std::unordered_map<Endpoint, DatagramHandler, EndpointHash> datagram_handlers_;
  std::vector<MemoryStream*> streams_;
  std::vector<HostId> down_;
  ConnectionId last_connection_ = 0;
  std::uint16_t last_port_ = 49151;
};

}  // namespace watershed::stage
