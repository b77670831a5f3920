// See dns_facts.hpp.
#include "components/router/engine/dns_facts.hpp"

#include "talk/dns_mail_hosts.hpp"

#include <algorithm>

namespace watershed::router {

using stage::Task;
using talk::DnsLookup;
using talk::LookupStatus;
using talk::RecordType;

namespace {

// Any MX, A or AAAA will do; the null MX (RFC 7505) is told apart.
Task<DnsAnswer> answer_about_mail(talk::Resolver& resolver, std::string name) {
  DnsAnswer answer;
  const DnsLookup exchangers = co_await resolver.lookup(name, RecordType::mx);
  bool failed = exchangers.is_temporary();
  if (exchangers.status == LookupStatus::ok) {
    const auto* only = std::get_if<talk::MailExchanger>(&exchangers.records.front().data);
    const bool is_null = exchangers.records.size() == 1 && only != nullptr && (only->host == "." || only->host.empty());
    answer.status = is_null ? DnsAnswer::Status::null_mx : DnsAnswer::Status::found;
    co_return answer;
  }
  const talk::HostAddresses host = co_await talk::lookup_addresses(resolver, name);
  if (!host.addresses.empty()) {
    answer.status = DnsAnswer::Status::found;
  } else if (failed || host.is_temporary()) {
    answer.status = DnsAnswer::Status::failed;
  }
  co_return answer;
}

Task<DnsAnswer> answer_about_list(talk::Resolver& resolver, std::string name) {
  DnsAnswer answer;
  const DnsLookup listed = co_await resolver.lookup(name, RecordType::a);
  if (listed.is_temporary()) answer.status = DnsAnswer::Status::failed;
  if (listed.status != LookupStatus::ok) co_return answer;
  answer.status = DnsAnswer::Status::found;
  for (const talk::DnsRecord& record : listed.records) {
    if (const auto* address = std::get_if<IpAddress>(&record.data)) answer.addresses.push_back(to_string(*address));
  }
  const DnsLookup why = co_await resolver.lookup(name, RecordType::txt);
  if (why.status == LookupStatus::ok) {
    if (const auto* text = std::get_if<talk::TextStrings>(&why.records.front().data)) answer.text = text->joined();
  }
  co_return answer;
}

}  // namespace

Task<DnsAnswer> answer_question(talk::Resolver& resolver, DnsQuestion question) {
  if (question.kind == DnsQuestion::Kind::list_entry) {
    DnsAnswer listed = co_await answer_about_list(resolver, std::move(question.name));
    co_return listed;
  }
  DnsAnswer found = co_await answer_about_mail(resolver, std::move(question.name));
  co_return found;
}

Task<ClientName> look_up_client_name(talk::Resolver& resolver, IpAddress client) {
  ClientName name;
  const DnsLookup reverse = co_await resolver.lookup(talk::reverse_name(client), RecordType::ptr);
  if (reverse.is_temporary()) name.reverse_failed_for_now = name.verified_failed_for_now = true;
  if (reverse.status != LookupStatus::ok) co_return name;
  const auto* target = std::get_if<talk::TargetName>(&reverse.records.front().data);
  if (target == nullptr) co_return name;
  name.reverse = target->name;
  // smtpd believes a name only when it leads back to the client.
  const talk::AddressFamilies families{!client.is_v6, client.is_v6};
  const talk::HostAddresses host = co_await talk::lookup_addresses(resolver, name.reverse, families);
  const bool confirmed = std::find(host.addresses.begin(), host.addresses.end(), client) != host.addresses.end();
  if (confirmed) name.verified = name.reverse;
  if (host.addresses.empty() && host.is_temporary()) name.verified_failed_for_now = true;
  co_return name;
}

}  // namespace watershed::router
