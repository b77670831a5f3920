// Packets made in memory, as a loopback device would show them. For tests and fuzz targets.
#pragma once

#include "witness/packet.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace watershed::witness {

inline Endpoint endpoint(std::string_view address, std::uint16_t port) { return {*parse_ip_address(address), port}; }

inline void append_octets(std::string& out, std::uint64_t value, int octets) {
  for (int shift = (octets - 1) * 8; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift & 0xff);
}

inline std::string with_ip(const Endpoint& from, const Endpoint& to, int protocol, std::string_view transport) {
  std::string out(12, '\0');
  const std::size_t octets = from.address.is_v6 ? 16 : 4;
  const auto append_address = [&](const IpAddress& address) {
    out.append(reinterpret_cast<const char*>(address.bytes.data()), octets);
  };
  if (from.address.is_v6) {
    append_octets(out, 0x86dd60000000, 6);
    append_octets(out, transport.size(), 2);
    append_octets(out, static_cast<std::uint64_t>(protocol), 1);
    append_octets(out, 64, 1);
  } else {
    append_octets(out, 0x08004500, 4);
    append_octets(out, transport.size() + 20, 2);
    append_octets(out, 0x00004000, 4);
    append_octets(out, 64, 1);
    append_octets(out, static_cast<std::uint64_t>(protocol), 1);
    append_octets(out, 0, 2);
  }
  append_address(from.address);
  append_address(to.address);
  return out.append(transport);
}

struct TcpFlags {
  bool syn = false;
  bool ack = true;
  bool fin = false;
  bool rst = false;
};

inline std::string tcp_packet(const Endpoint& from, const Endpoint& to, std::uint32_t sequence, TcpFlags flags,
                              std::string_view payload) {
  std::string tcp;
  append_octets(tcp, from.port, 2);
  append_octets(tcp, to.port, 2);
  append_octets(tcp, sequence, 4);
  append_octets(tcp, 0, 4);
  append_octets(tcp, 0x50, 1);
  append_octets(tcp, (flags.fin ? 1U : 0U) | (flags.syn ? 2U : 0U) | (flags.rst ? 4U : 0U) | (flags.ack ? 16U : 0U), 1);
  append_octets(tcp, 0, 6);
  tcp += payload;
  return with_ip(from, to, 6, tcp);
}

inline std::string udp_packet(const Endpoint& from, const Endpoint& to, std::string_view payload) {
  std::string udp;
  append_octets(udp, from.port, 2);
  append_octets(udp, to.port, 2);
  append_octets(udp, payload.size() + 8, 2);
  append_octets(udp, 0, 2);
  udp += payload;
  return with_ip(from, to, 17, udp);
}

/// A TCP connection that writes itself down as packets.
class Wire {
 public:
  struct Sent {
    std::int64_t unix_ns;
    std::string bytes;
  };

  Wire(Endpoint client, Endpoint server) : client_(client), server_(server) {}

  Wire& open() {
    add(true, {.syn = true, .ack = false}, "");
    ++client_next_;
    add(false, {.syn = true}, "");
    ++server_next_;
    return *this;
  }
  Wire& client(std::string_view bytes) { return say(true, bytes); }
  Wire& server(std::string_view bytes) { return say(false, bytes); }
  Wire& close() {
    add(true, {.fin = true}, "");
    ++client_next_;
    add(false, {.fin = true}, "");
    ++server_next_;
    return *this;
  }
  Wire& reset(bool by_client) {
    add(by_client, {.rst = true}, "");
    return *this;
  }

  std::vector<Sent> packets;

 private:
  Wire& say(bool by_client, std::string_view bytes) {
    add(by_client, {}, bytes);
    (by_client ? client_next_ : server_next_) += static_cast<std::uint32_t>(bytes.size());
    return *this;
  }
  void add(bool by_client, TcpFlags flags, std::string_view bytes) {
    packets.push_back({now_ += 1000, by_client ? tcp_packet(client_, server_, client_next_, flags, bytes)
                                               : tcp_packet(server_, client_, server_next_, flags, bytes)});
  }

  Endpoint client_;
  Endpoint server_;
  std::uint32_t client_next_ = 0xfffffff0;  // so that sequence numbers wrap around in every test
  std::uint32_t server_next_ = 77;
  std::int64_t now_ = 1'795'154'400'000'000'000;
};

inline RawPacket raw(const std::string& bytes, std::int64_t unix_ns = 1) {
  return {unix_ns, static_cast<std::uint32_t>(bytes.size()), LinkType::ethernet, bytes};
}

}  // namespace watershed::witness
