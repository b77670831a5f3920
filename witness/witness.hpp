// The witness: turns packets into what was seen of mail. It knows the world's addresses and nothing else: no
// configuration, no log, nobody's word.
//
//   Witness witness({.addresses = …});
//   capture.poll([&](const RawPacket& packet) { writer.write(packet); witness.take(packet); });
//   witness.finish(now);
//   witness.seen().transactions …
#pragma once

#include "base/ip_address.hpp"
#include "talk/dns_message.hpp"
#include "witness/packet.hpp"
#include "witness/smtp_transaction.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace watershed::witness {

/// What one side of a mail connection said, in pieces as they came; nothing that TLS hides.
struct SaidBytes {
  std::uint64_t connection = 0;  ///< SeenConnection::number
  bool from_client = false;
  std::int64_t unix_ns = 0;
  std::string_view bytes;
};

struct WitnessOptions {
  /// The world: its hosts, its name server, and the loopback addresses that components use among themselves.
  std::set<IpAddress> addresses;
  std::set<std::uint16_t> smtp_ports = {24, 25, 587};  ///< SMTP and LMTP alike: the client's hello tells
  std::uint16_t dns_port = 53;
  std::function<void(const SaidBytes&)> on_said = {};  ///< for transcripts
};

/// A TCP connection. Times are Unix nanoseconds.
struct SeenConnection {
  std::uint64_t number = 0;  ///< from 1; its place in the list + 1
  Endpoint client;
  Endpoint server;
  std::int64_t opened_ns = 0;
  std::int64_t closed_ns = 0;  ///< 0: still open
  bool is_mail = false;        ///< to one of the SMTP ports
  bool is_refused = false;     ///< nobody listened
  bool is_reset = false;
  bool is_lmtp = false;
  bool is_tls = false;  ///< from STARTTLS on nothing could be read: the parties count, the content is hidden
  std::string helo;
  std::optional<mail::Reply> greeting;
  std::uint32_t transactions = 0;  ///< whose MAIL was accepted, in the clear
};

/// A name that was looked up, over UDP or TCP.
struct SeenLookup {
  Endpoint client;
  Endpoint server;
  bool over_tcp = false;
  std::uint16_t id = 0;
  std::string name;
  talk::RecordType type = talk::RecordType::a;
  std::optional<talk::Rcode> rcode;  ///< nothing: no answer came
  std::size_t answers = 0;           ///< records in the answer section
  bool is_truncated = false;
  std::int64_t asked_ns = 0;
  std::int64_t answered_ns = 0;
};

/// A packet with an address that is not of the world: something tried to get out, or came in.
struct SeenStray {
  std::int64_t unix_ns = 0;
  Protocol protocol = Protocol::other;
  Endpoint from;
  Endpoint to;
};

/// Why the evidence is not complete. One is enough to make a verdict inconclusive.
struct EvidenceFault {
  std::int64_t unix_ns = 0;
  std::string text;
};

struct Seen {
  std::vector<SeenConnection> connections;
  std::vector<SmtpTransaction> transactions;  ///< in the order in which they ended
  std::vector<SeenLookup> lookups;
  std::vector<SeenStray> strays;  ///< the first thousand
  std::vector<EvidenceFault> faults;
  std::uint64_t packets = 0;
};

class Witness {
 public:
  explicit Witness(WitnessOptions options);
  ~Witness();

  /// The next packet, in the order of the capture.
  void take(const RawPacket& raw);
  /// The capture says that packets were lost; `dropped` counts from its beginning.
  void note_drops(std::uint64_t dropped, std::int64_t unix_ns);
  /// The capture is over: open transactions end as lost, missing bytes become faults.
  void finish(std::int64_t unix_ns);

  const Seen& seen() const;
  /// Transactions under way now. With none of them and empty queues, a world is quiet.
  std::size_t open_transactions() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace watershed::witness
