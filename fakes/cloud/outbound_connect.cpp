// The outbound queue's way to a next hop: smart hosts in their order, or the domain's MX, and what kept it from all of
// them. RFC 5321 §5.1. See outbound.hpp.
#include "fakes/cloud/outbound.hpp"
#include "talk/dns_mail_hosts.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::cloud {

using stage::Task;

namespace {

// How Exchange names what kept it from a next hop; the peer's own words are passed on as they are.
mail::Reply reply_for(const talk::SessionFailure& failure) {
  if (failure.reply) return *failure.reply;
  if (failure.text.find("refused") != std::string::npos) {
    return mail::make_reply(450, "4.4.316", "Connection refused [Message=" + failure.text + "]");
  }
  if (failure.text.find("timed out") != std::string::npos) {
    return mail::make_reply(450, "4.4.315", "Connection timed out [Message=" + failure.text + "]");
  }
  return mail::make_reply(450, "4.4.317", "Cannot connect to remote server [Message=" + failure.text + "]");
}

std::string peer_name(const std::string& name, const Endpoint& endpoint) {
  return fmt::format("{}[{}]:{}", name, to_string(endpoint.address), endpoint.port);
}

}  // namespace

Task<Outbound::OpenResult> Outbound::open(NextHop hop, stage::Custody custody) {
  if (hop.smart_hosts.empty()) co_return co_await open_mx(hop.domain, custody);
  HopFailure last{mail::make_reply(450, "4.4.312", "DNS query failed"), {}};
  for (const SmartHost& smart_host : hop.smart_hosts) {
    std::vector<Endpoint> endpoints;
    std::string name = smart_host.name;
    if (smart_host.address) {
      endpoints.push_back({*smart_host.address, smart_host.port});
    } else {
      const talk::HostAddresses found = co_await talk::lookup_addresses(resolver_, smart_host.name);
      for (const IpAddress& address : found.addresses) endpoints.push_back({address, smart_host.port});
      if (endpoints.empty()) last = {mail::make_reply(450, "4.4.312", "DNS query failed for " + name), name};
    }
    if (endpoints.empty()) continue;
    OpenResult opened = co_await open_first(std::move(name), std::move(endpoints), custody);
    if (opened) co_return opened;
    last = opened.error();
  }
  co_return last;
}

Task<Outbound::OpenResult> Outbound::open_mx(std::string domain, stage::Custody custody) {
  // An address literal names its host itself (RFC 5321 §4.1.3).
  if (domain.starts_with('[') && domain.ends_with(']')) {
    const std::string inner =
        domain.starts_with("[ipv6:") ? domain.substr(6, domain.size() - 7) : domain.substr(1, domain.size() - 2);
    const auto address = parse_ip_address(inner);
    if (!address) co_return HopFailure{mail::make_reply(550, "5.1.2", "Bad address literal " + domain), domain};
    std::vector<Endpoint> endpoints{{*address, options_.mx_port}};
    co_return co_await open_first(domain, std::move(endpoints), custody);
  }
  const talk::MailHosts found = co_await talk::resolve_mail_hosts(resolver_, stage_.random, domain);
  if (found.status == talk::MailHostsStatus::null_mx) {
    co_return HopFailure{mail::make_reply(556, "5.1.10", "Recipient address has null MX"), domain};  // RFC 7505 §4.2
  }
  if (found.is_permanent()) {
    co_return HopFailure{mail::make_reply(550, "5.4.310", fmt::format("DNS domain {} does not exist", domain)), domain};
  }
  HopFailure last{mail::make_reply(450, "4.4.312", "DNS query failed for " + domain), domain};
  for (const talk::MailHost& host : found.hosts) {
    std::vector<Endpoint> endpoints;
    for (const IpAddress& address : host.addresses) endpoints.push_back({address, options_.mx_port});
    OpenResult opened = co_await open_first(host.name, std::move(endpoints), custody);
    if (opened) co_return opened;
    last = opened.error();
  }
  co_return last;
}

Task<Outbound::OpenResult> Outbound::open_first(std::string name, std::vector<Endpoint> endpoints,
                                                stage::Custody custody) {
  HopFailure last;
  for (const Endpoint& endpoint : endpoints) {
    const auto own = std::find_if(options_.addresses.begin(), options_.addresses.end(),
                                  [&](const IpAddress& address) { return address.is_v6 == endpoint.address.is_v6; });
    if (own == options_.addresses.end()) {
      last = {mail::make_reply(450, "4.4.317", "Cannot connect to remote server: no address of its family"), name};
      continue;
    }
    talk::SmtpClientOptions client;
    client.helo = options_.hostname;
    client.peer_name = peer_name(name, endpoint);
    client.custody = custody;
    auto opened = co_await talk::SmtpClient::open(stage_, options_.host, *own, endpoint, std::move(client));
    if (opened) co_return Opened{std::move(*opened), name};
    last = {reply_for(opened.error()), name};
    // RFC 5321 §3.1: a 554 greeting speaks for this server only; another, or a later time, may do better.
    if (last.reply.is_permanent()) last.reply = mail::make_reply(450, "4.4.317", to_line(last.reply));
  }
  co_return last;
}

}  // namespace watershed::cloud
