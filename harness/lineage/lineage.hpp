// Lineage: who had a message, because of whom, and how each recipient's way ended. Built from journal facts alone.
//
// A root is what an originator offered. Every custody that comes of it (relayed copies, forwards, notices, replies,
// quarantined copies) belongs to that root and inherits its class. Each custody owes each of its recipients one end:
// relayed to a host that accepted it, stored, failed, discarded, held, replaced, or still queued. What owes and never
// ended is lost.
#pragma once

#include "stage/journal.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace watershed::harness {

using RootIndex = std::uint32_t;
inline constexpr RootIndex no_root = static_cast<RootIndex>(-1);

/// How the way of one recipient of one custody ended (or not).
enum class End { open, relayed, stored, failed, discarded, held, replaced, merged, answered, spawned, queued };

std::string_view to_string(End end);

/// One recipient of one custody.
struct Duty {
  std::string recipient;
  std::string root_recipient;  ///< the offered recipient it descends from
  End end = End::open;
  std::uint16_t code = 0;
  std::string text;        ///< reply, reason
  std::string decided_by;  ///< the configuration line that decided its route or end last
  stage::Time ended_at{};
  bool deferred = false;
  bool stays = false;              ///< rewritten to itself: further rewritings add recipients beside it (a Bcc)
  std::vector<std::string> trail;  ///< `host: what (file:line)` of each decision on the way through this host
};

struct CustodyRecord {
  stage::Custody id = 0;
  stage::Custody parent = 0;  ///< custody at the host before (accepted), or the cause at this host (spawned)
  RootIndex root = no_root;
  stage::HostId host = 0;
  stage::Time began_at{};
  std::string why;  ///< offered, accepted, dsn, forward, redirect, auto-reply, copy, reply …
  std::string reverse_path;
  std::string parent_recipient;     ///< the parent's recipient that this came of
  std::uint64_t expected_hash = 0;  ///< body hash at the start of this content (offer or notice)
  std::vector<Duty> duties;
};

struct Delivery {
  stage::Custody custody = 0;
  stage::HostId host = 0;
  std::string root_recipient;
  std::string recipient;
  std::string mailbox;
  std::string folder;
  stage::Time at{};
  std::uint64_t body_hash = 0;
  bool is_notice = false;  ///< a DSN, delay notice or auto-reply, not the message itself
  std::string kind;        ///< why of the custody that started this content: offered, dsn, auto-reply …
};

struct RootMessage {
  std::string label;
  std::string message_class;
  std::string reverse_path;
  stage::HostId host = 0;
  stage::Custody custody = 0;
  stage::Time offered_at{};
  std::uint64_t body_hash = 0;
  std::vector<std::string> recipients;
  std::vector<stage::Custody> custodies;  ///< all of them, in order of appearance
  std::vector<Delivery> deliveries;
  int open_duties = 0;
};

/// A fact that does not fit: an acceptance that nobody sent, an end without a beginning. Each is a fault of the
/// evidence.
struct Anomaly {
  stage::Time at{};
  stage::HostId host = 0;
  std::string text;
};

class Lineage {
 public:
  explicit Lineage(const stage::Journal& journal) : journal_(journal) {}

  /// Takes the next fact. To be called for all of them, in order.
  void take(const stage::Fact& fact);

  /// With a limit, finished roots beyond the newest `finished_max` are given to `on_finished` and forgotten, so that
  /// millions of messages need no more memory than thousands.
  void forget_finished(std::size_t finished_max, std::function<void(const RootMessage&, const Lineage&)> on_finished);

  const std::map<RootIndex, RootMessage>& roots() const { return roots_; }
  const CustodyRecord* custody(stage::Custody id) const;
  const std::vector<Anomaly>& anomalies() const { return anomalies_; }

  /// The hosts from the originator to this custody, the originator first.
  std::vector<stage::HostId> path(stage::Custody id) const;
  /// The custody records from the originator's to this one.
  std::vector<const CustodyRecord*> chain(stage::Custody id) const;

  /// Class of the message that a custody, or a transaction seen on the wire, belongs to; empty when unknown.
  std::string_view message_class(stage::Custody id) const;
  RootIndex root_of_transaction(stage::ConnectionId connection, std::uint32_t transaction) const;
  /// The custody that a fact tells of: its own, else the client's where it is of a transaction. nullptr when unknown.
  const CustodyRecord* record_of(const stage::Fact& fact) const;
  /// The client's custody; 0 when unknown.
  stage::Custody custody_of_transaction(stage::ConnectionId connection, std::uint32_t transaction) const;

 private:
  using TransactionKey = std::uint64_t;
  static TransactionKey key(stage::ConnectionId connection, std::uint32_t transaction) {
    return (connection << 20) | (transaction & 0xfffff);
  }
  CustodyRecord* find(const stage::Fact& fact);
  CustodyRecord& begin(const stage::Fact& fact, std::string why, stage::Custody parent, RootIndex root);
  Duty* duty(const stage::Fact& fact, CustodyRecord& record, bool must_exist);
  void add_duty(CustodyRecord& record, std::string recipient, std::string root_recipient);
  void end(const stage::Fact& fact, End how);
  void on_offered(const stage::Fact& fact);
  void on_accepted(const stage::Fact& fact);
  void on_spawned(const stage::Fact& fact);
  void on_rewritten(const stage::Fact& fact);
  void on_stored(const stage::Fact& fact);
  void on_decision(const stage::Fact& fact);
  void anomaly(const stage::Fact& fact, std::string text);
  void forget(RootIndex root);

  const stage::Journal& journal_;
  std::map<RootIndex, RootMessage> roots_;
  std::unordered_map<stage::Custody, CustodyRecord> custodies_;
  /// Both ends of a transaction on the wire: the client's custody, and the server's once it accepted.
  struct Passage {
    stage::Custody from = 0;
    stage::Custody to = 0;
  };
  bool was_accepted(const stage::Fact& relayed) const;

  std::unordered_map<TransactionKey, Passage> transactions_;
  std::vector<Anomaly> anomalies_;
  RootIndex next_root_ = 0;
  std::size_t finished_max_ = 0;
  std::deque<RootIndex> finished_;
  std::unordered_map<RootIndex, std::vector<TransactionKey>> transactions_of_;
  std::function<void(const RootMessage&, const Lineage&)> on_finished_;
};

}  // namespace watershed::harness
