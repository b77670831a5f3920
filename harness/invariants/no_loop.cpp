// No loop: a message does not meet the same host twice for the same recipient, and its way stays short. RFC 5321 §6.3.
#include "harness/invariants/invariant_table.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <set>

namespace watershed::harness {

namespace {

constexpr std::size_t hosts_max = 25;  // no way through the three worlds is half as long

}  // namespace

void check_no_loop(const Evidence& evidence, Findings& findings) {
  for (const auto& [index, root] : evidence.lineage.roots()) {
    bool reported = false;
    for (const stage::Custody id : root.custodies) {
      if (reported) break;
      std::set<std::tuple<stage::HostId, std::string, std::string>> seen;
      const std::vector<const CustodyRecord*> chain = evidence.lineage.chain(id);
      std::string content = "offered";
      for (std::size_t step = 0; step < chain.size() && !reported; ++step) {
        const CustodyRecord& record = *chain[step];
        const bool is_hop = record.why == "accepted";
        if (!is_hop && record.why != "forward" && record.why != "redirect") content = record.why;
        bool again = false;
        for (const Duty& duty : record.duties) {
          if (is_hop) again = again || !seen.insert({record.host, to_lower(duty.recipient), content}).second;
        }
        if (!again && step + 1 < hosts_max * 2) continue;
        reported = true;
        Finding found;
        found.rule = "invariant no-loop";
        found.label = root.label;
        found.path = evidence.host_names(evidence.lineage.path(record.id));
        found.trail = evidence.trail(record.id, {});
        const std::string recipient = chain[step]->parent_recipient;
        found.decided_by = evidence.decided_by(record.parent, recipient);
        found.sentence = fmt::format("message '{}' loops: {}", root.label, fmt::join(found.path, " > "));
        if (!found.decided_by.empty()) found.sentence += fmt::format(", sent round by {}", found.decided_by);
        findings.push_back(std::move(found));
      }
    }
  }
}

}  // namespace watershed::harness
