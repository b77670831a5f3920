// What a resolver remembers, and for how long. RFC 1035 §3.2.1 (TTL), RFC 2308 §5 (negative answers), RFC 2181 §8.
//
// Pure: the caller says what time it is. Bounded: when full, the name remembered longest goes first.
#pragma once

#include "stage/time.hpp"
#include "talk/dns_message.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace watershed::talk {

enum class LookupStatus {
  ok,
  nodata,    ///< the name exists, but not with this type
  nxdomain,  ///< no such name
  servfail,  ///< the server failed, refused or answered nonsense: temporary
  timeout,   ///< no server answered: temporary
};

std::string_view to_string(LookupStatus status);

/// The outcome of one lookup. `records` are those of the asked type, at the end of the CNAME chain; empty unless `ok`.
struct DnsLookup {
  LookupStatus status = LookupStatus::timeout;
  std::vector<DnsRecord> records = {};
  std::string canonical_name = {};  ///< the asked name after CNAMEs, in lower case
  std::uint32_t ttl_s = 0;          ///< how long it may be kept; 0: not at all

  bool is_temporary() const { return status == LookupStatus::servfail || status == LookupStatus::timeout; }
};

struct DnsCacheLimits {
  std::size_t entries_max = 4096;
  std::uint32_t positive_ttl_s_max = 86400;
  std::uint32_t negative_ttl_s_max = 10800;  ///< RFC 2308 §5: one to three hours work well
};

class DnsCache {
 public:
  explicit DnsCache(DnsCacheLimits limits = {}) : limits_(limits) {}

  /// The entry if its time is not over; valid until the next call that is not const. `name` without regard to case.
  const DnsLookup* find(std::string_view name, RecordType type, stage::Time now) const;

  /// Keeps a lookup for its `ttl_s` within the limits. Temporary failures and TTL 0 are not kept.
  void store(std::string_view name, RecordType type, DnsLookup lookup, stage::Time now);

  void clear();
  std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    DnsLookup lookup;
    stage::Time expires{};
  };

  DnsCacheLimits limits_;
  std::unordered_map<std::string, Entry> entries_;
  std::deque<std::string> order_;  // the keys of entries_, oldest first
};

/// What an answer means for one question: follows its CNAME chain, tells NODATA from NXDOMAIN, and finds the TTL
/// (RFC 2308 §2, §3: a negative answer lives for the lesser of the SOA's TTL and its MINIMUM). An answer that ends in a
/// CNAME without the target's records gives `ok` with no records and the target as `canonical_name`: ask again for
/// that.
DnsLookup interpret(const DnsAnswer& answer, std::string_view name, RecordType type);

}  // namespace watershed::talk
