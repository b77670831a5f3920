// What the journal says of each message, line by line, for as long as its worlds are still to be compared: a difference
// is shown with both journals' lines.
#include "harness/record/record_run.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <unordered_map>

namespace watershed::harness {

namespace {

using stage::FactKind;

constexpr std::size_t messages_max = 40;  // a load's messages are alike
constexpr std::size_t lines_max = 20;

// Decisions and ends. Who accepted it stands in the other side's `relayed`.
bool is_worth_a_line(FactKind kind) {
  switch (kind) {
    case FactKind::spawned:
    case FactKind::rewritten:
    case FactKind::merged:
    case FactKind::routed:
    case FactKind::deferred:
    case FactKind::filtered:
    case FactKind::relayed:
    case FactKind::stored:
    case FactKind::failed:
    case FactKind::discarded:
    case FactKind::held:
    case FactKind::answered:
    case FactKind::queued:
    case FactKind::rejected:
      return true;
    default:
      return false;
  }
}

// On whose behalf of the message's own recipients; empty where the fact concerns all of them.
std::string_view root_recipient(const CustodyRecord& record, const stage::Fact& fact) {
  for (const Duty& duty : record.duties) {
    if (!fact.recipient.empty() && equal_ignoring_case(duty.recipient, fact.recipient)) return duty.root_recipient;
  }
  return {};
}

}  // namespace

void keep_journals(const Evidence& evidence, ScenarioResult& result) {
  if (evidence.scenario.worlds.size() < 2) return;
  std::unordered_map<RootIndex, std::size_t> first_place;  // each recipient of a message has a place, in this order
  std::size_t places = 0;
  for (const auto& [index, root] : evidence.lineage.roots()) {
    if (places >= std::min(messages_max, result.messages.size())) break;
    first_place[index] = places;
    places += root.recipients.size();
  }
  for (const stage::Fact& fact : evidence.journal.facts()) {
    if (!is_worth_a_line(fact.kind)) continue;
    const CustodyRecord* record = evidence.lineage.record_of(fact);
    const auto place = record == nullptr ? first_place.end() : first_place.find(record->root);
    if (place == first_place.end()) continue;
    const std::string_view whose = root_recipient(*record, fact);
    std::string line;
    append_json_line(line, evidence.journal, fact);
    line.pop_back();
    const std::size_t end =
        std::min(place->second + evidence.lineage.roots().at(record->root).recipients.size(), result.messages.size());
    for (std::size_t index = place->second; index < end; ++index) {
      MessageResult& message = result.messages[index];
      const bool is_its = whose.empty() || equal_ignoring_case(whose, message.recipient);
      if (is_its && message.journal.size() < lines_max) message.journal.push_back(line);
    }
  }
}

}  // namespace watershed::harness
