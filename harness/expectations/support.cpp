// See support.hpp.
#include "harness/expectations/support.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::harness {

namespace {

bool is_message_itself(const Evidence& evidence, const CustodyRecord& record) {
  for (const CustodyRecord* step : evidence.lineage.chain(record.id)) {
    if (step->why == "dsn" || step->why == "auto-reply" || step->why == "notification" || step->why == "delay-notice" ||
        step->why == "reply") {
      return false;
    }
  }
  return true;
}

}  // namespace

Finding finding_of(const Expectation& expectation, std::string sentence) {
  Finding found;
  found.rule = "expectation " + expectation.kind;
  found.sentence = std::move(sentence);
  found.at = expectation.node.position();
  found.label = expectation.subject;
  return found;
}

Finding finding_of(const Expectation& expectation, const Evidence& evidence, const RootMessage& root,
                   std::string sentence) {
  Finding found = finding_of(expectation, std::move(sentence));
  // The furthest copy tells most about why.
  stage::Custody shown = root.custody;
  for (const stage::Custody id : root.custodies) {
    const CustodyRecord& record = *evidence.lineage.custody(id);
    if (is_message_itself(evidence, record)) shown = id;
  }
  found.path = evidence.host_names(evidence.lineage.path(shown));
  found.trail = evidence.trail(shown, {});
  found.decided_by = evidence.decided_by(shown, {});
  return found;
}

std::vector<const RootMessage*> subjects(const Expectation& expectation, const Evidence& evidence, Findings& findings) {
  std::vector<const RootMessage*> found = evidence.messages(expectation.subject);
  if (found.empty()) {
    Finding missing = finding_of(
        expectation, fmt::format("message '{}' was never sent: nothing can be said about it", expectation.subject));
    findings.push_back(std::move(missing));
  }
  return found;
}

void for_each_duty(const Evidence& evidence, const RootMessage& root,
                   const std::function<void(const CustodyRecord&, const Duty&)>& visit) {
  for (const stage::Custody id : root.custodies) {
    const CustodyRecord& record = *evidence.lineage.custody(id);
    if (!is_message_itself(evidence, record)) continue;
    for (const Duty& duty : record.duties) visit(record, duty);
  }
}

std::string fate_of(const Evidence& evidence, const RootMessage& root) {
  std::vector<std::string> parts;
  for (const Delivery& delivery : root.deliveries) {
    if (delivery.is_notice) continue;
    parts.push_back(fmt::format("delivered to {} of {} on {}", delivery.folder, delivery.mailbox,
                                evidence.journal.host_name(delivery.host)));
  }
  for_each_duty(evidence, root, [&](const CustodyRecord& record, const Duty& duty) {
    const std::string& host = evidence.journal.host_name(record.host);
    switch (duty.end) {
      case End::open:
        parts.push_back(fmt::format("lost at {} for {}", host, duty.recipient));
        break;
      case End::failed:
        parts.push_back(fmt::format("failed at {} for {} ({})", host, duty.recipient, duty.text));
        break;
      case End::discarded:
        parts.push_back(fmt::format("discarded at {} ({})", host, duty.text));
        break;
      case End::held:
        parts.push_back(fmt::format("held at {} ({})", host, duty.text));
        break;
      case End::queued:
        parts.push_back(fmt::format("still queued at {} for {}{}", host, duty.recipient,
                                    duty.text.empty() ? "" : fmt::format(" ({})", duty.text)));
        break;
      default:
        break;
    }
  });
  if (parts.empty()) return "nothing is known of it";
  constexpr std::size_t parts_max = 6;
  const std::size_t shown = std::min(parts.size(), parts_max);
  std::string text =
      fmt::format("{}", fmt::join(parts.begin(), parts.begin() + static_cast<std::ptrdiff_t>(shown), "; "));
  if (parts.size() > shown) text += fmt::format("; and {} more", parts.size() - shown);
  return text;
}

bool names_recipient(std::string_view wanted, const Duty& duty) {
  return wanted.empty() || equal_ignoring_case(wanted, duty.recipient) ||
         equal_ignoring_case(wanted, duty.root_recipient);
}

std::string optional_text(const yaml::Node& node, std::string_view key) {
  const yaml::Node* found = node.find(key);
  return found == nullptr ? std::string() : yaml::as_text(*found);
}

void use_name(Expectation& expectation, NameUse::Kind kind, const yaml::Node& node, std::string_view key) {
  if (const yaml::Node* found = node.find(key)) expectation.uses.push_back({kind, *found});
}

}  // namespace watershed::harness
