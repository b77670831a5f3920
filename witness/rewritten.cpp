// See rewritten.hpp.
#include "witness/rewritten.hpp"

#include <algorithm>
#include <cstdint>

namespace watershed::witness {

namespace {

constexpr std::size_t ipv4_octets = 20;
constexpr std::size_t source_at = 12;  // in the IPv4 header, RFC 791 §3.1
constexpr std::size_t target_at = 16;
constexpr std::size_t checksum_at = 10;
constexpr unsigned tcp = 6;
constexpr unsigned udp = 17;

unsigned octet(std::string_view bytes, std::size_t at) { return static_cast<unsigned char>(bytes[at]); }
unsigned word(std::string_view bytes, std::size_t at) { return octet(bytes, at) << 8 | octet(bytes, at + 1); }
void set_word(std::string& bytes, std::size_t at, unsigned value) {
  bytes[at] = static_cast<char>(value >> 8 & 0xff);
  bytes[at + 1] = static_cast<char>(value & 0xff);
}

IpAddress address_at(std::string_view bytes, std::size_t at) {
  IpAddress address;
  std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), 4, address.bytes.begin());
  return address;
}
void set_address(std::string& bytes, std::size_t at, const IpAddress& address) {
  std::copy_n(address.bytes.begin(), 4, bytes.begin() + static_cast<std::ptrdiff_t>(at));
}

// RFC 1071 over the IPv4 header.
void set_checksum(std::string& bytes, std::size_t ip_at, std::size_t header_octets) {
  set_word(bytes, ip_at + checksum_at, 0);
  std::uint32_t sum = 0;
  for (std::size_t at = 0; at + 1 < header_octets; at += 2) sum += word(bytes, ip_at + at);
  while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
  set_word(bytes, ip_at + checksum_at, ~sum & 0xffff);
}

}  // namespace

void Rewriter::take(const RawPacket& raw, const std::function<void(const RawPacket&)>& sink) {
  const std::size_t ip_at = raw.link == LinkType::ethernet ? 14 : 0;
  const bool is_ipv4 = raw.bytes.size() >= ip_at + ipv4_octets && octet(raw.bytes, ip_at) >> 4 == 4 &&
                       (raw.link == LinkType::raw || (raw.link == LinkType::ethernet && word(raw.bytes, 12) == 0x0800));
  const std::size_t header_octets = is_ipv4 ? std::size_t{octet(raw.bytes, ip_at) & 0x0f} * 4 : 0;
  if (!is_ipv4 || header_octets < ipv4_octets || raw.bytes.size() < ip_at + header_octets) return sink(raw);
  const IpAddress from = address_at(raw.bytes, ip_at + source_at);
  const IpAddress to = address_at(raw.bytes, ip_at + target_at);
  if (from == notices_.address) return;  // the kernel's word that nobody listens there
  const std::string_view payload = raw.bytes.substr(ip_at + header_octets);
  if (to == notices_.address) return tell_of(raw, ip_at, payload, sink);
  bytes_.assign(raw.bytes);
  // libc's own resolver does not say who it is: 127.0.0.1 speaks for the host that it asks, whose name server it is.
  IpAddress localhost;
  localhost.bytes = {127, 0, 0, 1};
  set_address(bytes_, ip_at + source_at, addresses_.to_world(from == localhost ? to : from));
  set_address(bytes_, ip_at + target_at, addresses_.to_world(to == localhost ? from : to));
  set_checksum(bytes_, ip_at, header_octets);
  RawPacket rewritten = raw;
  rewritten.bytes = bytes_;
  sink(rewritten);
}

void Rewriter::tell_of(const RawPacket& raw, std::size_t ip_at, std::string_view payload,
                       const std::function<void(const RawPacket&)>& sink) {
  constexpr std::size_t udp_octets = 8;
  constexpr std::size_t notice_octets = 20;
  constexpr unsigned notice_is_ipv6 = 10;  // AF_INET6
  if (payload.size() < udp_octets + notice_octets || word(payload, 2) != notices_.port) return sink(raw);
  const std::string_view notice = payload.substr(udp_octets);
  const bool is_tcp = octet(notice, 1) == tcp;
  const bool is_ipv6 = octet(notice, 0) == notice_is_ipv6;
  const IpAddress from = addresses_.to_world(address_at(raw.bytes, ip_at + source_at));
  std::string transport(is_tcp ? 20 : udp_octets, '\0');
  std::copy_n(payload.begin(), 2, transport.begin());
  std::copy_n(notice.begin() + 2, 2, transport.begin() + 2);
  if (is_tcp) {
    transport[12] = 5 << 4;
    transport[13] = 0x02;  // SYN
  } else {
    set_word(transport, 4, udp_octets);
  }
  bytes_.assign(raw.bytes.substr(0, ip_at));
  if (is_ipv6) {
    if (ip_at != 0) set_word(bytes_, 12, 0x86dd);
    std::string header(40, '\0');
    header[0] = 6 << 4;
    set_word(header, 4, static_cast<unsigned>(transport.size()));
    header[6] = static_cast<char>(is_tcp ? tcp : udp);
    header[7] = 64;
    header[18] = header[19] = '\xff';  // ::ffff:a.b.c.d
    set_address(header, 20, from);
    std::copy_n(notice.begin() + 4, 16, header.begin() + 24);
    bytes_ += header;
  } else {
    std::string header(ipv4_octets, '\0');
    header[0] = 0x45;
    set_word(header, 2, static_cast<unsigned>(ipv4_octets + transport.size()));
    header[8] = 64;
    header[9] = static_cast<char>(is_tcp ? tcp : udp);
    set_address(header, source_at, from);
    std::copy_n(notice.begin() + 4, 4, header.begin() + target_at);
    set_checksum(header, 0, ipv4_octets);
    bytes_ += header;
  }
  bytes_ += transport;
  RawPacket told = raw;
  told.bytes = bytes_;
  told.original_octets = static_cast<std::uint32_t>(bytes_.size());
  sink(told);
}

}  // namespace watershed::witness
