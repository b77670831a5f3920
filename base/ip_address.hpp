// An IPv4 or IPv6 address as a value, and an address with a port. (RFC 4291, RFC 5952 for the text form.)
#pragma once

#include "base/result.hpp"

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace watershed {

/// 16 bytes; IPv4 uses the first four. Default-constructed: 0.0.0.0.
struct IpAddress {
  bool is_v6 = false;
  std::array<std::uint8_t, 16> bytes{};

  auto operator<=>(const IpAddress&) const = default;
};

struct Endpoint {
  IpAddress address;
  std::uint16_t port = 0;

  auto operator<=>(const Endpoint&) const = default;
};

/// Reads `192.0.2.1` or `2001:db8::1` (no brackets, no zone index).
Result<IpAddress, Error> parse_ip_address(std::string_view text);

std::string to_string(const IpAddress& address);

/// `192.0.2.1:25`, `[2001:db8::1]:25`.
std::string to_string(const Endpoint& endpoint);

/// RFC 5321 §4.1.3 address literal: `[192.0.2.1]`, `[IPv6:2001:db8::1]`.
std::string to_address_literal(const IpAddress& address);

/// True if the first `prefix_bits` bits agree and both are of one family.
bool in_network(const IpAddress& address, const IpAddress& network, int prefix_bits);

struct IpAddressHash {
  std::size_t operator()(const IpAddress& address) const noexcept;
};

}  // namespace watershed
