// From a next hop as routing names it to the addresses that are tried, in order. smtp(8), lmtp(8), transport(5),
// RFC 5321 §5.1. Pure; the DNS lookups between the two steps are made in smtp_delivery.
#pragma once

#include "base/ip_address.hpp"
#include "components/router/engine/settings.hpp"
#include "stage/random.hpp"
#include "talk/dns_mail_hosts.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace watershed::router {

/// One destination out of a next hop.
struct Site {
  std::string name;                  ///< domain or host, without brackets
  std::optional<IpAddress> address;  ///< given as an address literal
  std::string unix_path;             ///< for lmtp over `unix:`; then `name` is empty
  std::uint16_t port = 25;
  bool lookup_mx = true;

  bool operator==(const Site&) const = default;
};

/// Reads `domain`, `[host]`, `[host]:port`, `inet:host:port`, `unix:path`; several are separated by commas or blanks
/// and tried in that order (smtp(8), Postfix 3.5 and later). A port that is no port makes the error.
Result<std::vector<Site>, Error> parse_next_hop(std::string_view next_hop, const ClientSettings& client);

/// One address to try.
struct Target {
  IpAddress address;
  std::uint16_t port = 25;
  std::string host;
  std::uint16_t preference = 0;

  /// `mx.ctbto.int[192.0.2.25]`
  std::string display() const;
};

/// The addresses of the exchangers in the order in which smtp(8) tries them: by preference, families as
/// smtp_address_preference says, equal ones in random order when `client.randomize_addresses`, and so that one family
/// does not crowd out the other within smtp_mx_address_limit.
std::vector<Target> order_targets(const std::vector<talk::MailHost>& hosts, std::uint16_t port,
                                  const ClientSettings& client, stage::Random& random);

/// RFC 5321 §5.1: a relay that is itself among the exchangers must not use those of its own or lower standing. Cuts
/// them off; false when nothing is left, because the best exchanger is this host.
bool cut_at_self(std::vector<Target>& targets, const std::vector<IpAddress>& own);

}  // namespace watershed::router
