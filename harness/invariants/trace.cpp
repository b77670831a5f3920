// Trace: each stored copy carries well-formed Received fields (RFC 5321 §4.4), at least one for each SMTP hop it made.
#include "harness/invariants/invariant_table.hpp"

#include "mail/trace.hpp"

#include <fmt/format.h>

namespace watershed::harness {

void check_trace(const Evidence& evidence, Findings& findings) {
  for (const StoredCopy& copy : evidence.copies) {
    const CustodyRecord* record = evidence.lineage.custody(copy.custody);
    if (record == nullptr || copy.message == nullptr) continue;
    const RootMessage& root = evidence.lineage.roots().at(record->root);
    const auto report = [&](std::string sentence) {
      Finding found;
      found.rule = "invariant trace";
      found.label = root.label;
      found.path = evidence.host_names(evidence.lineage.path(copy.custody));
      found.sentence = std::move(sentence);
      findings.push_back(std::move(found));
    };
    // What the message brought along is its author's; only what the world added is judged.
    const auto offered = evidence.offered.find(root.custody);
    const std::size_t brought = offered == evidence.offered.end() ? 0 : mail::trace_faults(*offered->second).size();
    const std::vector<std::string> faults = mail::trace_faults(*copy.message);
    if (faults.size() > brought) {
      report(fmt::format("message '{}' in {} has a malformed trace field: {}", root.label, copy.mailbox, faults[0]));
    }
    int hops = copy.has_holders_trace ? 0 : -1;
    for (const CustodyRecord* step : evidence.lineage.chain(copy.custody)) {
      if (step->why == "accepted") ++hops;
      if (step->why == "dsn" || step->why == "auto-reply" || step->why == "notification" ||
          step->why == "delay-notice") {
        hops = copy.has_holders_trace ? 0 : -1;
      }
    }
    const int received = mail::hop_count(*copy.message);
    if (received < hops) {
      report(fmt::format("message '{}' in {} was accepted by {} hosts but carries {} Received fields", root.label,
                         copy.mailbox, hops, received));
    }
  }
}

}  // namespace watershed::harness
