// See route.hpp.
#include "fakes/cloud/route.hpp"

#include "base/text.hpp"
#include "fakes/cloud/directory.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::cloud {

NextHop choose_next_hop(const Tenant& tenant, const mail::Address& recipient) {
  NextHop hop;
  hop.domain = to_lower(recipient.domain);
  hop.name = "mx:" + hop.domain;
  hop.decided_by = "default mx";
  const auto takes = [&](const OutboundConnector& connector) {
    return std::any_of(connector.domains.begin(), connector.domains.end(),
                       [&](const std::string& pattern) { return matches_domain(pattern, hop.domain); });
  };
  const auto connector = std::find_if(tenant.outbound_connectors.begin(), tenant.outbound_connectors.end(), takes);
  if (connector == tenant.outbound_connectors.end()) return hop;
  hop.decided_by = to_file_line(connector->at);
  hop.on_premises = connector->on_premises;
  hop.smart_hosts = connector->smart_hosts;
  if (hop.smart_hosts.empty()) return hop;
  const SmartHost& first = hop.smart_hosts.front();
  hop.name = fmt::format("smtp:{}:{}", first.address ? to_address_literal(*first.address) : first.name, first.port);
  return hop;
}

}  // namespace watershed::cloud
