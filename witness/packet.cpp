// See packet.hpp.
#include "witness/packet.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::witness {

namespace {

using Decoded = Result<std::optional<Packet>, Error>;

constexpr std::uint16_t ether_ipv4 = 0x0800;
constexpr std::uint16_t ether_ipv6 = 0x86dd;
constexpr std::uint16_t ether_vlan = 0x8100;

unsigned octet(std::string_view bytes, std::size_t at) { return static_cast<unsigned char>(bytes[at]); }
unsigned word(std::string_view bytes, std::size_t at) { return octet(bytes, at) << 8 | octet(bytes, at + 1); }
std::uint32_t long_word(std::string_view bytes, std::size_t at) { return word(bytes, at) << 16 | word(bytes, at + 2); }

IpAddress address_at(std::string_view bytes, std::size_t at, bool is_v6) {
  IpAddress address;
  address.is_v6 = is_v6;
  std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), is_v6 ? 16 : 4, address.bytes.begin());
  return address;
}

Decoded too_short(std::string_view what) { return Error{fmt::format("the {} header is cut off", what)}; }

Decoded decode_transport(Packet packet, std::string_view bytes) {
  if (packet.protocol_number == 6) {
    if (bytes.size() < 20) return too_short("TCP");
    const std::size_t header_octets = std::size_t{octet(bytes, 12) >> 4} * 4;
    if (header_octets < 20 || header_octets > bytes.size()) return Error{"the TCP data offset is wrong"};
    packet.protocol = Protocol::tcp;
    packet.tcp.sequence = long_word(bytes, 4);
    packet.tcp.acknowledgement = long_word(bytes, 8);
    const unsigned flags = octet(bytes, 13);
    packet.tcp.fin = (flags & 0x01) != 0;
    packet.tcp.syn = (flags & 0x02) != 0;
    packet.tcp.rst = (flags & 0x04) != 0;
    packet.tcp.ack = (flags & 0x10) != 0;
    packet.payload = bytes.substr(header_octets);
  } else if (packet.protocol_number == 17) {
    if (bytes.size() < 8) return too_short("UDP");
    const std::size_t length = word(bytes, 4);
    if (length < 8) return Error{"the UDP length is wrong"};
    packet.protocol = Protocol::udp;
    packet.is_cut = packet.is_cut || length > bytes.size();
    packet.payload = bytes.substr(8, length - 8);
  } else {
    packet.protocol = packet.protocol_number == 1 || packet.protocol_number == 58 ? Protocol::icmp : Protocol::other;
    packet.payload = bytes;
    return std::optional<Packet>(packet);
  }
  packet.from.port = static_cast<std::uint16_t>(word(bytes, 0));
  packet.to.port = static_cast<std::uint16_t>(word(bytes, 2));
  return std::optional<Packet>(packet);
}

Decoded decode_ipv4(Packet packet, std::string_view bytes) {
  if (bytes.size() < 20) return too_short("IPv4");
  const std::size_t header_octets = std::size_t{octet(bytes, 0) & 0x0f} * 4;
  const std::size_t total = word(bytes, 2);
  if (octet(bytes, 0) >> 4 != 4 || header_octets < 20) return Error{"this is no IPv4 header"};
  if (header_octets > bytes.size()) return too_short("IPv4");
  packet.protocol_number = static_cast<std::uint8_t>(octet(bytes, 9));
  packet.from.address = address_at(bytes, 12, false);
  packet.to.address = address_at(bytes, 16, false);
  constexpr unsigned more_fragments_or_offset = 0x3fff;
  if ((word(bytes, 6) & more_fragments_or_offset) != 0) return Error{"this is a fragment of an IPv4 packet"};
  // A total length of 0 means a segment that the kernel left for the device to cut (TSO): it reaches to the end.
  if (total != 0 && total < header_octets) return Error{"the IPv4 total length is wrong"};
  packet.is_cut = packet.is_cut || total > bytes.size();
  if (total != 0) bytes = bytes.substr(0, total);
  return decode_transport(packet, bytes.substr(header_octets));
}

Decoded decode_ipv6(Packet packet, std::string_view bytes) {
  if (bytes.size() < 40) return too_short("IPv6");
  if (octet(bytes, 0) >> 4 != 6) return Error{"this is no IPv6 header"};
  const std::size_t payload_octets = word(bytes, 4);
  unsigned next = octet(bytes, 6);
  packet.from.address = address_at(bytes, 8, true);
  packet.to.address = address_at(bytes, 24, true);
  bytes.remove_prefix(40);
  packet.is_cut = packet.is_cut || payload_octets > bytes.size();
  if (payload_octets != 0) bytes = bytes.substr(0, payload_octets);
  // RFC 8200 §4: hop-by-hop options, routing and destination options stand between.
  while (next == 0 || next == 43 || next == 60) {
    if (bytes.size() < 8) return too_short("IPv6 extension");
    const std::size_t header_octets = (std::size_t{octet(bytes, 1)} + 1) * 8;
    if (header_octets > bytes.size()) return too_short("IPv6 extension");
    next = octet(bytes, 0);
    bytes.remove_prefix(header_octets);
  }
  if (next == 44) return Error{"this is a fragment of an IPv6 packet"};
  packet.protocol_number = static_cast<std::uint8_t>(next);
  return decode_transport(packet, bytes);
}

// The IP packet within the frame; nothing when the frame carries something else.
Result<std::optional<std::string_view>, Error> strip_link_header(LinkType link, std::string_view bytes) {
  using Stripped = std::optional<std::string_view>;
  if (link == LinkType::raw) return Stripped(bytes);
  std::size_t type_at = 12;
  std::size_t header_octets = 14;
  if (link == LinkType::linux_sll) {
    type_at = 14;
    header_octets = 16;
  } else if (link == LinkType::linux_sll2) {
    type_at = 0;
    header_octets = 20;
  } else if (link == LinkType::null) {
    // The address family in the byte order of whoever captured: the IP header itself says which version it is.
    if (bytes.size() < 4) return Error{"the link header is cut off"};
    return Stripped(bytes.substr(4));
  }
  if (bytes.size() < header_octets) return Error{"the link header is cut off"};
  unsigned type = word(bytes, type_at);
  if (type == ether_vlan && link == LinkType::ethernet) {
    if (bytes.size() < header_octets + 4) return Error{"the link header is cut off"};
    type = word(bytes, type_at + 4);
    header_octets += 4;
  }
  if (type != ether_ipv4 && type != ether_ipv6) return Stripped();
  return Stripped(bytes.substr(header_octets));
}

}  // namespace

Decoded decode_packet(const RawPacket& raw) {
  const auto ip = strip_link_header(raw.link, raw.bytes);
  if (!ip) return ip.error();
  if (!*ip) return std::optional<Packet>();
  if ((*ip)->empty()) return too_short("IP");
  Packet packet;
  packet.unix_ns = raw.unix_ns;
  packet.is_cut = raw.original_octets > raw.bytes.size();
  return octet(**ip, 0) >> 4 == 6 ? decode_ipv6(packet, **ip) : decode_ipv4(packet, **ip);
}

}  // namespace watershed::witness
