// A host's stub resolver: asks its name servers over UDP, again over TCP when truncated, and remembers the answers.
// RFC 1035 §7, RFC 1123 §6.1.3.2 (TCP on truncation), RFC 5452 (which answers to believe), resolv.conf(5) for the
// tries.
#pragma once

#include "stage/stage.hpp"
#include "talk/dns_cache.hpp"
#include "talk/dns_message.hpp"

#include <string>
#include <vector>

namespace watershed::talk {

struct ResolverSettings {
  IpAddress local;                                    ///< the host's own address; the stub picks views by it
  std::vector<Endpoint> servers;                      ///< asked in this order; none: every lookup is a servfail
  stage::Duration timeout = std::chrono::seconds(5);  ///< of one question to one server (resolv.conf(5))
  int attempts = 2;                                   ///< rounds over all servers (resolv.conf(5))
  std::uint16_t edns_payload_octets = 1232;           ///< 0: no EDNS
  DnsCacheLimits cache;
};

class Resolver {
 public:
  /// `stage` must outlive the resolver, the resolver its tasks. Facts are written in the name of `host`.
  Resolver(stage::Stage& stage, stage::HostId host, ResolverSettings settings);

  /// One lookup, following CNAMEs over as many questions as needed (at most 8). Each lookup that is not answered from
  /// the cache is one `looked_up` fact: recipient = name, detail = type, text = status.
  stage::Task<DnsLookup> lookup(std::string name, RecordType type);

  void clear_cache() { cache_.clear(); }
  stage::Stage& stage() { return stage_; }

 private:
  stage::Task<DnsLookup> resolve(std::string name, RecordType type);
  stage::Task<DnsLookup> ask_servers(std::string name, RecordType type);
  stage::Task<Result<DnsAnswer, LookupStatus>> ask_one(Endpoint server, std::string name, RecordType type);
  stage::Task<Result<std::string, LookupStatus>> ask_over_tcp(Endpoint server, std::string query, stage::Time deadline);

  stage::Stage& stage_;
  stage::HostId host_;
  ResolverSettings settings_;
  DnsCache cache_;
  stage::Random random_;  // query ids
};

/// The name under which the PTR record of an address is found: `1.2.0.192.in-addr.arpa` (RFC 1035 §3.5, RFC 3596 §2.5).
std::string reverse_name(const IpAddress& address);

}  // namespace watershed::talk
