// See outbound.hpp.
#include "fakes/cloud/outbound.hpp"

#include "fakes/cloud/profile.hpp"
#include "talk/dns_mail_hosts.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::cloud {

using stage::FactKind;
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

// A recipient without a verdict: the connection broke under way.
mail::Reply reply_for(const talk::RecipientOutcome& outcome) {
  if (outcome.reply) return *outcome.reply;
  if (outcome.text.starts_with("5")) {
    if (auto refused = mail::parse_reply(outcome.text)) return *refused;
  }
  return mail::make_reply(450, "4.4.318", "Connection was closed abruptly [Message=" + outcome.text + "]");
}

std::string peer_name(const std::string& name, const Endpoint& endpoint) {
  return fmt::format("{}[{}]:{}", name, to_string(endpoint.address), endpoint.port);
}

}  // namespace

Outbound::Outbound(stage::Stage& stage, OutboundOptions options, const Tenant& tenant, talk::Resolver& resolver,
                   OutboundOwner& owner)
    : stage_(stage),
      options_(std::move(options)),
      tenant_(tenant),
      resolver_(resolver),
      owner_(owner),
      changed_(stage.executor) {}

void Outbound::start() {
  running_ = true;
  if (!keeps_time_) {
    keeps_time_ = true;
    stage_.executor.spawn(keep_time());
  }
  changed_.notify();
  for (auto& [name, lane] : lanes_) fill_connections(lane);
}

void Outbound::add(OutboundEntry entry) {
  for (const mail::Recipient& recipient : entry.envelope.recipients) {
    stage_.journal.record({.kind = FactKind::routed,
                           .host = options_.host,
                           .at = stage_.executor.now(),
                           .custody = entry.custody,
                           .recipient = display(recipient.forward_path),
                           .reverse_path = display(entry.envelope.reverse_path),
                           .detail = entry.next_hop.name,
                           .decided_by = entry.next_hop.decided_by});
  }
  entry.queued_at = stage_.executor.now();
  ++size_;
  make_ready(std::move(entry));
}

void Outbound::flush() {
  std::multimap<stage::Time, OutboundEntry> due;
  std::swap(due, waiting_);
  for (auto& [at, entry] : due) make_ready(std::move(entry));
}

void Outbound::make_ready(OutboundEntry entry) {
  Lane& lane = lanes_[entry.next_hop.name];
  lane.hop = entry.next_hop;  // the newest settings of that name
  lane.ready.push_back(std::move(entry));
  fill_connections(lane);
}

void Outbound::fill_connections(Lane& lane) {
  if (!running_ || lane.connections >= options_.connections_per_lane_max || lane.connections >= lane.ready.size()) return;
  ++lane.connections;
  stage_.executor.spawn(run_connection(lane));
}

// Wakes what is due; sleeps without a deadline while nothing waits.
Task<void> Outbound::keep_time() {
  for (;;) {
    while (running_ && !waiting_.empty() && waiting_.begin()->first <= stage_.executor.now()) {
      OutboundEntry entry = std::move(waiting_.begin()->second);
      waiting_.erase(waiting_.begin());
      make_ready(std::move(entry));
    }
    const stage::Time next = running_ && !waiting_.empty() ? waiting_.begin()->first : stage::forever;
    const bool notified = co_await changed_.wait(next);
    static_cast<void>(notified);
  }
}

Task<void> Outbound::run_connection(Lane& lane) {
  while (running_ && !lane.ready.empty()) {
    OpenResult opened = co_await open(lane.hop);
    if (!opened) {
      if (running_) put_off_all(lane, opened.error());
      break;
    }
    talk::SmtpClient& client = **opened;
    const std::string remote_mta = lane.hop.smart_hosts.empty() ? lane.hop.domain : lane.hop.smart_hosts.front().name;
    while (running_ && client.is_usable() && !lane.ready.empty()) {
      OutboundEntry entry = std::move(lane.ready.front());
      lane.ready.pop_front();
      const std::vector<talk::RecipientOutcome> outcomes =
          co_await client.send(entry.envelope, entry.message, entry.custody);
      settle(std::move(entry), outcomes, client, remote_mta);
    }
    co_await client.quit();
  }
  --lane.connections;
  fill_connections(lane);
}

Task<Outbound::OpenResult> Outbound::open(NextHop hop) {
  if (hop.smart_hosts.empty()) co_return co_await open_mx(hop.domain);
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
    OpenResult opened = co_await open_first(std::move(name), std::move(endpoints));
    if (opened) co_return opened;
    last = opened.error();
  }
  co_return last;
}

Task<Outbound::OpenResult> Outbound::open_mx(std::string domain) {
  // An address literal names its host itself (RFC 5321 §4.1.3).
  if (domain.starts_with('[') && domain.ends_with(']')) {
    const std::string inner = domain.starts_with("[ipv6:") ? domain.substr(6, domain.size() - 7)
                                                           : domain.substr(1, domain.size() - 2);
    const auto address = parse_ip_address(inner);
    if (!address) co_return HopFailure{mail::make_reply(550, "5.1.2", "Bad address literal " + domain), domain};
    std::vector<Endpoint> endpoints{{*address, options_.mx_port}};
    co_return co_await open_first(domain, std::move(endpoints));
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
    OpenResult opened = co_await open_first(host.name, std::move(endpoints));
    if (opened) co_return opened;
    last = opened.error();
  }
  co_return last;
}

