// See zone_tree.hpp.
#include "fakes/dns/zone_tree.hpp"

#include "base/text.hpp"
#include "talk/dns_name.hpp"

#include <algorithm>

namespace watershed::dns {

namespace {

using talk::RecordType;

constexpr int aliases_max = 16;

// The root of this small world: it answers for all names outside the zones, so that nothing is asked anywhere else.
Record synthetic_root_soa() {
  Record soa{.owner = std::string(1, '\0'), .type = RecordType::soa, .ttl_s = 300, .rdata = {}, .at = {}};
  soa.rdata = *talk::to_wire_name("a.root-servers.invalid.") + *talk::to_wire_name("hostmaster.invalid.");
  for (const std::uint32_t number : {1U, 1800U, 900U, 604800U, 300U}) {
    for (const int shift : {24, 16, 8, 0}) soa.rdata += static_cast<char>((number >> shift) & 0xff);
  }
  return soa;
}

// The last of the five numbers of a SOA; the reader made sure that they are there.
std::uint32_t minimum_of(const Record& soa) {
  std::uint32_t minimum_s = 0;
  for (const char c : std::string_view(soa.rdata).substr(soa.rdata.size() - 4)) {
    minimum_s = minimum_s << 8 | static_cast<unsigned char>(c);
  }
  return minimum_s;
}

// The host that a record points to, in lower case; empty for types that do not.
std::string target_of(const Record& record) {
  switch (record.type) {
    case RecordType::ns:
    case RecordType::cname:
      return to_lower(record.rdata);
    case RecordType::mx:
      return to_lower(std::string_view(record.rdata).substr(2));
    case RecordType::srv:
      return to_lower(std::string_view(record.rdata).substr(6));
    default:
      return {};
  }
}

}  // namespace

std::string_view to_string(Decision decision) {
  switch (decision) {
    case Decision::records:
      return "records";
    case Decision::no_data:
      return "no data";
    case Decision::no_name:
      return "no name";
    case Decision::unknown_name:
      return "unknown name";
    case Decision::fault:
      return "fault";
    case Decision::bad_query:
      return "bad query";
    case Decision::broken_zone:
      return "broken zone";
  }
  return "?";
}

ZoneTree::ZoneTree(ZoneSet zones) : zones_(std::move(zones)), root_soa_(synthetic_root_soa()) {
  for (const Record& record : zones_.records) {
    if (record.type == RecordType::soa) soas_.emplace(record.owner, &record);
  }
  for (const Record& record : zones_.records) {
    nodes_[record.owner].push_back(&record);
    // RFC 4592 §2.2.2: names between a record and its zone's apex exist too, as empty non-terminals.
    for (std::string_view name = record.owner; name.size() > 1 && !soas_.contains(name);) {
      name = talk::parent_of(name);
      nodes_.try_emplace(name);
    }
  }
}

const Record* ZoneTree::soa_of(std::string_view name) const {
  for (;; name = talk::parent_of(name)) {
    if (const auto found = soas_.find(name); found != soas_.end()) return found->second;
    if (name.size() <= 1) return nullptr;
  }
}

const ZoneTree::Node* ZoneTree::node_at(std::string_view name) const {
  const auto found = nodes_.find(name);
  return found == nodes_.end() ? nullptr : &found->second;
}

// RFC 4592 §3.3.1: a wildcard answers only from directly below the closest name that exists.
const ZoneTree::Node* ZoneTree::node_or_wildcard(std::string_view name) const {
  if (const Node* node = node_at(name)) return node;
  std::string_view encloser = name;
  do {
    encloser = talk::parent_of(encloser);
  } while (encloser.size() > 1 && node_at(encloser) == nullptr);
  return node_at(std::string("\1*", 2) + std::string(encloser));
}

// The NS record at or above `name` and below its zone's apex: it points to servers that are not part of this world.
const Record* ZoneTree::dead_delegation(std::string_view name, const Record& soa) const {
  for (; name != soa.owner; name = talk::parent_of(name)) {
    const Node* node = node_at(name);
    if (node == nullptr) continue;
    const auto cut =
        std::find_if(node->begin(), node->end(), [](const Record* r) { return r->type == RecordType::ns; });
    if (cut != node->end()) return *cut;
  }
  return nullptr;
}

void ZoneTree::add_negative(Findings& findings, std::string_view name, bool exists) const {
  const Record* soa = soa_of(name);
  const Record& authority = soa == nullptr ? root_soa_ : *soa;
  findings.rcode = exists ? talk::Rcode::no_error : talk::Rcode::name_error;
  findings.decision = soa == nullptr ? Decision::unknown_name : exists ? Decision::no_data : Decision::no_name;
  findings.decided_by = soa == nullptr ? "unknown name" : to_file_line(soa->at);
  // RFC 2308 §3: the SOA goes along, its TTL no more than its MINIMUM.
  findings.authority.push_back({authority.owner, std::min(authority.ttl_s, minimum_of(authority)), &authority});
}

void ZoneTree::add_addresses_of_targets(Findings& findings) const {
  for (const AnswerRecord& found : findings.answer) {
    if (found.record->type == RecordType::cname) continue;
    const std::string target = target_of(*found.record);
    const Node* node = target.empty() ? nullptr : node_at(target);
    if (node == nullptr) continue;
    const bool is_listed = std::any_of(findings.additional.begin(), findings.additional.end(),
                                       [&](const AnswerRecord& other) { return other.owner == target; });
    if (is_listed) continue;
    for (const Record* record : *node) {
      if (record->type != RecordType::a && record->type != RecordType::aaaa) continue;
      findings.additional.push_back({target, record->ttl_s, record});
    }
  }
}

void ZoneTree::note_targets_outside(Findings& findings) const {
  for (const AnswerRecord& found : findings.answer) {
    if (found.record->type != RecordType::mx) continue;
    const std::string target = target_of(*found.record);
    if (target.size() <= 1 || is_inside(target)) continue;  // the null MX (RFC 7505) names nobody
    if (!findings.outside.empty()) findings.outside += ", ";
    findings.outside += talk::to_text_name(target);
  }
}

Findings ZoneTree::find(std::string_view name, RecordType type) const {
  Findings findings;
  std::string target(name);
  for (int aliases = 0; aliases <= aliases_max; ++aliases) {
    const Record* soa = soa_of(target);
    if (soa == nullptr) {
      add_negative(findings, target, false);
      return findings;
    }
    if (const Record* cut = dead_delegation(target, *soa)) {
      return {.rcode = talk::Rcode::server_failure,
              .answer = {},
              .authority = {},
              .additional = {},
              .decision = Decision::broken_zone,
              .decided_by = to_file_line(cut->at),
              .outside = {}};
    }
    const Node* node = node_or_wildcard(target);
    if (node == nullptr) {
      add_negative(findings, target, false);
      return findings;
    }
    const Record* alias = nullptr;
    bool any = false;
    for (const Record* record : *node) {
      const bool matches = record->type == type || type == RecordType::any;
      if (matches) findings.answer.push_back({target, record->ttl_s, record});
      any = any || matches;
      if (record->type == RecordType::cname && !matches) alias = record;
    }
    if (any) {
      findings.decided_by = to_file_line(findings.answer.front().record->at);
      add_addresses_of_targets(findings);
      note_targets_outside(findings);
      return findings;
    }
    if (alias == nullptr) {
      add_negative(findings, target, true);
      return findings;
    }
    findings.answer.push_back({target, alias->ttl_s, alias});
    target = target_of(*alias);
  }
  return {.rcode = talk::Rcode::server_failure,
          .answer = {},
          .authority = {},
          .additional = {},
          .decision = Decision::broken_zone,
          .decided_by = to_file_line(findings.answer.back().record->at),
          .outside = {}};
}

Findings ZoneTree::deny(std::string_view name) const {
  Findings findings;
  add_negative(findings, name, false);
  return findings;
}

}  // namespace watershed::dns
