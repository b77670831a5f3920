// See next_hop.hpp.
#include "components/router/engine/next_hop.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::router {

namespace {

// `host:port`, `[host]:port` or `[2001:db8::1]:port` into host and port text.
std::pair<std::string_view, std::string_view> split_port(std::string_view text) {
  const std::size_t bracket = text.rfind(']');
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || (bracket != std::string_view::npos && colon < bracket)) return {text, {}};
  return {text.substr(0, colon), text.substr(colon + 1)};
}

Result<Site, Error> parse_site(std::string_view text, const ClientSettings& client) {
  Site site;
  site.port = client.port;
  site.lookup_mx = client.lookup_mx;
  if (client.lmtp && text.starts_with("unix:")) {
    site.unix_path = std::string(text.substr(5));
    site.lookup_mx = false;
    return site;
  }
  if (client.lmtp && text.starts_with("inet:")) text.remove_prefix(5);
  auto [host, port] = split_port(text);
  if (!port.empty()) {
    site.port = port_of(port);
    if (site.port == 0) return Error{fmt::format("unknown port '{}' in next hop '{}'", port, text)};
  }
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
    site.lookup_mx = false;
  }
  if (starts_with_ignoring_case(host, "IPv6:")) host.remove_prefix(5);
  if (host.empty()) return Error{fmt::format("no host in next hop '{}'", text)};
  if (const auto address = parse_ip_address(host)) {
    site.address = *address;
    site.lookup_mx = false;
  }
  site.name = std::string(host);
  return site;
}

void shuffle(std::vector<Target>& targets, std::size_t from, std::size_t to, stage::Random& random) {
  for (std::size_t left = to - from; left > 1; --left) {
    const auto chosen = static_cast<std::size_t>(random.below(left));
    std::swap(targets[from + left - 1], targets[from + chosen]);
  }
}

// postconf(5) smtp_balance_inet_protocols: the surplus of the larger family goes, from the end.
void balance_families(std::vector<Target>& targets, std::size_t limit) {
  if (limit < 2 || targets.size() <= limit) return;
  const auto is_v6 = [](const Target& target) { return target.address.is_v6; };
  const auto v6_count = static_cast<std::size_t>(std::count_if(targets.begin(), targets.end(), is_v6));
  const std::size_t v4_count = targets.size() - v6_count;
  if (v6_count == 0 || v4_count == 0) return;
  const bool v6_is_larger = v6_count > v4_count;
  std::size_t larger = std::max(v6_count, v4_count);
  const std::size_t kept = limit - std::min(limit / 2, std::min(v6_count, v4_count));
  for (std::size_t index = targets.size(); index > 0 && larger > kept; --index) {
    if (targets[index - 1].address.is_v6 != v6_is_larger) continue;
    targets.erase(targets.begin() + static_cast<std::ptrdiff_t>(index - 1));
    --larger;
  }
}

}  // namespace

std::string Target::display() const { return fmt::format("{}[{}]", host, to_string(address)); }

Result<std::vector<Site>, Error> parse_next_hop(std::string_view next_hop, const ClientSettings& client) {
  std::vector<Site> sites;
  for (const std::string_view word : split(next_hop, ", \t\r\n")) {
    auto site = parse_site(word, client);
    if (!site) return site.error();
    sites.push_back(std::move(*site));
  }
  if (sites.empty()) return Error{"empty next hop"};
  return sites;
}

std::vector<Target> order_targets(const std::vector<talk::MailHost>& hosts, std::uint16_t port,
                                  const ClientSettings& client, stage::Random& random) {
  std::vector<Target> targets;
  for (const talk::MailHost& host : hosts) {
    for (const IpAddress& address : host.addresses) targets.push_back({address, port, host.name, host.preference});
  }
  std::stable_sort(targets.begin(), targets.end(),
                   [](const Target& a, const Target& b) { return a.preference < b.preference; });
  for (std::size_t from = 0; from < targets.size();) {
    std::size_t to = from;
    while (to < targets.size() && targets[to].preference == targets[from].preference) ++to;
    if (client.randomize_addresses) shuffle(targets, from, to, random);
    if (client.preference != AddressPreference::any) {
      const bool v6_first = client.preference == AddressPreference::ipv6;
      std::stable_partition(targets.begin() + static_cast<std::ptrdiff_t>(from),
                            targets.begin() + static_cast<std::ptrdiff_t>(to),
                            [&](const Target& target) { return target.address.is_v6 == v6_first; });
    }
    from = to;
  }
  if (client.preference == AddressPreference::any) balance_families(targets, client.mx_address_limit);
  return targets;
}

bool cut_at_self(std::vector<Target>& targets, const std::vector<IpAddress>& own) {
  const auto is_self = [&](const Target& target) {
    return std::find(own.begin(), own.end(), target.address) != own.end();
  };
  const auto self = std::find_if(targets.begin(), targets.end(), is_self);
  if (self == targets.end()) return true;
  const std::uint16_t standing = self->preference;
  std::erase_if(targets, [&](const Target& target) { return target.preference >= standing; });
  return !targets.empty();
}

}  // namespace watershed::router
