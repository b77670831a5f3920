// One captured packet as a value: link header, IPv4 or IPv6, then TCP, UDP or whatever else. RFC 791, RFC 8200, RFC
// 9293, RFC 768. Checksums are not looked at: on a loopback device nobody computes them.
#pragma once

#include "base/ip_address.hpp"
#include "base/result.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace watershed::witness {

/// What stands in front of the IP header (https://www.tcpdump.org/linktypes.html).
enum class LinkType : std::uint16_t { null = 0, ethernet = 1, raw = 101, linux_sll = 113, linux_sll2 = 276 };

/// A packet as the capture gives it. `bytes` lives as long as the call that hands it over.
struct RawPacket {
  std::int64_t unix_ns = 0;
  std::uint32_t original_octets = 0;  ///< its length on the wire; more than `bytes` when it was cut
  LinkType link = LinkType::ethernet;
  std::string_view bytes;
};

enum class Protocol : std::uint8_t { tcp, udp, icmp, other };

struct TcpHeader {
  std::uint32_t sequence = 0;
  std::uint32_t acknowledgement = 0;
  bool syn = false;
  bool ack = false;
  bool fin = false;
  bool rst = false;
};

struct Packet {
  std::int64_t unix_ns = 0;
  Protocol protocol = Protocol::other;
  std::uint8_t protocol_number = 0;  ///< as in the IP header
  Endpoint from;                     ///< port 0 where the protocol has none
  Endpoint to;
  TcpHeader tcp;             ///< for TCP only
  std::string_view payload;  ///< view into the raw packet
  bool is_cut = false;       ///< the capture holds only its beginning
};

/// Reads a packet. Nothing: it carries no IP (ARP, for one). The error says what is malformed; a fragment is an error
/// too, for what it belongs to cannot be told.
Result<std::optional<Packet>, Error> decode_packet(const RawPacket& raw);

}  // namespace watershed::witness
