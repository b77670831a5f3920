// See witness.hpp.
#include "witness/witness.hpp"

#include "witness/dns_watch.hpp"
#include "witness/smtp_dialogue.hpp"
#include "witness/tcp_connections.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace watershed::witness {

class Witness::Impl final : public TcpObserver {
 public:
  explicit Impl(WitnessOptions options) : options_(std::move(options)), connections_(*this), dns_(seen_) {}

  void take(const RawPacket& raw);
  void note_drops(std::uint64_t dropped, std::int64_t unix_ns);
  void finish(std::int64_t unix_ns) { connections_.finish(unix_ns); }
  const Seen& seen() const { return seen_; }
  std::size_t open_transactions() const {
    return static_cast<std::size_t>(
        std::count_if(dialogues_.begin(), dialogues_.end(), [](const auto& each) { return each.second.is_busy(); }));
  }

  void on_open(const TcpConnection& connection) override;
  void on_bytes(const TcpConnection& connection, bool from_client, std::string_view bytes,
                std::int64_t unix_ns) override;
  void on_close(const TcpConnection& connection) override;
  void on_unknown(const Packet& segment) override;

 private:
  SeenConnection& entry(const TcpConnection& connection) { return seen_.connections[connection.number - 1]; }
  bool is_of_the_world(const IpAddress& address) const { return options_.addresses.count(address) > 0; }
  void note_stray(const Packet& packet);
  void fault(std::int64_t unix_ns, std::string text);
  void update(SeenConnection& seen, const SmtpDialogue& dialogue);
  void check_gaps(const TcpConnection& connection);

  static constexpr std::size_t listed_max = 1000;

  WitnessOptions options_;
  Seen seen_;
  TcpConnections connections_;
  DnsWatch dns_;
  std::map<std::uint64_t, SmtpDialogue> dialogues_;  // by connection
  std::map<std::uint64_t, DnsStream> dns_streams_;   // by connection
  std::uint64_t dropped_ = 0;
};

void Witness::Impl::fault(std::int64_t unix_ns, std::string text) {
  if (seen_.faults.size() < listed_max) seen_.faults.push_back({unix_ns, std::move(text)});
}

void Witness::Impl::take(const RawPacket& raw) {
  ++seen_.packets;
  const auto decoded = decode_packet(raw);
  if (!decoded) return fault(raw.unix_ns, fmt::format("a packet could not be read: {}", decoded.error().message));
  if (!*decoded) return;
  const Packet& packet = **decoded;
  if (!is_of_the_world(packet.from.address) || !is_of_the_world(packet.to.address)) note_stray(packet);
  if (packet.is_cut) {
    fault(raw.unix_ns, fmt::format("the packet from {} to {} was cut", to_string(packet.from), to_string(packet.to)));
  }
  if (packet.protocol == Protocol::tcp) return connections_.take(packet);
  const bool is_dns = packet.from.port == options_.dns_port || packet.to.port == options_.dns_port;
  if (packet.protocol != Protocol::udp || !is_dns) return;
  const bool is_question = packet.to.port == options_.dns_port;
  if (is_question) {
    dns_.take(packet.from, packet.to, packet.payload, false, packet.unix_ns);
  } else {
    dns_.take(packet.to, packet.from, packet.payload, false, packet.unix_ns);
  }
}

void Witness::Impl::note_stray(const Packet& packet) {
  if (seen_.strays.size() < listed_max) {
    seen_.strays.push_back({packet.unix_ns, packet.protocol, packet.from, packet.to});
  }
}

void Witness::Impl::note_drops(std::uint64_t dropped, std::int64_t unix_ns) {
  if (dropped <= dropped_) return;
  fault(unix_ns, fmt::format("the capture lost {} packets", dropped - dropped_));
  dropped_ = dropped;
}

