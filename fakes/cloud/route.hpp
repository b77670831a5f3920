// Where mail for an outside recipient goes: the first outbound connector that takes its domain, or the domain's MX.
// Pure.
#pragma once

#include "fakes/cloud/tenant.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace watershed::cloud {

struct NextHop {
  std::string name;    ///< for the journal and as the queue's key: `smtp:mx.ctbto.int:25`, `mx:ctbto.int`
  std::string domain;  ///< whose MX is asked when there are no smart hosts
  std::vector<SmartHost> smart_hosts;
  bool on_premises = false;
  std::string decided_by;
};

/// Reads `mx.ctbto.int`, `mx.ctbto.int:2525`, `192.0.2.25`, `[192.0.2.25]:2525`, `[2001:db8::1]:25`.
Result<SmartHost, Error> parse_smart_host(std::string_view text);

NextHop choose_next_hop(const Tenant& tenant, const mail::Address& recipient);

}  // namespace watershed::cloud
