// The network on real sockets, TCP and UDP over IPv4 and IPv6. It reaches loopback and the addresses that were made
// part of the world, nothing else: an attempt to go elsewhere is an `escaped` fact and sends no packet.
#pragma once

#include "base/address_map.hpp"
#include "stage/connection_registry.hpp"
#include "stage/network.hpp"
#include "stage/real_executor.hpp"

#include <memory>
#include <unordered_map>

namespace watershed::stage {

class TcpNetwork final : public Network {
 public:
  /// All must outlive the network; shut the executor down before the network goes. Networks that talk to each other
  /// share the registry.
  TcpNetwork(RealExecutor& executor, Journal& journal, ConnectionRegistry& registry);
  ~TcpNetwork() override;

  /// Makes an address part of the world; its facts are in the name of `host`.
  void add_address(IpAddress address, HostId host);

  /// From now on sockets use the map's addresses on the wire; everybody above goes on in the world's. The map must
  /// outlive the network.
  void set_wire(const AddressMap& addresses) { wire_ = &addresses; }

  /// `from` may be the unspecified address: the system then chooses. A closed listener still hands out what had
  /// arrived.
  Task<Result<std::unique_ptr<Stream>, ConnectError>> connect(IpAddress from, Endpoint to, Time deadline) override;
  Result<std::unique_ptr<Listener>, Error> listen(Endpoint at) override;
  Result<Endpoint, Error> serve_datagrams(Endpoint at, DatagramHandler handler) override;
  Task<std::optional<std::string>> ask(IpAddress from, Endpoint to, std::string query, Time deadline) override;

 private:
  class TcpListener;
  friend class TcpListener;
  struct DatagramServer;

  HostId host_at(const IpAddress& address) const;
  bool note_if_outside(const IpAddress& from, const Endpoint& to);
  void note(FactKind kind, const IpAddress& from, const Endpoint& to, ConnectionId id, std::string text);

  RealExecutor& executor_;
  Journal& journal_;
  ConnectionRegistry& registry_;
  std::unordered_map<IpAddress, HostId, IpAddressHash> hosts_;
  const AddressMap no_map_;
  const AddressMap* wire_ = &no_map_;
  std::vector<std::shared_ptr<DatagramServer>> datagram_servers_;
};

}  // namespace watershed::stage
