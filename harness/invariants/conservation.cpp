// Conservation: offered = delivered + rejected + bounced + discarded by rule + still queued; nothing lost, nothing
// doubled, nothing altered. By custody (who took responsibility) and by content hash.
#include "harness/invariants/invariant_table.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <map>
#include <tuple>

namespace watershed::harness {

namespace {

Finding finding(const Evidence& evidence, const RootMessage& root, const CustodyRecord& record,
                std::string_view recipient, std::string sentence) {
  Finding found;
  found.rule = "invariant conservation";
  found.sentence = std::move(sentence);
  found.label = root.label;
  found.path = evidence.host_names(evidence.lineage.path(record.id));
  found.trail = evidence.trail(record.id, recipient);
  found.decided_by = evidence.decided_by(record.id, recipient);
  return found;
}

void check_lost(const Evidence& evidence, const RootMessage& root, Findings& findings) {
  for (const stage::Custody id : root.custodies) {
    const CustodyRecord& record = *evidence.lineage.custody(id);
    for (const Duty& duty : record.duties) {
      if (duty.end != End::open) continue;
      findings.push_back(finding(
          evidence, root, record, duty.recipient,
          fmt::format("message '{}' for {} is lost: {} took it at {:.3f} s and it neither went on nor is in a queue",
                      root.label, duty.recipient, evidence.journal.host_name(record.host),
                      std::chrono::duration<double>(record.began_at).count())));
    }
  }
}

void check_unreported(const Evidence& evidence, const RootMessage& root, Findings& findings) {
  for (const stage::Custody id : root.custodies) {
    const CustodyRecord& record = *evidence.lineage.custody(id);
    // The originator knows of its own failures; a notice or the null reverse-path asks for no report (RFC 5321 §6.1).
    if (record.why == "offered" || record.reverse_path == "<>") continue;
    for (const Duty& duty : record.duties) {
      if (duty.end != End::failed) continue;
      bool reported = false;
      for (const stage::Custody other : root.custodies) {
        const CustodyRecord& notice = *evidence.lineage.custody(other);
        reported = reported || (notice.parent == id && notice.why == "dsn");
      }
      if (reported || duty.text.find("NOTIFY=NEVER") != std::string::npos) continue;
      findings.push_back(finding(evidence, root, record, duty.recipient,
                                 fmt::format("message '{}' for {} failed at {} ({}) and nobody was told", root.label,
                                             duty.recipient, evidence.journal.host_name(record.host), duty.text)));
    }
  }
}

void check_doubled_and_altered(const Evidence& evidence, const RootMessage& root, Findings& findings) {
  std::map<std::tuple<std::string, std::string, std::string, std::string>, int> seen;
  for (const Delivery& delivery : root.deliveries) {
    const CustodyRecord& record = *evidence.lineage.custody(delivery.custody);
    const int times =
        ++seen[{to_lower(delivery.root_recipient), to_lower(delivery.mailbox), delivery.folder, delivery.kind}];
    // Notices may come for each stage of a delivery (delayed, then failed); the message itself comes once.
    if (times == 2 && !delivery.is_notice) {
      findings.push_back(finding(evidence, root, record, delivery.recipient,
                                 fmt::format("message '{}' for {} is in {} of {} more than once", root.label,
                                             delivery.root_recipient, delivery.folder, delivery.mailbox)));
    }
    if (delivery.body_hash != record.expected_hash) {
      findings.push_back(finding(evidence, root, record, delivery.recipient,
                                 fmt::format("message '{}' in {} of {} does not have the body that was sent",
                                             root.label, delivery.folder, delivery.mailbox)));
    }
  }
}

}  // namespace

void check_conservation(const Evidence& evidence, Findings& findings) {
  for (const auto& [index, root] : evidence.lineage.roots()) {
    check_lost(evidence, root, findings);
    check_unreported(evidence, root, findings);
    check_doubled_and_altered(evidence, root, findings);
  }
  for (const Anomaly& anomaly : evidence.lineage.anomalies()) {
    Finding found;
    found.rule = "invariant conservation";
    found.sentence = fmt::format("{} {} (at {:.3f} s)", evidence.journal.host_name(anomaly.host), anomaly.text,
                                 std::chrono::duration<double>(anomaly.at).count());
    found.path = {evidence.journal.host_name(anomaly.host)};
    findings.push_back(std::move(found));
  }
}

}  // namespace watershed::harness
