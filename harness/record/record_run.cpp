// See record_run.hpp. The flow between hosts and the lines that decided; stories and series have files of their own.
#include "harness/record/record_run.hpp"

#include "base/text.hpp"

#include <algorithm>
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

// Few different ones, counted very often: what was counted last is found first.
class HopCounts {
 public:
  using Key = std::tuple<stage::HostId, stage::HostId, Way, std::string_view>;  // the class last: it compares slowest

  void add(const Key& key) {
    for (std::size_t step = 0; step < counts_.size(); ++step, last_ = (last_ + 1) % counts_.size()) {
      if (counts_[last_].first != key) continue;
      ++counts_[last_].second;
      return;
    }
    last_ = counts_.size();
    counts_.emplace_back(key, 1);
  }
  std::map<Key, std::uint64_t> sorted() const { return {counts_.begin(), counts_.end()}; }

 private:
  std::vector<std::pair<Key, std::uint64_t>> counts_;
  std::size_t last_ = 0;
};

}  // namespace

std::vector<FlowHop> flow_hops(const Evidence& evidence) {
  const Lineage& lineage = evidence.lineage;
  HopCounts counts;
  // A parent is nearly always one of the few custodies before, and looking each up again is what a load would pay for.
  std::vector<std::pair<stage::Custody, stage::HostId>> before;
  for (const auto& [index, root] : lineage.roots()) {
    before.clear();
    for (const stage::Custody id : root.custodies) {
      const CustodyRecord& record = *lineage.custody(id);
      before.emplace_back(id, record.host);
      if (record.why != "accepted") continue;
      const auto known =
          std::find_if(before.rbegin(), before.rend(), [&](const auto& each) { return each.first == record.parent; });
      const CustodyRecord* parent = known == before.rend() ? lineage.custody(record.parent) : nullptr;
      if (known == before.rend() && parent == nullptr) continue;
      const stage::HostId from = parent == nullptr ? known->second : parent->host;
      counts.add({from, record.host, Way::relay, root.message_class});
    }
  }
  for (const stage::Fact& fact : evidence.journal.facts()) {
    if (fact.kind != FactKind::rejected && fact.kind != FactKind::filtered) continue;
    const CustodyRecord* record = lineage.custody(fact.custody);
    if (record == nullptr) {
      record = lineage.custody(lineage.custody_of_transaction(fact.connection, fact.transaction));
    }
    if (record == nullptr || record->host == fact.host) continue;
    const std::string_view message_class = lineage.roots().at(record->root).message_class;
    counts.add({record->host, fact.host, fact.kind == FactKind::rejected ? Way::refused : Way::filter, message_class});
  }
  std::vector<FlowHop> hops;
  for (const auto& [key, count] : counts.sorted()) {
    const auto& [from, to, way, message_class] = key;
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
