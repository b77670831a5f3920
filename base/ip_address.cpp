// See ip_address.hpp. The C library's inet_pton/inet_ntop read and write the text forms.
#include "base/ip_address.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <cstring>

#include <algorithm>
#include <charconv>
#include <string_view>

namespace watershed {

Result<IpAddress, Error> parse_ip_address(std::string_view text) {
  const std::string terminated(text);
  IpAddress address;
  address.is_v6 = text.find(':') != std::string_view::npos;
  const int family = address.is_v6 ? AF_INET6 : AF_INET;
  if (terminated.find('\0') != std::string::npos || inet_pton(family, terminated.c_str(), address.bytes.data()) != 1) {
    return Error{fmt::format("'{}' is not an IP address", text)};
  }
  return address;
}

std::string to_string(const IpAddress& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address.is_v6) {
    inet_ntop(AF_INET6, address.bytes.data(), text.data(), text.size());
    return text.data();
  }
  // inet_ntop goes through sprintf; a router writes addresses a dozen times for each message.
  char* end = text.data();
  for (std::size_t index = 0; index < 4; ++index) {
    if (index > 0) *end++ = '.';
    end = std::to_chars(end, text.data() + text.size(), address.bytes[index]).ptr;
  }
  return {text.data(), end};
}

std::string to_string(const Endpoint& endpoint) {
  const std::string address = to_string(endpoint.address);
  return endpoint.address.is_v6 ? fmt::format("[{}]:{}", address, endpoint.port)
                                : fmt::format("{}:{}", address, endpoint.port);
}

std::string to_address_literal(const IpAddress& address) {
  return fmt::format("[{}{}]", address.is_v6 ? "IPv6:" : "", to_string(address));
}

bool in_network(const IpAddress& address, const IpAddress& network, int prefix_bits) {
  if (address.is_v6 != network.is_v6) return false;
  for (int bit = 0; bit < prefix_bits; bit += 8) {
    const int compared = std::min(8, prefix_bits - bit);
    const auto mask = static_cast<std::uint8_t>(0xff << (8 - compared));
    const auto index = static_cast<std::size_t>(bit / 8);
    if (((address.bytes[index] ^ network.bytes[index]) & mask) != 0) return false;
  }
  return true;
}

std::size_t IpAddressHash::operator()(const IpAddress& address) const noexcept {
  // Every packet of a simulated run is looked up by its ends: two words folded by multiplication, no call.
  std::uint64_t words[2];
  std::memcpy(words, address.bytes.data(), sizeof words);
  constexpr std::uint64_t multiplier = 0x9e3779b97f4a7c15U;
  std::uint64_t hash = (words[0] ^ static_cast<std::uint64_t>(address.is_v6)) * multiplier;
  hash = (hash ^ (hash >> 32) ^ words[1]) * multiplier;
  return static_cast<std::size_t>(hash ^ (hash >> 32));
}

}  // namespace watershed
