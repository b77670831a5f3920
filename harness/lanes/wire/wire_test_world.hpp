// A small live world as its witnesses would have seen it, put together by hand. For tests.
#pragma once

#include "harness/lanes/wire/wire_journal.hpp"
#include "harness/lineage/lineage.hpp"

#include <fmt/format.h>

#include <string>
#include <vector>

namespace watershed::harness {

/// station (fake) -> mx (Postfix) -> store (Dovecot); outside (fake) beside them.
struct WireTestWorld {
  static constexpr stage::HostId station = 1;
  static constexpr stage::HostId mx = 2;
  static constexpr stage::HostId store = 3;
  static constexpr stage::HostId outside = 4;

  std::vector<WireHost> hosts = {{station, "station.example", {address(1)}, HostProgram::in_process},
                                 {mx, "mx.example", {address(2)}, HostProgram::postfix},
                                 {store, "store.example", {address(3)}, HostProgram::dovecot},
                                 {outside, "outside.example", {address(4)}, HostProgram::in_process}};
  std::vector<stage::Fact> direct = {};
  witness::Seen seen = {};
  std::vector<stage::NumberedConnection> numbered = {};
  std::map<stage::HostId, std::vector<LogEntry>> logs = {};
  std::vector<HeldFile> files = {};
  std::vector<QueueEntry> queues = {};
  std::vector<ProgramDiscard> discards = {};
  std::map<stage::HostId, std::size_t> forgotten_lines = {};
  std::int64_t now = 0;
  stage::Journal journal = {};

  WireTestWorld() {
    for (const WireHost& host : hosts) journal.add_host(host.name);
  }

  static IpAddress address(std::uint8_t last) { return {false, {192, 0, 2, last}}; }

  struct To {
    std::string recipient;
    std::string final_reply = "250 2.0.0 Ok";
    std::string reply = "250 2.1.5 Ok";
  };

  /// A transaction between two hosts, in a connection of its own. The number of the connection in the journal.
  witness::SmtpTransaction& send(stage::HostId from, stage::HostId to, const std::string& reverse_path,
                                 const std::vector<To>& recipients, const std::string& content) {
    witness::SeenConnection connection;
    connection.number = seen.connections.size() + 1;
    connection.client = {address(static_cast<std::uint8_t>(from)),
                         static_cast<std::uint16_t>(40000 + connection.number)};
    connection.server = {address(static_cast<std::uint8_t>(to)), 25};
    connection.opened_ns = ++now;
    connection.is_mail = true;
    seen.connections.push_back(connection);
    const bool is_fake = from == station || from == outside || to == station || to == outside;
    if (is_fake) numbered.push_back({connection.client, connection.server, 100 + connection.number});
    witness::SmtpTransaction transaction;
    transaction.connection = connection.number;
    transaction.number = 1;
    transaction.client = connection.client;
    transaction.server = connection.server;
    transaction.reverse_path = reverse_path;
    transaction.mail_reply = mail::make_reply(250, "2.1.0", "Ok");
    for (const To& each : recipients) {
      witness::SeenRecipient recipient{each.recipient, {}, *mail::parse_reply(each.reply), {}};
      if (!each.final_reply.empty()) recipient.final_reply = *mail::parse_reply(each.final_reply);
      transaction.recipients.push_back(std::move(recipient));
    }
    transaction.has_content = !content.empty();
    transaction.content = content;
    transaction.end = witness::TransactionEnd::answered;
    transaction.began_ns = ++now;
    transaction.content_ns = ++now;
    transaction.ended_ns = ++now;
    seen.transactions.push_back(std::move(transaction));
    return seen.transactions.back();
  }

  /// The station's own record: it offers a message, and was told 250 in the last transaction.
  void offer(const std::string& recipient, std::uint64_t body_hash) {
    const stage::ConnectionId connection = 100 + seen.connections.size();
    const auto at = stage::Time(seen.transactions.back().began_ns - 1);
    direct.push_back({.kind = stage::FactKind::offered,
                      .host = station,
                      .at = at,
                      .custody = 1,
                      .body_hash = body_hash,
                      .recipient = recipient,
                      .reverse_path = "op@station.example",
                      .detail = "request",
                      .text = "verification"});
    direct.push_back({.kind = stage::FactKind::attempted,
                      .host = station,
                      .transaction = 1,
                      .at = at,
                      .custody = 1,
                      .connection = connection});
    direct.push_back({.kind = stage::FactKind::relayed,
                      .host = station,
                      .code = 250,
                      .transaction = 1,
                      .at = stage::Time(seen.transactions.back().ended_ns + 1),
                      .custody = 1,
                      .connection = connection,
                      .recipient = recipient});
  }

  void log(stage::HostId host, std::string text) {
    logs[host].push_back({stage::Time(++now), "postfix", std::move(text)});
  }

  JournalReading read() {
    WireJournal wire(hosts, 0);
    return wire.read({direct, seen, numbered, logs, files, queues, {}, stage::Time(now), discards, forgotten_lines});
  }

  Lineage lineage(const JournalReading& reading) const {
    Lineage lineage(journal);
    for (const stage::Fact& fact : reading.facts) lineage.take(fact);
    return lineage;
  }
};

/// A message with the Received fields of the hosts that had it, the last one on top.
inline std::string content_with(const std::vector<std::string>& received, const std::string& more_fields = {}) {
  std::string content;
  for (const std::string& each : received)
    content += fmt::format("Received: from a (b [192.0.2.9])\r\n\t{}; now\r\n", each);
  return content + more_fields + "From: op@station.example\r\nMessage-ID: <m@station.example>\r\n\r\nbody\r\n";
}

}  // namespace watershed::harness
