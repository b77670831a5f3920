// One reading of the live lane's sources, step by step. Included by harness/lanes/wire's own .cpp files only.
#pragma once

#include "components/router/engine/commands.hpp"
#include "harness/lanes/wire/content_marks.hpp"
#include "harness/lanes/wire/postfix_log.hpp"
#include "harness/lanes/wire/store_lines.hpp"
#include "harness/lanes/wire/wire_journal.hpp"

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace watershed::harness {

inline constexpr std::size_t no_index = static_cast<std::size_t>(-1);

/// A witnessed transaction with what belongs to it.
struct WireTransaction {
  const witness::SmtpTransaction* seen = nullptr;
  stage::ConnectionId connection = 0;
  const WireHost* client = nullptr;  ///< nullptr: an address of no host
  const WireHost* server = nullptr;
  ContentMarks marks;
  stage::Time began{};
  stage::Time ended{};
};

/// A message in the hands of a real program.
struct Held {
  stage::Custody custody = 0;
  const WireHost* host = nullptr;
  std::string id;
  std::string reverse_path;
  std::vector<std::string> recipients;  ///< as it came in
  std::string message_id;
  std::uint64_t body_hash = 0;
  std::uint64_t size_octets = 0;
  bool is_own = false;          ///< made here, not taken from anybody
  bool asks_no_notice = false;  ///< NOTIFY=NEVER
  stage::Time began{};
  stage::Time answered{};  ///< when the sender was told
  std::string_view body;   ///< content as it came in, for comparing with files
  std::vector<const WireTransaction*> sent;
  std::set<std::string> done;  ///< recipients, in lower case, whose end is in the facts
};

/// A message that a real program made because of another one.
struct Spawned {
  Held* made = nullptr;
  stage::Custody cause = 0;
  std::string detail;  ///< dsn, delay-notice, notification, auto-reply, redirect, forward
  std::vector<std::string> on_behalf_of;
  stage::Time at{};
  std::string decided_by = {};
};

/// What our own evaluator says that procmail did with a message for one recipient.
struct Foreseen {
  const Held* of = nullptr;
  std::string recipient;
  const router::CommandResult* result = nullptr;
  std::size_t seen = 0;  ///< copies, submissions and discards of the result that were found
};

struct WireReading {
  const std::vector<WireHost>& hosts;
  std::map<std::string, stage::Custody>& custodies;                       ///< numbers given in earlier readings
  std::map<std::string, std::optional<sieve::Outcome>>& scripts;          ///< … what scripts must have done
  std::map<std::string, std::optional<router::CommandResult>>& commands;  ///< … and what procmail must have done
  std::int64_t start_unix_ns;
  const WireSources& sources;
  JournalReading result = {};

  std::deque<WireTransaction> transactions = {};
  std::deque<Held> held = {};
  std::map<std::pair<stage::HostId, std::string>, Held*> by_id = {};
  std::vector<Spawned> spawned = {};
  std::vector<Foreseen> foreseen = {};
  /// By host: lines of the log that say something, with their time.
  std::map<stage::HostId, std::vector<std::pair<stage::Time, PostfixLogLine>>> log = {};

  stage::Time time_of(std::int64_t unix_ns) const { return stage::Time(unix_ns - start_unix_ns); }
  const WireHost* host_at(const IpAddress& address) const;
  Held* find(const WireHost& host, std::string_view id);
  Held& hold(const WireHost& host, std::string id);
  stage::Fact& record(stage::FactKind kind, const Held& held, stage::Time at, std::string recipient);
  void fault(std::string sentence, const WireHost* host = nullptr);

  void read_logs();
  void join_connections();  // wire_connections.cpp
  void take_accepted();     // wire_connections.cpp
  void take_rejected(const WireTransaction& transaction);
  void take_filtered();
  const WireTransaction* refused_at(const WireHost& host, stage::Time at,
                                    std::set<const WireTransaction*>& joined) const;
  void take_sent_by_postfix();  // wire_postfix.cpp
  void take_notices();
  void take_submitted();  // wire_submitted.cpp
  void end_rule_processors();
  bool is_by(std::string_view program, const router::RouteDecider* decider,
             const PostfixLogLine& line) const;  // wire_recipes.cpp
  void foresee_procmail();
  std::string recipe_behind_copy(const Held& of, std::string_view mailbox, std::string_view folder);
  std::string recipe_behind_discard(const Held& of, std::string_view recipient);
  void note_recipes();
  void record_spawned();
  void end_postfix();         // wire_postfix_ends.cpp
  void take_sent_by_store();  // wire_store.cpp
  void end_store();
  void note_branches();
  const store::MailboxSettings* mailbox_of(const Held& held, std::string_view recipient) const;
  const std::optional<sieve::Outcome>& script_of(const Held& held, std::string_view recipient,
                                                 const store::MailboxSettings& mailbox);
  std::string store_line(const Held& held, std::string_view recipient, StoreDeed deed, std::string_view target);
  void check_witnesses();  // wire_contradictions.cpp
  void check_queues();
  void take_strays();
};

/// The facts of a transaction as its client has them: `attempted`, and `relayed` for each recipient that was taken.
void record_sending(WireReading& reading, const Held& held, const WireTransaction& transaction);

/// `mx.ctbto.int[192.0.2.25]:25`, as components name a peer.
std::string peer_name(const WireReading& reading, const Endpoint& endpoint);

/// Puts causes before effects: a custody begins before anything is said of it, a transaction is attempted before it is
/// accepted and accepted before it is relayed. Else by time, and then in the order given.
std::vector<stage::Fact> in_causal_order(std::vector<stage::Fact> facts);

}  // namespace watershed::harness
