// See zone_check.hpp.
#include "fakes/dns/zone_check.hpp"

#include "base/text.hpp"
#include "fakes/dns/zone_text.hpp"
#include "talk/dns_name.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace watershed::dns {

namespace {

using talk::RecordType;

class Checker {
 public:
  Checker(const std::vector<ZoneText>& files, ZoneSet& zones, Diagnostics& errors)
      : files_(files), zones_(zones), errors_(errors) {}

  void check() {
    drop_repeated();
    for (const Record& record : zones_.records) {
      by_owner_[record.owner].push_back(&record);
      if (record.type == RecordType::soa) find_apex(record);
    }
    if (apexes_.empty()) {
      const std::string file = files_.empty() ? std::string() : files_.front().file;
      errors_.push_back({Severity::error, {file, 0, 0}, "no SOA record; expected one at the top of each zone", {}, {}});
      return;
    }
    for (const Record& record : zones_.records) {
      check_inside(record);
      if (record.type == RecordType::cname) check_alias(record);
      if (record.type == RecordType::mx) check_target(record, record.rdata.substr(2));
      if (record.type == RecordType::ns) check_target(record, record.rdata);
      if (record.type == RecordType::ns) check_delegation(record);
    }
  }

 private:
  void drop_repeated() {
    std::unordered_set<std::string> seen;
    std::erase_if(zones_.records, [&](const Record& record) {
      const std::string key = fmt::format("{}/{}/", static_cast<unsigned>(record.type), record.rdata) + record.owner;
      if (seen.insert(key).second) return false;
      report(Severity::warning, record, "this record is here twice; the second is ignored");
      return true;
    });
  }

  void find_apex(const Record& soa) {
    const auto [found, is_new] = apexes_.emplace(soa.owner, &soa);
    if (!is_new) {
      report(Severity::error, soa,
             fmt::format("a second SOA record for {}; the first is at {}", name_of(soa.owner),
                         to_file_line(found->second->at)));
    }
  }

  // The SOA of the zone that holds a name, or null.
  const Record* soa_of(std::string_view name) const {
    for (;; name = talk::parent_of(name)) {
      if (const auto found = apexes_.find(name); found != apexes_.end()) return found->second;
      if (name.size() <= 1) return nullptr;
    }
  }

  void check_inside(const Record& record) {
    if (soa_of(record.owner) != nullptr) return;
    std::vector<std::string> names;
    for (const auto& [apex, soa] : apexes_) names.push_back(name_of(apex));
    std::sort(names.begin(), names.end());
    const std::vector<std::string_view> candidates(names.begin(), names.end());
    const std::string near = nearest_match(name_of(record.owner), candidates);
    report(Severity::error, record,
           fmt::format("{} is in none of the zones here; expected a SOA record for it, or a name in one of: {}",
                       name_of(record.owner), fmt::join(names, ", ")),
           near.empty() ? "" : fmt::format("did you mean '{}'?", near));
  }

  void check_alias(const Record& alias) {
    for (const Record* other : by_owner_[alias.owner]) {
      if (other == &alias) continue;
      // RFC 1034 §3.6.2: if a CNAME is present at a node, no other data should be. Reported once for two CNAMEs.
      if (other->type == RecordType::cname && other < &alias) continue;
      report(Severity::error, alias,
             fmt::format("{} has a CNAME and, at {}, {} data; expected nothing beside a CNAME", name_of(alias.owner),
                         to_file_line(other->at), talk::to_string(other->type)));
      return;
    }
    std::unordered_set<std::string> passed;
    for (const Record* at = &alias; at != nullptr; at = alias_at(to_lower(at->rdata))) {
      if (passed.insert(at->owner).second) continue;
      if (at == &alias) report(Severity::warning, alias, "this CNAME leads back to itself");
      return;
    }
  }

  const Record* alias_at(std::string_view name) const {
    const auto found = by_owner_.find(name);
    if (found == by_owner_.end()) return nullptr;
    const auto alias = std::find_if(found->second.begin(), found->second.end(),
                                    [](const Record* record) { return record->type == RecordType::cname; });
    return alias == found->second.end() ? nullptr : *alias;
  }

  bool has_address(std::string_view name) const {
    const auto found = by_owner_.find(name);
    return found != by_owner_.end() &&
           std::any_of(found->second.begin(), found->second.end(), [](const Record* record) {
             return record->type == RecordType::a || record->type == RecordType::aaaa;
           });
  }

  bool has_wildcard_above(std::string_view name) const {
    while (name.size() > 1) {
      name = talk::parent_of(name);
      if (has_address(std::string("\1*", 2) + std::string(name))) return true;
    }
    return false;
  }

  void check_target(const Record& record, std::string_view target_as_written) {
    const std::string target = to_lower(target_as_written);
    const std::string type = talk::to_string(record.type);
    if (target.size() <= 1) return;  // null MX, RFC 7505
    if (alias_at(target) != nullptr) {
      report(Severity::warning, record,
             fmt::format("{} points to {}, which is a CNAME; RFC 2181 §10.3 forbids that", type, name_of(target)));
    } else if (soa_of(target) != nullptr && !has_address(target) && !has_wildcard_above(target)) {
      report(Severity::warning, record,
             fmt::format("{} points to {}, which has no address here; expected an A or AAAA record", type,
                         name_of(target)));
    }
  }

  void check_delegation(const Record& record) {
    const Record* soa = soa_of(record.owner);
    if (soa == nullptr || soa->owner == record.owner || !delegations_.insert(record.owner).second) return;
    report(Severity::warning, record,
           fmt::format("{} is delegated, but its zone is not here; expected its SOA record", name_of(record.owner)),
           "names at and below it are answered SERVFAIL");
  }

  static std::string name_of(std::string_view wire_name) { return talk::to_text_name(wire_name); }

  void report(Severity severity, const Record& record, std::string message, std::string hint = {}) {
    const auto file =
        std::find_if(files_.begin(), files_.end(), [&](const ZoneText& text) { return text.file == record.at.file; });
    std::string line = file == files_.end() ? std::string() : std::string(line_of(file->text, record.at.line));
    Diagnostics& into = severity == Severity::error ? errors_ : zones_.warnings;
    into.push_back({severity, record.at, std::move(message), std::move(line), std::move(hint)});
  }

  const std::vector<ZoneText>& files_;
  ZoneSet& zones_;
  Diagnostics& errors_;
  std::unordered_map<std::string_view, const Record*> apexes_;
  std::unordered_map<std::string_view, std::vector<const Record*>> by_owner_;
  std::unordered_set<std::string_view> delegations_;
};

}  // namespace

void check_zones(const std::vector<ZoneText>& files, ZoneSet& zones, Diagnostics& errors) {
  Checker(files, zones, errors).check();
}

}  // namespace watershed::dns
