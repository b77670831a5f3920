// See dns_mail_hosts.hpp.
#include "talk/dns_mail_hosts.hpp"

#include <algorithm>
#include <utility>

namespace watershed::talk {

namespace {

struct Exchanger {
  std::uint16_t preference = 0;
  std::string host;
};

// RFC 5321 §5.1: lowest preference number first; equal ones in random order to spread the load.
std::vector<Exchanger> in_order(const std::vector<DnsRecord>& records, stage::Random& random) {
  std::vector<Exchanger> exchangers;
  for (const DnsRecord& record : records) {
    const auto* data = std::get_if<MailExchanger>(&record.data);
    if (data != nullptr && data->host != ".") exchangers.push_back({data->preference, data->host});
  }
  for (std::size_t left = exchangers.size(); left > 1; --left) {
    std::swap(exchangers[left - 1], exchangers[random.below(left)]);
  }
  std::stable_sort(exchangers.begin(), exchangers.end(),
                   [](const Exchanger& a, const Exchanger& b) { return a.preference < b.preference; });
  return exchangers;
}

// RFC 7505 §3: a single MX record with preference 0 and the root as host. Senders look at the host only.
bool is_null_mx(const std::vector<DnsRecord>& records) {
  if (records.size() != 1) return false;
  const auto* data = std::get_if<MailExchanger>(&records[0].data);
  return data != nullptr && data->host == ".";
}

MailHosts failed(MailHostsStatus status, std::string name, RecordType type, LookupStatus lookup) {
  MailHosts result;
  result.status = status;
  result.failed_name = std::move(name);
  result.failed_type = type;
  result.failed_status = lookup;
  return result;
}

MailHostsStatus classify(LookupStatus status) {
  if (status == LookupStatus::servfail || status == LookupStatus::timeout) return MailHostsStatus::temporary;
  return status == LookupStatus::nxdomain ? MailHostsStatus::no_such_domain : MailHostsStatus::no_address;
}

stage::Task<MailHosts> implicit_mail_host(Resolver& resolver, std::string domain, AddressFamilies families) {
  HostAddresses found = co_await lookup_addresses(resolver, domain, families);
  if (found.addresses.empty()) {
    co_return failed(classify(found.status), std::move(domain), found.failed_type, found.status);
  }
  MailHosts result;
  result.status = MailHostsStatus::ok;
  result.implicit_mx = true;
  result.hosts.push_back({std::move(domain), 0, std::move(found.addresses)});
  co_return result;
}

}  // namespace

std::string_view to_string(MailHostsStatus status) {
  switch (status) {
    case MailHostsStatus::ok:
      return "ok";
    case MailHostsStatus::null_mx:
      return "null MX";
    case MailHostsStatus::no_such_domain:
      return "no such domain";
    case MailHostsStatus::no_address:
      return "no address";
    case MailHostsStatus::temporary:
      return "temporary failure";
  }
  return "?";
}

stage::Task<HostAddresses> lookup_addresses(Resolver& resolver, std::string host, AddressFamilies families) {
  HostAddresses result;
  result.status = LookupStatus::nodata;
  for (const RecordType type : {RecordType::a, RecordType::aaaa}) {
    if (!(type == RecordType::a ? families.ipv4 : families.ipv6)) continue;
    const DnsLookup found = co_await resolver.lookup(host, type);
    for (const DnsRecord& record : found.records) {
      if (const auto* address = std::get_if<IpAddress>(&record.data)) result.addresses.push_back(*address);
    }
    // A temporary failure outweighs "no such data": the address may be there later.
    if (found.status != LookupStatus::ok && !result.is_temporary()) {
      result.status = found.status;
      result.failed_type = type;
    }
  }
  if (!result.addresses.empty()) result.status = LookupStatus::ok;
  co_return result;
}

stage::Task<MailHosts> resolve_mail_hosts(Resolver& resolver, stage::Random& random, std::string domain,
                                          AddressFamilies families) {
  const DnsLookup mx = co_await resolver.lookup(domain, RecordType::mx);
  // RFC 5321 §5.1: an empty list of MXs means an implicit MX of preference 0 pointing to the domain itself.
  if (mx.status == LookupStatus::nodata) co_return co_await implicit_mail_host(resolver, domain, families);
  if (mx.status != LookupStatus::ok) {
    co_return failed(classify(mx.status), std::move(domain), RecordType::mx, mx.status);
  }
  if (is_null_mx(mx.records)) {
    co_return failed(MailHostsStatus::null_mx, std::move(domain), RecordType::mx, LookupStatus::ok);
  }
  MailHosts result;
  // RFC 5321 §5.1: with MX records, none of them usable, it is an error; the domain's own address is not used.
  MailHosts failure = failed(MailHostsStatus::no_address, std::move(domain), RecordType::mx, LookupStatus::ok);
  for (Exchanger& exchanger : in_order(mx.records, random)) {
    HostAddresses found = co_await lookup_addresses(resolver, exchanger.host, families);
    if (!found.addresses.empty()) {
      result.hosts.push_back({std::move(exchanger.host), exchanger.preference, std::move(found.addresses)});
    } else if (failure.failed_status == LookupStatus::ok || found.is_temporary()) {
      const MailHostsStatus status = found.is_temporary() ? MailHostsStatus::temporary : MailHostsStatus::no_address;
      failure = failed(status, std::move(exchanger.host), found.failed_type, found.status);
    }
  }
  if (result.hosts.empty()) co_return failure;
  result.status = MailHostsStatus::ok;
  co_return result;
}

}  // namespace watershed::talk
