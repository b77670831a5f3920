// See dns_resolver.hpp.
#include "talk/dns_resolver.hpp"

#include "base/text.hpp"
#include "talk/dns_name.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace watershed::talk {

namespace {

constexpr int questions_max = 8;

// RFC 5452 §9.1: an answer counts only when it answers what was asked: id, name, type.
bool answers_question(const DnsAnswer& answer, std::uint16_t id, std::string_view name, RecordType type) {
  if (name.size() > 1 && name.back() == '.') name.remove_suffix(1);
  return answer.is_response && answer.id == id && answer.question_type == type &&
         equal_ignoring_case(answer.question_name, name);
}

}  // namespace

Resolver::Resolver(stage::Stage& stage, stage::HostId host, ResolverSettings settings)
    : stage_(stage),
      host_(host),
      settings_(std::move(settings)),
      cache_(settings_.cache),
      random_(stage.random.fork("resolver " + stage.journal.host_name(host))) {}

stage::Task<DnsLookup> Resolver::lookup(std::string name, RecordType type) {
  if (const DnsLookup* remembered = cache_.find(name, type, stage_.executor.now())) co_return *remembered;
  DnsLookup found = co_await resolve(name, type);
  const stage::Time now = stage_.executor.now();
  cache_.store(name, type, found, now);
  stage_.journal.record({.kind = stage::FactKind::looked_up,
                         .host = host_,
                         .at = now,
                         .recipient = name,
                         .detail = to_string(type),
                         .text = std::string(to_string(found.status))});
  co_return found;
}

stage::Task<DnsLookup> Resolver::resolve(std::string name, RecordType type) {
  const Result<std::string, Error> wire_name = to_wire_name(name);
  // What is no domain name cannot exist; to try again would not help.
  if (!wire_name) co_return DnsLookup{.status = LookupStatus::nxdomain, .canonical_name = to_lower(name)};
  std::uint32_t ttl_s = ~std::uint32_t{0};
  std::string target = std::move(name);
  for (int question = 0; question < questions_max; ++question) {
    DnsLookup found = co_await ask_servers(target, type);
    ttl_s = std::min(ttl_s, found.ttl_s);
    found.ttl_s = ttl_s;
    if (found.status != LookupStatus::ok || !found.records.empty()) co_return found;
    target = found.canonical_name;  // an alias whose target this answer did not hold
  }
  co_return DnsLookup{.status = LookupStatus::servfail, .canonical_name = target};
}

stage::Task<DnsLookup> Resolver::ask_servers(std::string name, RecordType type) {
  LookupStatus failure = settings_.servers.empty() ? LookupStatus::servfail : LookupStatus::timeout;
  for (int attempt = 0; attempt < settings_.attempts; ++attempt) {
    for (const Endpoint& server : settings_.servers) {
      const Result<DnsAnswer, LookupStatus> answer = co_await ask_one(server, name, type);
      if (!answer) {
        failure = answer.error();
        continue;
      }
      DnsLookup lookup = interpret(*answer, name, type);
      if (lookup.status != LookupStatus::servfail) co_return lookup;
      failure = LookupStatus::servfail;
    }
  }
  co_return DnsLookup{.status = failure, .canonical_name = to_lower(name)};
}

stage::Task<Result<DnsAnswer, LookupStatus>> Resolver::ask_one(Endpoint server, std::string name, RecordType type) {
  const auto id = static_cast<std::uint16_t>(random_.below(0x10000));
  const Result<std::string, Error> query = encode_query(id, name, type, settings_.edns_payload_octets);
  if (!query) co_return LookupStatus::servfail;
  const stage::Time deadline = stage_.executor.now() + settings_.timeout;
  std::optional<std::string> wire = co_await stage_.network.ask(settings_.local, server, *query, deadline);
  if (!wire) co_return LookupStatus::timeout;
  Result<DnsAnswer, Error> answer = decode_answer(*wire);
  if (answer && !answers_question(*answer, id, name, type)) {
    // Somebody else's answer: as if none had come.
    co_await stage_.executor.sleep_until(deadline);
    co_return LookupStatus::timeout;
  }
  if (answer && answer->truncated) {
    const stage::Time tcp_deadline = stage_.executor.now() + settings_.timeout;
    Result<std::string, LookupStatus> whole = co_await ask_over_tcp(server, *query, tcp_deadline);
    if (!whole) co_return whole.error();
    answer = decode_answer(*whole);
    if (answer && !answers_question(*answer, id, name, type)) co_return LookupStatus::servfail;
  }
  if (!answer) co_return LookupStatus::servfail;
  co_return std::move(*answer);
}

stage::Task<Result<std::string, LookupStatus>> Resolver::ask_over_tcp(Endpoint server, std::string query,
                                                                      stage::Time deadline) {
  auto connection = co_await stage_.network.connect(settings_.local, server, deadline);
  if (!connection) {
    co_return connection.error() == stage::ConnectError::timed_out ? LookupStatus::timeout : LookupStatus::servfail;
  }
  stage::Stream& stream = **connection;
  // RFC 1035 §4.2.2: two octets of length before the message.
  std::string framed;
  framed += static_cast<char>(query.size() >> 8);
  framed += static_cast<char>(query.size() & 0xff);
  framed += query;
  stage::IoStatus status = co_await stream.write(framed, deadline);
  std::string received;
  std::size_t wanted = 2;
  while (status == stage::IoStatus::ok) {
    if (received.size() >= 2) {
      wanted = 2 + static_cast<std::size_t>(static_cast<unsigned char>(received[0])) * 256 +
               static_cast<unsigned char>(received[1]);
    }
    if (received.size() >= 2 && received.size() >= wanted) co_return received.substr(2, wanted - 2);
    status = co_await stream.read(received, deadline);
  }
  co_return status == stage::IoStatus::timed_out ? LookupStatus::timeout : LookupStatus::servfail;
}

std::string reverse_name(const IpAddress& address) {
  std::string name;
  const std::size_t octet_count = address.is_v6 ? 16 : 4;
  for (std::size_t index = octet_count; index-- > 0;) {
    const unsigned octet = address.bytes[index];
    if (address.is_v6) {
      fmt::format_to(std::back_inserter(name), "{:x}.{:x}.", octet & 0xf, octet >> 4);
    } else {
      fmt::format_to(std::back_inserter(name), "{}.", octet);
    }
  }
  return name + (address.is_v6 ? "ip6.arpa" : "in-addr.arpa");
}

}  // namespace watershed::talk
