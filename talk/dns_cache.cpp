// See dns_cache.hpp.
#include "talk/dns_cache.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace watershed::talk {

namespace {

// Without the trailing dot and in lower case: the form in which decoded records carry their names.
std::string folded(std::string_view name) {
  if (name.size() > 1 && name.back() == '.') name.remove_suffix(1);
  return to_lower(name);
}

std::string key_of(std::string_view name, RecordType type) {
  std::string key = folded(name);
  key += '\0';
  key += static_cast<char>(static_cast<unsigned>(type) >> 8);
  key += static_cast<char>(static_cast<unsigned>(type) & 0xff);
  return key;
}

const DnsRecord* find_alias(const DnsAnswer& answer, std::string_view name) {
  const auto found = std::find_if(answer.records.begin(), answer.records.end(), [&](const DnsRecord& record) {
    return record.type == RecordType::cname && record.name == name;
  });
  return found == answer.records.end() ? nullptr : &*found;
}

const DnsRecord* find_soa(const DnsAnswer& answer) {
  const auto found = std::find_if(answer.authority.begin(), answer.authority.end(),
                                  [](const DnsRecord& record) { return record.type == RecordType::soa; });
  return found == answer.authority.end() ? nullptr : &*found;
}

// RFC 2308 §5: the lesser of the SOA's TTL and its MINIMUM; an answer without SOA should not be cached.
std::uint32_t negative_ttl_s(const DnsRecord* soa) {
  return soa == nullptr ? 0 : std::min(soa->ttl_s, std::get<StartOfAuthority>(soa->data).minimum_s);
}

}  // namespace

std::string_view to_string(LookupStatus status) {
  switch (status) {
    case LookupStatus::ok:
      return "ok";
    case LookupStatus::nodata:
      return "nodata";
    case LookupStatus::nxdomain:
      return "nxdomain";
    case LookupStatus::servfail:
      return "servfail";
    case LookupStatus::timeout:
      return "timeout";
  }
  return "?";
}

const DnsLookup* DnsCache::find(std::string_view name, RecordType type, stage::Time now) const {
  const auto found = entries_.find(key_of(name, type));
  return found == entries_.end() || found->second.expires <= now ? nullptr : &found->second.lookup;
}

void DnsCache::store(std::string_view name, RecordType type, DnsLookup lookup, stage::Time now) {
  const std::uint32_t cap = lookup.status == LookupStatus::ok ? limits_.positive_ttl_s_max : limits_.negative_ttl_s_max;
  const std::uint32_t ttl_s = std::min(lookup.ttl_s, cap);
  if (lookup.is_temporary() || ttl_s == 0 || limits_.entries_max == 0) return;
  std::string key = key_of(name, type);
  if (!entries_.contains(key)) {
    if (entries_.size() >= limits_.entries_max) {
      entries_.erase(order_.front());
      order_.pop_front();
    }
    order_.push_back(key);
  }
  entries_.insert_or_assign(std::move(key), Entry{std::move(lookup), now + std::chrono::seconds(ttl_s)});
}

void DnsCache::clear() {
  entries_.clear();
  order_.clear();
}

DnsLookup interpret(const DnsAnswer& answer, std::string_view name, RecordType type) {
  constexpr int aliases_max = 16;
  DnsLookup lookup;
  lookup.canonical_name = folded(name);
  lookup.ttl_s = ~std::uint32_t{0};
  if (answer.rcode != Rcode::no_error && answer.rcode != Rcode::name_error) {
    return {.status = LookupStatus::servfail, .canonical_name = lookup.canonical_name};
  }
  int aliases = 0;
  if (type != RecordType::cname && type != RecordType::any) {
    while (const DnsRecord* alias = find_alias(answer, lookup.canonical_name)) {
      if (++aliases > aliases_max) return {.status = LookupStatus::servfail, .canonical_name = lookup.canonical_name};
      lookup.ttl_s = std::min(lookup.ttl_s, alias->ttl_s);
      lookup.canonical_name = std::get<TargetName>(alias->data).name;
    }
  }
  for (const DnsRecord& record : answer.records) {
    if (record.name != lookup.canonical_name || (record.type != type && type != RecordType::any)) continue;
    lookup.ttl_s = std::min(lookup.ttl_s, record.ttl_s);
    lookup.records.push_back(record);
  }
  lookup.status = LookupStatus::ok;
  if (!lookup.records.empty()) return lookup;

  const DnsRecord* soa = find_soa(answer);
  // RFC 2308 §2.1: the code of an answer with aliases speaks of the last name of the chain.
  if (answer.rcode == Rcode::name_error) {
    lookup.status = LookupStatus::nxdomain;
  } else if (aliases > 0 && soa == nullptr) {
    return lookup;  // the chain leads out of what this server knows
  } else {
    lookup.status = LookupStatus::nodata;
  }
  lookup.ttl_s = std::min(lookup.ttl_s, negative_ttl_s(soa));
  return lookup;
}

}  // namespace watershed::talk
