// Which address on the wire stands for which of the world. Empty where the wire has the world's own addresses.
#pragma once

#include "base/ip_address.hpp"

#include <unordered_map>

namespace watershed {

class AddressMap {
 public:
  /// Both are to be new here.
  void add(const IpAddress& world, const IpAddress& wire) {
    wire_[world] = wire;
    world_[wire] = world;
  }

  bool empty() const { return wire_.empty(); }
  const std::unordered_map<IpAddress, IpAddress, IpAddressHash>& by_world() const { return wire_; }

  /// What is not in the map stays as it is.
  IpAddress to_wire(const IpAddress& world) const { return found_in(wire_, world); }
  IpAddress to_world(const IpAddress& wire) const { return found_in(world_, wire); }
  Endpoint to_wire(const Endpoint& world) const { return {to_wire(world.address), world.port}; }
  Endpoint to_world(const Endpoint& wire) const { return {to_world(wire.address), wire.port}; }

 private:
  using Addresses = std::unordered_map<IpAddress, IpAddress, IpAddressHash>;
  static IpAddress found_in(const Addresses& addresses, const IpAddress& address) {
    const auto found = addresses.find(address);
    return found == addresses.end() ? address : found->second;
  }

  Addresses wire_;
  Addresses world_;
};

}  // namespace watershed
