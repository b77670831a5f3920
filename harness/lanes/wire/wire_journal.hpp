// The journal of the live lane: what in-process fakes wrote themselves, and what the witness saw of the real programs,
// as one list of facts in which every cause stands before its effect. stage/journal.hpp says what each fact means.
//
// A message in the hands of a real program is known by that program's own id: Postfix's queue id (in its `queued as`
// and in the Received field of what it sends on), Dovecot's LMTP session. Configuration and logs add why; that
// something was said to somebody comes from packets alone. What cannot be attributed is a fault of the evidence, never
// left out.
#pragma once

#include "components/router/engine/commands.hpp"
#include "components/router/route/router_policy.hpp"
#include "components/store/mailbox.hpp"
#include "harness/lanes/wire/over_time.hpp"
#include "harness/scenario/evidence.hpp"
#include "stage/connection_registry.hpp"
#include "witness/witness.hpp"

#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace watershed::harness {

enum class HostProgram { in_process, postfix, dovecot };

struct WireHost {
  stage::HostId id = 0;
  std::string name;
  std::vector<IpAddress> addresses;
  HostProgram program = HostProgram::in_process;
  OverTime<std::shared_ptr<const router::RouteDecider>> decider =
      {};  ///< of a Postfix host: names the line if it agrees
  OverTime<std::shared_ptr<const std::vector<store::MailboxSettings>>> mailboxes = {};  ///< of a Dovecot host, likewise
  std::shared_ptr<router::Commands> commands = nullptr;  ///< of a Postfix host that runs procmail, likewise
};

struct LogEntry {
  stage::Time at{};
  std::string tag;  ///< `postfix/smtpd`
  std::string text;
};

/// A message file that a real program holds in a mailbox.
struct HeldFile {
  stage::HostId host = 0;
  std::string mailbox;
  std::string folder;
  std::vector<std::string> flags;
  std::string bytes;  ///< as in the file
};

/// A message that a Postfix host still has, as its queue says.
struct QueueEntry {
  stage::HostId host = 0;
  std::string queue_id;
  std::string queue;      ///< active, deferred, hold … or maildrop, whose file names are no queue ids
  std::string recipient;  ///< empty: all whose end is not known
  std::string reason;
};

/// What a spam filter said of a message that a Postfix host asked it about.
struct FilterEntry {
  stage::HostId filter = 0;  ///< the filter's host
  stage::HostId asker = 0;   ///< the Postfix host
  std::string queue_id;      ///< at the asker
  std::string action;        ///< accept, tag, reject, tempfail, quarantine, discard
  std::string rule;
  std::string decided_by;  ///< the rule's `file:line`
  stage::Time at{};
};

/// A message that a program on a Postfix host threw away, as its log says.
struct ProgramDiscard {
  stage::HostId host = 0;
  std::string subject;  ///< perhaps cut
};

struct WireSources {
  std::span<const stage::Fact> direct;  ///< of all that runs in process
  const witness::Seen& seen;
  std::span<const stage::NumberedConnection> numbered;  ///< connections with an end in process, in order
  std::map<stage::HostId, std::vector<LogEntry>> logs = {};
  std::vector<HeldFile> files = {};
  std::vector<QueueEntry> queues = {};
  std::vector<FilterEntry> filters = {};
  stage::Time now{};  ///< when queues and files were looked at
  std::vector<ProgramDiscard> discards = {};
  std::map<stage::HostId, std::size_t> forgotten_lines = {};  ///< that `logs` lacks at their beginning
};

struct JournalReading {
  std::vector<stage::Fact> facts;                ///< causes before effects, else by time
  std::vector<StoredCopy> copies;                ///< of real mailboxes
  std::vector<stage::ConnectionId> connections;  ///< of what the witness saw, in its order
  Findings faults;  ///< what could not be attributed, where two witnesses disagree, what was not seen
};

class WireJournal {
 public:
  /// `start_unix_ns`: the real-time clock at stage time 0.
  WireJournal(std::vector<WireHost> hosts, std::int64_t start_unix_ns);
  ~WireJournal();

  /// The host decides differently from `from` on.
  void reconfigure(stage::HostId host, stage::Time from, std::shared_ptr<const router::RouteDecider> decider);
  void reconfigure(stage::HostId host, stage::Time from,
                   std::shared_ptr<const std::vector<store::MailboxSettings>> mailboxes);

  /// Reads everything there is so far. A message keeps its custody number from one reading to the next.
  JournalReading read(const WireSources& sources);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace watershed::harness
