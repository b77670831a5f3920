// RFC 5321 §4.5.5, §6.1: the null reverse-path never gets a notice, and every notice carries the null reverse-path.
#include "harness/invariants/invariant_table.hpp"

#include <fmt/format.h>

namespace watershed::harness {

void check_no_bounce_to_null(const Evidence& evidence, Findings& findings) {
  for (const auto& [index, root] : evidence.lineage.roots()) {
    for (const stage::Custody id : root.custodies) {
      const CustodyRecord& record = *evidence.lineage.custody(id);
      const bool is_notice = record.why == "dsn" || record.why == "delay-notice" || record.why == "auto-reply";
      if (!is_notice) continue;
      const CustodyRecord* cause = evidence.lineage.custody(record.parent);
      const bool to_null = cause != nullptr && cause->reverse_path == "<>";
      const bool not_null = record.why != "auto-reply" && record.reverse_path != "<>";
      if (!to_null && !not_null) continue;
      Finding found;
      found.rule = "invariant no-bounce-to-null";
      found.label = root.label;
      found.path = evidence.host_names(evidence.lineage.path(id));
      found.sentence =
          to_null ? fmt::format("{} answered message '{}' with a {}, although its reverse-path is null",
                                evidence.journal.host_name(record.host), root.label, record.why)
                  : fmt::format("the {} of message '{}' made by {} has the reverse-path {}; expected the null one",
                                record.why, root.label, evidence.journal.host_name(record.host), record.reverse_path);
      findings.push_back(std::move(found));
    }
  }
}

}  // namespace watershed::harness
