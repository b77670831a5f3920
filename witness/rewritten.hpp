// Packets of a run whose addresses on the wire stand for others (see base/address_map.hpp): with the world's addresses,
// as if they had been there. For the decoder and the capture file alike.
#pragma once

#include "base/address_map.hpp"
#include "witness/packet.hpp"

#include <functional>
#include <string>

namespace watershed::witness {

/// What a program sends to `address` in place of a packet to an address outside of the world: a datagram whose first
/// twenty octets say how and where to (sandbox/libc_only/view.hpp, Notice).
struct NoticeOf {
  IpAddress address;
  std::uint16_t port = 0;
};

class Rewriter {
 public:
  Rewriter(AddressMap addresses, NoticeOf notices) : addresses_(std::move(addresses)), notices_(notices) {}

  /// Hands over the packet as the world has it; a notice becomes the packet that was not sent. What is no IPv4 is
  /// handed over as it came.
  void take(const RawPacket& raw, const std::function<void(const RawPacket&)>& sink);

 private:
  void tell_of(const RawPacket& raw, std::size_t ip_at, std::string_view payload,
               const std::function<void(const RawPacket&)>& sink);

  AddressMap addresses_;
  NoticeOf notices_;
  std::string bytes_;
};

}  // namespace watershed::witness
