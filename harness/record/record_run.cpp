// See record_run.hpp. The flow between hosts and the lines that decided; stories and series have files of their own.
#include "harness/record/record_run.hpp"

#include "base/text.hpp"

#include <tuple>
#include <unordered_map>

namespace watershed::harness {

namespace {

using stage::FactKind;

enum class Way { relay, refused, filter };

std::string_view to_string(Way way) {
  switch (way) {
    case Way::relay:
      return "relay";
    case Way::refused:
      return "refused";
    case Way::filter:
      return "filter";
  }
  return "?";
}

// `scenarios/worlds/phase1/transport:2`, not `default mx`.
bool is_file_line(std::string_view place) {
  const std::size_t colon = place.rfind(':');
  return colon != std::string_view::npos && colon + 1 < place.size() &&
         place.find_first_not_of("0123456789", colon + 1) == std::string_view::npos;
}

}  // namespace

std::vector<FlowHop> flow_hops(const Evidence& evidence) {
  const Lineage& lineage = evidence.lineage;
  std::map<std::tuple<stage::HostId, stage::HostId, std::string_view, Way>, std::uint64_t> counts;
  for (const auto& [index, root] : lineage.roots()) {
    for (const stage::Custody id : root.custodies) {
      const CustodyRecord& record = *lineage.custody(id);
      const CustodyRecord* parent = lineage.custody(record.parent);
      if (record.why != "accepted" || parent == nullptr) continue;
      ++counts[{parent->host, record.host, root.message_class, Way::relay}];
    }
  }
  for (const stage::Fact& fact : evidence.journal.facts()) {
    if (fact.kind != FactKind::rejected && fact.kind != FactKind::filtered) continue;
    const CustodyRecord* record = lineage.record_of(fact);
    if (record == nullptr || record->host == fact.host) continue;
    const std::string_view message_class = lineage.roots().at(record->root).message_class;
    ++counts[{record->host, fact.host, message_class, fact.kind == FactKind::rejected ? Way::refused : Way::filter}];
  }
  std::vector<FlowHop> hops;
  for (const auto& [key, count] : counts) {
    const auto& [from, to, message_class, way] = key;
    const ZoneSpec* zone = evidence.zone_of(to);
    const bool may = zone != nullptr && zone->may_carry(message_class);
    hops.push_back({evidence.journal.host_name(from), evidence.journal.host_name(to), std::string(message_class),
                    std::string(to_string(way)), count, !may});
  }
  return hops;
}

std::map<std::string, std::uint64_t> exercised_lines(const stage::Journal& journal) {
  std::unordered_map<std::string_view, std::uint64_t> decisions;
  for (const stage::Fact& fact : journal.facts()) {
    if (!fact.decided_by.empty()) ++decisions[fact.decided_by];
  }
  std::map<std::string, std::uint64_t> lines;
  for (const auto& [decided_by, count] : decisions) {
    // A decision may rest on several lines: `virtual:7, virtual:6`.
    for (const std::string_view place : split(decided_by, ",")) {
      if (is_file_line(trim(place))) lines[std::string(trim(place))] += count;
    }
  }
  return lines;
}

void record_run(const Evidence& evidence, const DialogueRecorder& dialogues, const RecordOptions& options,
                ScenarioResult& result) {
  result.flow = flow_hops(evidence);
  result.lines = exercised_lines(evidence.journal);
  result.has_changed_files = !evidence.scenario.changes.empty();
  result.series = time_series(evidence);
  keep_journals(evidence, result);
  tell_stories(evidence, dialogues, options, result);
}

}  // namespace watershed::harness