void Witness::Impl::on_open(const TcpConnection& connection) {
  SeenConnection seen;
  seen.number = connection.number;
  seen.client = connection.client;
  seen.server = connection.server;
  seen.opened_ns = connection.opened_ns;
  seen.is_mail = options_.smtp_ports.count(connection.server.port) > 0;
  seen_.connections.push_back(std::move(seen));
  if (connection.server.port == options_.dns_port) dns_streams_.try_emplace(connection.number);
  if (options_.smtp_ports.count(connection.server.port) == 0) return;
  dialogues_.try_emplace(connection.number, [this, number = connection.number, client = connection.client,
                                             server = connection.server](SmtpTransaction transaction) {
    transaction.connection = number;
    transaction.client = client;
    transaction.server = server;
    SeenConnection& owner = seen_.connections[number - 1];
    if (transaction.end != TransactionEnd::refused) ++owner.transactions;
    seen_.transactions.push_back(std::move(transaction));
  });
}

void Witness::Impl::on_bytes(const TcpConnection& connection, bool from_client, std::string_view bytes,
                             std::int64_t unix_ns) {
  const auto dialogue = dialogues_.find(connection.number);
  if (dialogue != dialogues_.end()) {
    if (options_.on_said && !dialogue->second.is_tls()) {
      options_.on_said({connection.number, from_client, unix_ns, bytes});
    }
    if (from_client) {
      dialogue->second.from_client(bytes, unix_ns);
    } else {
      dialogue->second.from_server(bytes, unix_ns);
    }
    return update(entry(connection), dialogue->second);
  }
  const auto stream = dns_streams_.find(connection.number);
  if (stream == dns_streams_.end()) return;
  stream->second.take(from_client, bytes, [&](std::string_view message) {
    dns_.take(connection.client, connection.server, message, true, unix_ns);
  });
}

void Witness::Impl::update(SeenConnection& seen, const SmtpDialogue& dialogue) {
  seen.is_lmtp = dialogue.is_lmtp();
  seen.is_tls = dialogue.is_tls();
  if (seen.helo != dialogue.helo()) seen.helo = dialogue.helo();
  if (!seen.greeting && dialogue.greeting()) seen.greeting = dialogue.greeting();
}

void Witness::Impl::check_gaps(const TcpConnection& connection) {
  const auto check = [&](const Reassembly& direction, const Endpoint& from, const Endpoint& to) {
    // A reset may overtake what was under way; only bytes after a hole show that the capture missed some.
    if (direction.has_gap()) {
      fault(connection.closed_ns, fmt::format("bytes from {} to {} are missing after octet {}", to_string(from),
                                              to_string(to), direction.octets()));
    }
    if (direction.has_conflict()) {
      fault(connection.closed_ns,
            fmt::format("{} sent {} different bytes for the same place in the stream", to_string(from), to_string(to)));
    }
  };
  check(connection.from_client, connection.client, connection.server);
  check(connection.from_server, connection.server, connection.client);
}

void Witness::Impl::on_close(const TcpConnection& connection) {
  SeenConnection& seen = entry(connection);
  seen.closed_ns = connection.closed_ns;
  seen.is_refused = connection.is_refused;
  seen.is_reset = connection.is_reset;
  check_gaps(connection);
  dns_streams_.erase(connection.number);
  const auto dialogue = dialogues_.find(connection.number);
  if (dialogue == dialogues_.end()) return;
  dialogue->second.end(connection.closed_ns);
  if (!dialogue->second.confusion().empty()) {
    fault(connection.closed_ns, fmt::format("the dialogue from {} to {} could not be read: {}", to_string(seen.client),
                                            to_string(seen.server), dialogue->second.confusion()));
  }
  dialogues_.erase(dialogue);
}

void Witness::Impl::on_unknown(const Packet& segment) {
  fault(segment.unix_ns, fmt::format("the beginning of the connection between {} and {} was not seen",
                                     to_string(segment.from), to_string(segment.to)));
}

Witness::Witness(WitnessOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
Witness::~Witness() = default;
void Witness::take(const RawPacket& raw) { impl_->take(raw); }
void Witness::note_drops(std::uint64_t dropped, std::int64_t unix_ns) { impl_->note_drops(dropped, unix_ns); }
void Witness::finish(std::int64_t unix_ns) { impl_->finish(unix_ns); }
const Seen& Witness::seen() const { return impl_->seen(); }
std::size_t Witness::open_transactions() const { return impl_->open_transactions(); }

}  // namespace watershed::witness
