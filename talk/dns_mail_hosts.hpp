// Where mail for a domain goes: its mail exchangers, in the order to be tried, with their addresses.
// RFC 5321 §5.1, RFC 7505 (null MX).
#pragma once

#include "talk/dns_resolver.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace watershed::talk {

/// Which kinds of address are looked up (Postfix: inet_protocols).
struct AddressFamilies {
  bool ipv4 = true;
  bool ipv6 = true;
};

/// `addresses`: IPv4 first, each family in the server's order. When empty, `status` says why: nodata and nxdomain are
/// permanent, servfail and timeout temporary. A family that failed does not matter when the other gave an address.
struct HostAddresses {
  LookupStatus status = LookupStatus::timeout;
  RecordType failed_type = RecordType::a;  ///< the lookup that `status` speaks of, when not ok
  std::vector<IpAddress> addresses;

  bool is_temporary() const { return status == LookupStatus::servfail || status == LookupStatus::timeout; }
};

stage::Task<HostAddresses> lookup_addresses(Resolver& resolver, std::string host, AddressFamilies families = {});

struct MailHost {
  std::string name;
  std::uint16_t preference = 0;
  std::vector<IpAddress> addresses;  ///< never empty
};

enum class MailHostsStatus {
  ok,
  null_mx,         ///< permanent: the domain takes no mail (RFC 7505)
  no_such_domain,  ///< permanent: NXDOMAIN
  no_address,      ///< permanent: no MX, or only MX hosts, and none has an address
  temporary,       ///< a lookup failed that may work later
};

std::string_view to_string(MailHostsStatus status);

struct MailHosts {
  MailHostsStatus status = MailHostsStatus::temporary;
  std::vector<MailHost> hosts;  ///< in the order to be tried; empty unless ok
  bool implicit_mx = false;     ///< the domain has no MX and stands for itself
  // The lookup that decided, when not ok.
  std::string failed_name;
  RecordType failed_type = RecordType::mx;
  LookupStatus failed_status = LookupStatus::ok;

  bool is_permanent() const { return status != MailHostsStatus::ok && status != MailHostsStatus::temporary; }
};

/// Looks up MX, then the addresses of every exchanger. Hosts of equal preference come in random order, drawn from
/// `random`. An exchanger without address is left out while another has one. An implicit MX is used only when the
/// domain exists without MX.
stage::Task<MailHosts> resolve_mail_hosts(Resolver& resolver, stage::Random& random, std::string domain,
                                          AddressFamilies families = {});

}  // namespace watershed::talk