Task<Outbound::OpenResult> Outbound::open_first(std::string name, std::vector<Endpoint> endpoints) {
  HopFailure last;
  for (const Endpoint& endpoint : endpoints) {
    talk::SmtpClientOptions client;
    client.helo = options_.hostname;
    client.peer_name = peer_name(name, endpoint);
    auto opened = co_await talk::SmtpClient::open(stage_, options_.host, options_.from, endpoint, std::move(client));
    if (opened) co_return std::move(*opened);
    last = {reply_for(opened.error()), name};
    // RFC 5321 §3.1: a 554 greeting speaks for this server only; another, or a later time, may do better.
    if (last.reply.is_permanent()) last.reply = mail::make_reply(450, "4.4.317", to_line(last.reply));
  }
  co_return last;
}

void Outbound::settle(OutboundEntry entry, const std::vector<talk::RecipientOutcome>& outcomes,
                      const talk::SmtpClient& client, const std::string& remote_mta) {
  std::vector<mail::Recipient> left;
  std::vector<OutboundOutcome> reasons;
  for (std::size_t index = 0; index < outcomes.size(); ++index) {
    OutboundOutcome outcome{OutboundOutcome::Kind::relayed, reply_for(outcomes[index]), remote_mta,
                            client.capabilities().dsn};
    const mail::Recipient& recipient = entry.envelope.recipients[index];
    if (outcomes[index].is_accepted()) {
      owner_.on_outcome(entry, recipient, outcome);
      continue;
    }
    outcome.kind = OutboundOutcome::Kind::failed;
    if (outcome.reply.is_permanent()) {
      owner_.on_outcome(entry, recipient, outcome);
      continue;
    }
    left.push_back(recipient);
    reasons.push_back(std::move(outcome));
  }
  if (left.empty()) {
    --size_;
    return;
  }
  entry.envelope.recipients = std::move(left);
  put_off(std::move(entry), reasons);
}

void Outbound::put_off_all(Lane& lane, const HopFailure& failure) {
  std::deque<OutboundEntry> entries;
  std::swap(entries, lane.ready);
  const OutboundOutcome reason{OutboundOutcome::Kind::failed, failure.reply, failure.remote_mta, false};
  for (OutboundEntry& entry : entries) {
    const std::vector<OutboundOutcome> reasons(entry.envelope.recipients.size(), reason);
    put_off(std::move(entry), reasons);
  }
}

void Outbound::put_off(OutboundEntry entry, const std::vector<OutboundOutcome>& reasons) {
  const stage::Time now = stage_.executor.now();
  const QueueTimes& times = tenant_.queue;
  const stage::Time expiry = entry.queued_at + times.expires_after;
  const bool is_over = now >= expiry;
  stage::Duration delay = times.retry_first;
  for (int doubled = 0; doubled < entry.attempts && delay < times.retry_max; ++doubled) delay *= 2;
  const stage::Time next = std::min(now + std::min(delay, times.retry_max), expiry);
  const bool is_late = times.delay_notice_after.count() > 0 && now - entry.queued_at >= times.delay_notice_after;
  std::vector<mail::Recipient> left;
  for (std::size_t index = 0; index < reasons.size(); ++index) {
    OutboundOutcome outcome = reasons[index];
    const mail::Recipient& recipient = entry.envelope.recipients[index];
    if (is_over || outcome.reply.is_permanent()) {
      if (!outcome.reply.is_permanent()) {
        const mail::Reply expired = fill(tenant_.profile->expired, {.host = options_.hostname});
        outcome.reply = mail::make_reply(expired.code, to_string(*expired.status),
                                         expired.lines.front() + " -> " + to_line(outcome.reply));
      }
      owner_.on_outcome(entry, recipient, outcome);
      continue;
    }
    stage_.journal.record({.kind = FactKind::deferred,
                           .host = options_.host,
                           .code = static_cast<std::uint16_t>(outcome.reply.code),
                           .at = now,
                           .custody = entry.custody,
                           .recipient = display(recipient.forward_path),
                           .reverse_path = display(entry.envelope.reverse_path),
                           .detail = fmt::format("{}s", std::chrono::duration_cast<std::chrono::seconds>(next).count()),
                           .text = to_line(outcome.reply),
                           .decided_by = entry.next_hop.decided_by});
    if (is_late && !entry.delay_was_noticed) {
      outcome.kind = OutboundOutcome::Kind::delayed;
      owner_.on_outcome(entry, recipient, outcome);
    }
    left.push_back(recipient);
  }
  entry.delay_was_noticed = entry.delay_was_noticed || is_late;
  if (left.empty()) {
    --size_;
    return;
  }
  entry.envelope.recipients = std::move(left);
  ++entry.attempts;
  waiting_.emplace(next, std::move(entry));
  changed_.notify();
}

}  // namespace watershed::cloud
