// Endpoints as Asio writes them and back. Included by stage's own .cpp files only.
#pragma once

#include "base/ip_address.hpp"

#include <boost/asio/ip/address.hpp>

#include <algorithm>

namespace watershed::stage {

inline boost::asio::ip::address to_asio(const IpAddress& address) {
  if (address.is_v6) return boost::asio::ip::address_v6(address.bytes);
  boost::asio::ip::address_v4::bytes_type bytes{};
  std::copy_n(address.bytes.begin(), bytes.size(), bytes.begin());
  return boost::asio::ip::address_v4(bytes);
}

inline IpAddress from_asio(const boost::asio::ip::address& address) {
  IpAddress result;
  result.is_v6 = address.is_v6();
  if (result.is_v6) {
    result.bytes = address.to_v6().to_bytes();
  } else {
    const auto bytes = address.to_v4().to_bytes();
    std::copy(bytes.begin(), bytes.end(), result.bytes.begin());
  }
  return result;
}

template <class Protocol>
typename Protocol::endpoint to_asio(const Endpoint& endpoint) {
  return {to_asio(endpoint.address), endpoint.port};
}

template <class AsioEndpoint>
Endpoint from_asio_endpoint(const AsioEndpoint& endpoint) {
  return {from_asio(endpoint.address()), endpoint.port()};
}

}  // namespace watershed::stage
