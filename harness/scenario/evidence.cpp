// See evidence.hpp.
#include "harness/scenario/evidence.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <set>

namespace watershed::harness {

const ZoneSpec* Evidence::zone_of(stage::HostId host) const {
  const HostSpec* spec = world.host(journal.host_name(host));
  return spec == nullptr ? nullptr : world.zone(spec->zone);
}

std::vector<const RootMessage*> Evidence::messages(std::string_view label) const {
  std::vector<const RootMessage*> found;
  for (const auto& [index, root] : lineage.roots()) {
    if (root.label == label) found.push_back(&root);
  }
  return found;
}

std::vector<const StoredCopy*> Evidence::copies_of(const RootMessage& root) const {
  std::vector<const StoredCopy*> found;
  for (const Delivery& delivery : root.deliveries) {
    if (delivery.is_notice) continue;
    for (const StoredCopy& copy : copies) {
      if (copy.custody != delivery.custody || copy.folder != delivery.folder) continue;
      if (!equal_ignoring_case(copy.mailbox, delivery.mailbox)) continue;
      if (std::find(found.begin(), found.end(), &copy) == found.end()) found.push_back(&copy);
    }
  }
  return found;
}

std::vector<std::string> Evidence::host_names(const std::vector<stage::HostId>& hosts) const {
  std::vector<std::string> names;
  for (const stage::HostId host : hosts) names.push_back(journal.host_name(host));
  return names;
}

namespace {

const Duty* duty_for(const CustodyRecord& record, std::string_view recipient) {
  for (const Duty& duty : record.duties) {
    if (equal_ignoring_case(duty.recipient, recipient)) return &duty;
  }
  return record.duties.empty() ? nullptr : &record.duties.front();
}

// Duties along the chain to `custody`: each record's duty is the one that the next record came of.
std::vector<const Duty*> duties_along(const Lineage& lineage, stage::Custody custody, std::string_view recipient) {
  const std::vector<const CustodyRecord*> chain = lineage.chain(custody);
  std::vector<const Duty*> duties;
  for (std::size_t index = 0; index < chain.size(); ++index) {
    const bool is_last = index + 1 == chain.size();
    const Duty* duty = duty_for(*chain[index], is_last ? recipient : chain[index + 1]->parent_recipient);
    if (duty != nullptr) duties.push_back(duty);
  }
  return duties;
}

}  // namespace

std::vector<std::string> Evidence::trail(stage::Custody custody, std::string_view recipient) const {
  std::vector<std::string> lines;
  for (const Duty* duty : duties_along(lineage, custody, recipient)) {
    lines.insert(lines.end(), duty->trail.begin(), duty->trail.end());
  }
  return lines;
}

std::string Evidence::decided_by(stage::Custody custody, std::string_view recipient) const {
  const std::vector<const Duty*> duties = duties_along(lineage, custody, recipient);
  for (auto duty = duties.rbegin(); duty != duties.rend(); ++duty) {
    if (!(*duty)->decided_by.empty()) return (*duty)->decided_by;
  }
  return {};
}

bool Evidence::was_put_off(const Delivery& delivery) const {
  const std::vector<const Duty*> duties = duties_along(lineage, delivery.custody, delivery.recipient);
  return std::any_of(duties.begin(), duties.end(), [](const Duty* duty) { return duty->deferred; });
}

FlowFigures Evidence::figures() const {
  FlowFigures figures;
  std::set<std::string> rules;
  std::set<std::vector<stage::HostId>> paths;
  for (const auto& [index, root] : lineage.roots()) {
    for (const Delivery& delivery : root.deliveries) {
      if (delivery.is_notice) continue;
      std::vector<stage::HostId> inside;
      for (const CustodyRecord* record : lineage.chain(delivery.custody)) {
        const ZoneSpec* zone = zone_of(record->host);
        const bool counts = zone != nullptr && !zone->is_external && record->why != "offered";
        if (counts && (inside.empty() || inside.back() != record->host)) inside.push_back(record->host);
      }
      figures.hops = std::max(figures.hops, inside.size());
      paths.insert(std::move(inside));
      for (const std::string& line : trail(delivery.custody, delivery.recipient)) {
        // A decision may rest on several lines: `(virtual:7, virtual:6)`.
        std::string_view lines = std::string_view(line).substr(line.rfind('(') + 1);
        if (lines.ends_with(')')) lines.remove_suffix(1);
        for (const std::string_view each : split(lines, ",")) rules.emplace(trim(each));
      }
    }
  }
  figures.rules = rules.size();
  figures.distinct_paths = paths.size();
  return figures;
}

}  // namespace watershed::harness
