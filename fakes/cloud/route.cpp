// See route.hpp.
#include "fakes/cloud/route.hpp"

#include "base/text.hpp"
#include "fakes/cloud/directory.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace watershed::cloud {

Result<SmartHost, Error> parse_smart_host(std::string_view text) {
  SmartHost host;
  host.name = std::string(text);
  if (const auto address = parse_ip_address(text)) {
    host.address = *address;
    return host;
  }
  const std::size_t colon = text.rfind(':');
  if (colon != std::string_view::npos && text.find(']', colon) == std::string_view::npos) {
    const std::string_view digits = text.substr(colon + 1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), host.port);
    if (error != std::errc() || end != digits.data() + digits.size() || host.port == 0) {
      return Error{"the port is no number from 1 to 65535"};
    }
    text = text.substr(0, colon);
  }
  const bool is_literal = text.starts_with('[') && text.ends_with(']');
  const auto address = parse_ip_address(is_literal ? text.substr(1, text.size() - 2) : text);
  if (address) {
    host.address = *address;
    return host;
  }
  if (is_literal) return address.error();
  const auto domain = mail::parse_domain(text);
  if (!domain) return domain.error();
  host.name = *domain;
  return host;
}

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
