// Pairs DNS questions with their answers, over UDP and TCP. RFC 1035 §4.
#pragma once

#include "witness/witness.hpp"

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <tuple>

namespace watershed::witness {

class DnsWatch {
 public:
  explicit DnsWatch(Seen& seen) : seen_(seen) {}

  /// A message between a client and a name server, in either direction. Bytes that are no DNS become a fault of the
  /// evidence.
  void take(const Endpoint& client, const Endpoint& server, std::string_view message, bool over_tcp,
            std::int64_t unix_ns);

 private:
  using Key = std::tuple<Endpoint, Endpoint, std::uint16_t, std::string, talk::RecordType>;

  Seen& seen_;
  std::map<Key, std::size_t> waiting_;  // place in the list of lookups
};

/// Cuts the two directions of a DNS connection into messages: each has its length in front (RFC 1035 §4.2.2).
class DnsStream {
 public:
  void take(bool from_client, std::string_view bytes, const std::function<void(std::string_view)>& on_message);

 private:
  std::string from_client_;
  std::string from_server_;
};

}  // namespace watershed::witness
