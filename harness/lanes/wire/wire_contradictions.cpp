// Where a fake is one end of a transaction, its own word and the wire must agree; and a queue has what somebody is
// known to have sent. See wire_reading.hpp.
#include "base/text.hpp"
#include "harness/lanes/wire/wire_reading.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::harness {

using stage::FactKind;

namespace {

using Key = std::pair<stage::ConnectionId, std::uint32_t>;

const witness::SeenRecipient* recipient_in(const WireTransaction& transaction, std::string_view recipient) {
  for (const witness::SeenRecipient& each : transaction.seen->recipients) {
    if (equal_ignoring_case(each.forward_path, recipient)) return &each;
  }
  return nullptr;
}

}  // namespace

void WireReading::check_witnesses() {
  std::map<Key, const WireTransaction*> by_key;
  for (const WireTransaction& transaction : transactions) {
    by_key[{transaction.connection, transaction.seen->number}] = &transaction;
  }
  std::set<std::pair<Key, std::string>> accepted;
  for (const stage::Fact& fact : sources.direct) {
    const bool is_claim = fact.kind == FactKind::relayed || fact.kind == FactKind::accepted;
    if (!is_claim) continue;
    const Key key{fact.connection, fact.transaction};
    if (fact.kind == FactKind::accepted) accepted.insert({key, to_lower(fact.recipient)});
    const auto found = by_key.find(key);
    const witness::SeenRecipient* seen = found == by_key.end() ? nullptr : recipient_in(*found->second, fact.recipient);
    // A server may have taken what its 250 never told; a client cannot have been told what was not on the wire.
    bool agrees = seen != nullptr && found->second->seen->is_accepted(*seen);
    if (fact.kind == FactKind::accepted && seen != nullptr) {
      const mail::Reply* reply = found->second->seen->deciding_reply(*seen);
      agrees = reply == nullptr || reply->is_positive();
    }
    if (agrees) continue;
    fault(fmt::format("a fake says that {} was {} (connection {}, transaction {}), and on the wire it was not",
                      fact.recipient, to_string(fact.kind), fact.connection, fact.transaction));
  }
  for (const WireTransaction& transaction : transactions) {
    if (transaction.server->program != HostProgram::in_process) continue;
    for (const witness::SeenRecipient& each : transaction.seen->recipients) {
      if (!transaction.seen->is_accepted(each)) continue;
      const Key key{transaction.connection, transaction.seen->number};
      if (accepted.count({key, to_lower(each.forward_path)}) > 0) continue;
      fault(fmt::format("{} answered 250 for {} and its own record knows nothing of it", transaction.server->name,
                        each.forward_path),
            transaction.server);
    }
  }
}

// What sendmail(1) was given lies in maildrop until pickup(8) reads it (postdrop(1)): until then nobody can tell whose
// message it is and where it goes, so no verdict can be given about it.
void WireReading::check_queues() {
  for (const QueueEntry& entry : sources.queues) {
    for (const WireHost& host : hosts) {
      if (host.id != entry.host) continue;
      if (entry.queue == "maildrop") {
        fault(fmt::format("a message was submitted at {} and not yet taken up ({} in its queue maildrop): whose it is "
                          "and where it goes is not known",
                          host.name, entry.queue_id),
              &host);
      } else if (find(host, entry.queue_id) == nullptr) {
        fault(fmt::format("the queue of {} holds {} for {}, which nobody is known to have sent", host.name,
                          entry.queue_id, entry.recipient),
              &host);
      }
    }
  }
}

}  // namespace watershed::harness
