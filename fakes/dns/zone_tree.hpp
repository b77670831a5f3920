// A zone set indexed by name, and the answer to one question as a value. RFC 1034 §4.3.2 (the algorithm), RFC 2308
// (negative answers), RFC 4592 (wildcards).
#pragma once

#include "fakes/dns/zone.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace watershed::dns {

/// Why an answer is what it is.
enum class Decision {
  records,       ///< `decided_by` is the file:line of the first record
  no_data,       ///< the name exists without that type; `decided_by` is the zone's SOA
  no_name,       ///< no such name in a zone that is served; `decided_by` is the zone's SOA
  unknown_name,  ///< outside every zone; `decided_by` is "unknown name"
  fault,         ///< `decided_by` is the fault and where it was set
  bad_query,     ///< not a query that can be answered; `decided_by` says why
  broken_zone,   ///< CNAME loop, a delegation to nobody, or too much data; `decided_by` is the record
};

/// `records`, `no data`, `no name`, `unknown name` …
std::string_view to_string(Decision decision);

/// A record as it goes into an answer: a wildcard's takes the asked name as owner, a negative answer's SOA a lesser
/// TTL.
struct AnswerRecord {
  std::string owner;  ///< wire name
  std::uint32_t ttl_s = 0;
  const Record* record = nullptr;
};

struct Findings {
  talk::Rcode rcode = talk::Rcode::no_error;
  std::vector<AnswerRecord> answer;
  std::vector<AnswerRecord> authority;
  std::vector<AnswerRecord> additional;
  Decision decision = Decision::records;
  std::string decided_by;
  std::string outside;  ///< exchangers in the answer that no zone has, `mx.example, mx2.example`
};

class ZoneTree {
 public:
  explicit ZoneTree(ZoneSet zones);
  ZoneTree(const ZoneTree&) = delete;  // the index points into the set
  ZoneTree& operator=(const ZoneTree&) = delete;

  const ZoneSet& zones() const { return zones_; }

  /// Answers a question. `name` is a wire name in lower case. The findings live as long as the tree.
  Findings find(std::string_view name, talk::RecordType type) const;

  /// "No such name", whatever is there: what an NXDOMAIN fault says.
  Findings deny(std::string_view name) const;

  /// True if some zone holds the name.
  bool is_inside(std::string_view name) const { return soa_of(name) != nullptr; }

 private:
  using Node = std::vector<const Record*>;

  const Record* soa_of(std::string_view name) const;
  const Node* node_at(std::string_view name) const;
  const Node* node_or_wildcard(std::string_view name) const;
  const Record* dead_delegation(std::string_view name, const Record& soa) const;
  void add_negative(Findings& findings, std::string_view name, bool exists) const;
  void add_addresses_of_targets(Findings& findings) const;
  void note_targets_outside(Findings& findings) const;

  ZoneSet zones_;
  Record root_soa_;
  std::unordered_map<std::string_view, Node> nodes_;  // every name that exists, empty non-terminals included
  std::unordered_map<std::string_view, const Record*> soas_;
};

}  // namespace watershed::dns
