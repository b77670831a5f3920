// See tcp_connections.hpp.
#include "witness/tcp_connections.hpp"

namespace watershed::witness {

void TcpConnections::take(const Packet& segment) {
  const Key key = segment.from < segment.to ? Key{segment.from, segment.to} : Key{segment.to, segment.from};
  const auto found = entries_.find(key);
  if (segment.tcp.syn && !segment.tcp.ack) {
    follow(*open(segment, entries_[key]), segment);
  } else if (found != entries_.end()) {
    follow(*found->second, segment);
  } else if (!segment.payload.empty() && !std::exchange(reported_[key], true)) {
    observer_.on_unknown(segment);
  }
}

TcpConnections::Entry* TcpConnections::open(const Packet& segment, std::unique_ptr<Entry>& place) {
  const bool is_repeated = place != nullptr && place->connection.closed_ns == 0 &&
                           place->connection.client == segment.from && place->initial_sequence == segment.tcp.sequence;
  if (is_repeated) return place.get();
  if (place != nullptr && place->connection.closed_ns == 0) close(*place, segment.unix_ns);
  place = std::make_unique<Entry>();
  TcpConnection& connection = place->connection;
  connection.number = ++count_;
  connection.client = segment.from;
  connection.server = segment.to;
  connection.opened_ns = segment.unix_ns;
  connection.from_client.start(segment.tcp.sequence);
  place->initial_sequence = segment.tcp.sequence;
  observer_.on_open(connection);
  return place.get();
}

void TcpConnections::follow(Entry& entry, const Packet& segment) {
  TcpConnection& connection = entry.connection;
  if (connection.closed_ns != 0) return;  // late acknowledgements
  const bool from_client = segment.from == connection.client;
  Reassembly& direction = from_client ? connection.from_client : connection.from_server;
  if (segment.tcp.syn && segment.tcp.ack && !from_client) {
    if (!direction.is_started()) direction.start(segment.tcp.sequence);
    connection.is_established = true;
  }
  // RFC 9293 §3.10: SYN and FIN take a sequence number each, before and after the content.
  const std::uint32_t first = segment.tcp.sequence + (segment.tcp.syn ? 1 : 0);
  bytes_.clear();
  direction.feed(first, segment.payload, bytes_);
  if (!bytes_.empty()) observer_.on_bytes(connection, from_client, bytes_, segment.unix_ns);
  if (segment.tcp.fin) direction.finish(first + static_cast<std::uint32_t>(segment.payload.size()));
  if (segment.tcp.rst) {
    connection.is_reset = true;
    connection.is_refused = !connection.is_established;
    return close(entry, segment.unix_ns);
  }
  if (connection.from_client.is_complete() && connection.from_server.is_complete()) close(entry, segment.unix_ns);
}

void TcpConnections::close(Entry& entry, std::int64_t unix_ns) {
  entry.connection.closed_ns = unix_ns;
  observer_.on_close(entry.connection);
}

void TcpConnections::finish(std::int64_t unix_ns) {
  for (auto& [key, entry] : entries_) {
    if (entry->connection.closed_ns == 0) close(*entry, unix_ns);
  }
}

}  // namespace watershed::witness
