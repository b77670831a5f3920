// Hermetic: no packet goes to an address outside the world, and every name is looked up at the world's own stub.
#include "harness/invariants/invariant_table.hpp"

#include <fmt/format.h>

#include <map>
#include <set>

namespace watershed::harness {

void check_hermetic(const Evidence& evidence, Findings& findings) {
  std::set<std::string> asked;
  for (const stage::Fact& fact : evidence.journal.facts()) {
    if (fact.kind == stage::FactKind::answered_query) asked.insert(fact.recipient + " " + fact.detail);
  }
  std::set<std::string> reported;
  for (const stage::Fact& fact : evidence.journal.facts()) {
    Finding found;
    found.rule = "invariant hermetic";
    found.path = {evidence.journal.host_name(fact.host)};
    if (fact.kind == stage::FactKind::escaped) {
      found.sentence = fmt::format("{} sent something to {}, which is not part of the world",
                                   evidence.journal.host_name(fact.host), fact.detail);
    } else if (fact.kind == stage::FactKind::looked_up && !asked.contains(fact.recipient + " " + fact.detail)) {
      found.sentence = fmt::format("{} looked up {} {}, and the stub never saw the query",
                                   evidence.journal.host_name(fact.host), fact.recipient, fact.detail);
    } else {
      continue;
    }
    if (reported.insert(found.sentence).second) findings.push_back(std::move(found));
  }
}

}  // namespace watershed::harness
