// The journal: the append-only facts of a run. Verdicts come from here and from nothing else.
//
// A message is followed by *custody*: each host that takes responsibility for a message gives its copy a custody
// number. Inside a host facts name the custody; between hosts the connection and transaction numbers join the client's
// side (attempted, relayed) to the server's (accepted). So nothing has to be added to a message to follow it, two
// messages with the same Message-ID stay two, and a hop that only one side believes in is visible as such.
#pragma once

#include "stage/time.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace watershed::stage {

/// Index of a host in the journal's table of names. 0 is "no host" (the harness itself).
using HostId = std::uint16_t;
/// A message in one host's hands. 0: none.
using Custody = std::uint64_t;
using ConnectionId = std::uint64_t;

enum class FactKind : std::uint8_t {
  // How custody begins. One fact for each recipient.
  offered,   ///< an originator starts a message: recipient, reverse_path; detail = message label, text = class
  accepted,  ///< a server took responsibility (its 250 follows): connection, transaction, recipient, reverse_path
  spawned,   ///< this host made a message because of `cause`: recipient = its own recipient, reverse_path;
             ///< detail = dsn | delay-notice | auto-reply | redirect | forward | copy | reply;
             ///< text = the recipient of the cause on whose behalf
  // What happens to a recipient of a custody while it is held.
  rewritten,  ///< recipient was replaced; detail = the new recipient. Several for an expansion.
  merged,     ///< recipient was dropped because the same message already has it (duplicate elimination); detail = which
  routed,     ///< detail = transport:nexthop
  attempted,  ///< a client begins a transaction for this custody: connection, transaction, peer in detail
  deferred,   ///< transient failure: code, text; detail = next attempt
  filtered,   ///< a filter saw the message: detail = verdict
  // How custody of a recipient ends.
  relayed,    ///< the next host answered 250: connection, transaction, code, text
  stored,     ///< in a mailbox: detail = folder, text = mailbox
  failed,     ///< permanent failure for recipient: code, text; a `spawned` dsn, or the originator's knowledge, follows
  discarded,  ///< dropped on purpose: text says why
  held,       ///< quarantined until a person acts: text says why
  answered,   ///< taken by a program that consumes it (a robot, a sink): detail = what
  queued,     ///< still in this host's queue when the run ended: detail = queue and reason
  // What a server refuses; no custody comes of it.
  rejected,  ///< connection, transaction, recipient (empty before RCPT), code, text
  // The network and the names.
  connected,       ///< connection; detail = peer address
  unconnected,     ///< a connection attempt failed: detail = peer address, text = reason
  escaped,         ///< something went to an address that is not part of the world: detail = address
  looked_up,       ///< recipient = name, detail = type, text = outcome
  answered_query,  ///< the stub's side of a lookup: recipient = name, detail = type, text = outcome
  // The scenario.
  step,   ///< detail = what the scenario did
  fault,  ///< an injected fault took effect: detail = which
  note,
};

std::string_view to_string(FactKind kind);

struct Fact {
  FactKind kind = FactKind::note;
  HostId host = 0;
  std::uint16_t code = 0;         ///< SMTP reply code, 0 where there is none
  std::uint32_t transaction = 0;  ///< number of the transaction in its connection, from 1
  Time at{};
  Custody custody = 0;
  Custody cause = 0;
  ConnectionId connection = 0;
  std::uint64_t body_hash = 0;  ///< of the content as held here (mail::Message::body_hash)
  std::uint64_t size_octets = 0;
  std::string recipient = {};
  std::string reverse_path = {};  ///< `<>` for the null reverse-path
  std::string detail = {};
  std::string text = {};
  std::string decided_by = {};  ///< `file:line` of the configuration that decided, or `default name`
};

class Journal {
 public:
  using Observer = std::function<void(const Fact&)>;

  /// Registers a host; the returned id goes into its facts.
  HostId add_host(std::string name);
  const std::string& host_name(HostId host) const { return hosts_[host]; }
  const std::vector<std::string>& hosts() const { return hosts_; }

  Custody new_custody() { return ++last_custody_; }

  void record(Fact fact);

  /// Called for every fact from now on, in order.
  void observe(Observer observer) { observers_.push_back(std::move(observer)); }

  /// Facts are kept (default) or only shown to the observers: load runs with millions of messages keep none.
  void keep_facts(bool keep) { keep_ = keep; }
  const std::vector<Fact>& facts() const { return facts_; }
  std::uint64_t fact_count() const { return fact_count_; }

 private:
  std::vector<std::string> hosts_{""};
  std::vector<Fact> facts_;
  std::vector<Observer> observers_;
  Custody last_custody_ = 0;
  std::uint64_t fact_count_ = 0;
  bool keep_ = true;
};

/// Appends the fact as one line of JSON (with newline): the form in which journals are written and compared.
void append_json_line(std::string& out, const Journal& journal, const Fact& fact);

}  // namespace watershed::stage
