// Where mail for an outside recipient goes: the first outbound connector that takes its domain, or the domain's MX. Pure.
#pragma once

#include "fakes/cloud/tenant.hpp"

#include <string>
#include <vector>

namespace watershed::cloud {

struct NextHop {
  std::string name;    ///< for the journal and as the queue's key: `smtp:mx.ctbto.int:25`, `mx:ctbto.int`
  std::string domain;  ///< whose MX is asked when there are no smart hosts
  std::vector<SmartHost> smart_hosts;
  bool on_premises = false;
  std::string decided_by;
};

NextHop choose_next_hop(const Tenant& tenant, const mail::Address& recipient);

}  // namespace watershed::cloud
