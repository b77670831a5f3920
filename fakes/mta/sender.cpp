// See sender.hpp.
#include "fakes/mta/sender.hpp"

#include "base/text.hpp"
#include "talk/dns_mail_hosts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace watershed::mta {

using stage::FactKind;
using stage::Task;
using talk::MailHostsStatus;

struct Sender::Candidate {
  Endpoint endpoint;
  std::string name;  // `mx.ctbto.int[192.0.2.25]:25`, as Postfix writes a peer
};

struct Sender::Delivery {
  // What is known of a recipient that has not ended.
  struct Pending {
    std::size_t place = 0;  // in the result
    std::optional<mail::Reply> reply = {};
    std::string text = {};
  };

  SubmissionResult& result;
  const mail::Message& message;
  std::string domain;
  stage::Time queued_at{};
  mail::Envelope envelope;            // with the recipients that have not ended
  std::vector<Pending> pending = {};  // one for each of them

  void note_reason(const std::optional<mail::Reply>& reply, const std::string& text) {
    for (Pending& each : pending) {
      each.reply = reply;
      each.text = text;
    }
  }
};

namespace {

constexpr std::size_t addresses_max = 5;  // Postfix: smtp_mx_address_limit

talk::AddressFamilies families_of(const std::vector<IpAddress>& locals) {
  talk::AddressFamilies families{false, false};
  for (const IpAddress& local : locals) (local.is_v6 ? families.ipv6 : families.ipv4) = true;
  return families;
}

// RFC 5321 §4.1.3: mail to an address literal goes to that address, whatever DNS says.
std::optional<IpAddress> parse_literal(std::string_view domain) {
  if (!domain.starts_with('[') || !domain.ends_with(']')) return std::nullopt;
  domain = domain.substr(1, domain.size() - 2);
  if (starts_with_ignoring_case(domain, "IPv6:")) domain.remove_prefix(5);
  const auto address = parse_ip_address(domain);
  return address ? std::optional(*address) : std::nullopt;
}

std::string describe(const talk::MailHosts& hosts) {
  switch (hosts.status) {
    case MailHostsStatus::null_mx:
      return fmt::format("5.1.10 domain {} takes no mail (null MX)", hosts.failed_name);
    case MailHostsStatus::no_such_domain:
      return fmt::format("5.1.2 domain {} not found", hosts.failed_name);
    case MailHostsStatus::no_address:
      return fmt::format("5.4.4 mail host {} has no address", hosts.failed_name);
    default:
      return fmt::format("4.4.3 lookup of {} {} failed: {}", hosts.failed_name, to_string(hosts.failed_type),
                         to_string(hosts.failed_status));
  }
}

SenderOptions completed(SenderOptions options) {
  if (options.resolver.servers.empty() || options.locals.empty()) return options;
  options.resolver.local = options.locals.front();
  return options;
}

}  // namespace

Sender::Sender(stage::Stage& stage, SenderOptions options)
    : stage_(stage),
      options_(completed(std::move(options))),
      random_(stage.random.fork(fmt::format("sender {}", options_.client.helo))),
      resolver_(stage, options_.host, options_.resolver),
      pool_(stage, options_.host, options_.locals, options_.client, options_.pool) {}

Sender::~Sender() = default;

Task<SubmissionResult> Sender::submit(mail::Envelope envelope, mail::Message message, std::string label,
                                      std::string traffic_class) {
  SubmissionResult result{stage_.journal.new_custody(), {}};
  const std::uint64_t body_hash = message.body_hash();
  std::vector<Delivery> deliveries;
  for (std::size_t place = 0; place < envelope.recipients.size(); ++place) {
    const mail::Recipient& recipient = envelope.recipients[place];
    stage_.journal.record({.kind = FactKind::offered,
                           .host = options_.host,
                           .at = stage_.executor.now(),
                           .custody = result.custody,
                           .body_hash = body_hash,
                           .size_octets = message.size_octets(),
                           .recipient = display(recipient.forward_path),
                           .reverse_path = display(envelope.reverse_path),
                           .detail = label,
                           .text = traffic_class});
    result.recipients.push_back({.recipient = recipient});
    // One transaction for all recipients of a domain; over a smart host one for all.
    const std::string domain = options_.smart_host.empty() ? to_lower(recipient.forward_path.address().domain) : "";
    auto same = std::find_if(deliveries.begin(), deliveries.end(),
                             [&domain](const Delivery& each) { return each.domain == domain; });
    if (same == deliveries.end()) {
      mail::Envelope part = envelope;
      part.recipients.clear();
      deliveries.push_back({result, message, domain, stage_.executor.now(), std::move(part)});
      same = deliveries.end() - 1;
    }
    same->envelope.recipients.push_back(recipient);
    same->pending.push_back({.place = place});
  }
  queued_ += envelope.recipients.size();
  if (deliveries.size() == 1) {
    co_await deliver(deliveries.front());
  } else {
    std::size_t left = deliveries.size();
    stage::Signal ended(stage_.executor);
    for (Delivery& delivery : deliveries) stage_.executor.spawn(deliver_one_of(delivery, left, ended));
    while (left > 0) co_await ended.wait();
  }
  co_return result;
}

Task<void> Sender::deliver_one_of(Delivery& delivery, std::size_t& left, stage::Signal& ended) {
  co_await deliver(delivery);
  --left;
  ended.notify();
}

Task<void> Sender::deliver(Delivery& delivery) {
  open_.push_back(&delivery);
  stage::Duration delay = options_.retry.first;
  for (;;) {
    std::vector<Candidate> candidates = co_await find_candidates(delivery);
    for (std::size_t index = 0; index < candidates.size() && !delivery.pending.empty(); ++index) {
      const bool is_last = index + 1 == candidates.size();
      co_await attempt_at(delivery, std::move(candidates[index]), is_last);
    }
    const stage::Time now = stage_.executor.now();
    // RFC 5321 §4.5.4.1: retries go on until the message is transmitted or the sender gives up, after 4 to 5 days.
    if (now >= delivery.queued_at + options_.retry.lifetime) {
      while (!delivery.pending.empty()) finish(delivery, 0, false);
    }
    if (delivery.pending.empty()) break;
    const stage::Time next = now + delay;
    const auto next_s = std::chrono::duration_cast<std::chrono::seconds>(next).count();
    for (std::size_t index = 0; index < delivery.pending.size(); ++index) {
      note(FactKind::deferred, delivery, index, fmt::format("{}s", next_s));
    }
    ++deferred_;
    co_await stage_.executor.sleep_until(next);
    --deferred_;
    delay = std::min(2 * delay, options_.retry.longest);
  }
  std::erase(open_, &delivery);
}

void Sender::note_queued() const {
  for (const Delivery* delivery : open_) {
    for (std::size_t index = 0; index < delivery->pending.size(); ++index) {
      note(FactKind::queued, *delivery, index, "originator");
    }
  }
}

// Where to go, best first. None: the reason stands with the recipients, those that failed for good are finished.
Task<std::vector<Sender::Candidate>> Sender::find_candidates(Delivery& delivery) {
  std::vector<Candidate> candidates;
  const auto add = [this, &candidates](const std::string& name, const IpAddress& address) {
    if (candidates.size() >= addresses_max) return;
    candidates.push_back({{address, options_.port}, fmt::format("{}[{}]:{}", name, to_string(address), options_.port)});
  };
  const std::string& smart_host = options_.smart_host;
  const auto literal = smart_host.empty() ? parse_literal(delivery.domain) : std::nullopt;
  const auto smart_address = parse_ip_address(smart_host);
  if (literal || smart_address) {
    const IpAddress address = literal ? *literal : *smart_address;
    add(to_string(address), address);
    co_return candidates;
  }
  const talk::AddressFamilies families = families_of(options_.locals);
  if (!smart_host.empty()) {
    const talk::HostAddresses found = co_await talk::lookup_addresses(resolver_, smart_host, families);
    for (const IpAddress& address : found.addresses) add(smart_host, address);
    // A smart host that cannot be found is our own configuration's fault: the mail waits.
    if (candidates.empty()) {
      delivery.note_reason(std::nullopt, fmt::format("4.4.3 smart host {}: {}", smart_host, to_string(found.status)));
    }
    co_return candidates;
  }
  const talk::MailHosts hosts = co_await talk::resolve_mail_hosts(resolver_, random_, delivery.domain, families);
  for (const talk::MailHost& host : hosts.hosts) {
    for (const IpAddress& address : host.addresses) add(host.name, address);
  }
  if (!candidates.empty()) co_return candidates;
  delivery.note_reason(std::nullopt, describe(hosts));
  while (hosts.is_permanent() && !delivery.pending.empty()) finish(delivery, 0, false);
  co_return candidates;
}

Task<void> Sender::attempt_at(Delivery& delivery, Candidate candidate, bool is_last) {
  for (;;) {
    auto session = co_await pool_.take(candidate.endpoint, candidate.name, delivery.result.custody);
    if (!session) {
      const talk::SessionFailure& failure = session.error();
      delivery.note_reason(failure.reply, failure.text);
      // A host that refuses sessions for good (RFC 5321 §3.1, 554) may have a second that does not.
      while (failure.is_permanent && is_last && !delivery.pending.empty()) finish(delivery, 0, false);
      co_return;
    }
    const bool is_reused = session->transactions > 1;
    auto outcomes = co_await session->client->send(delivery.envelope, delivery.message, delivery.result.custody);
    pool_.give_back(std::move(*session));
    const talk::RecipientOutcome& first = outcomes.front();
    const bool said_nothing = !first.reply || first.reply->code == 421;
    // A session that the peer closed while it was idle says nothing about this message: once more, on another.
    if (is_reused && first.at == talk::SmtpStage::mail && said_nothing) continue;
    settle(delivery, std::move(outcomes));
    co_return;
  }
}

void Sender::settle(Delivery& delivery, std::vector<talk::RecipientOutcome> outcomes) {
  std::size_t index = 0;
  for (talk::RecipientOutcome& outcome : outcomes) {
    delivery.pending[index].reply = std::move(outcome.reply);
    delivery.pending[index].text = std::move(outcome.text);
    const std::optional<mail::Reply>& reply = delivery.pending[index].reply;
    const bool is_accepted = outcome.at == talk::SmtpStage::content && reply && reply->is_positive();
    if (is_accepted || (reply && reply->is_permanent())) {
      finish(delivery, index, is_accepted);
    } else {
      ++index;
    }
  }
}

void Sender::finish(Delivery& delivery, std::size_t index, bool is_accepted) {
  if (!is_accepted) note(FactKind::failed, delivery, index, {});
  Delivery::Pending& ended = delivery.pending[index];
  RecipientResult& result = delivery.result.recipients[ended.place];
  result.is_accepted = is_accepted;
  result.reply = std::move(ended.reply);
  result.text = std::move(ended.text);
  const auto offset = static_cast<std::ptrdiff_t>(index);
  delivery.pending.erase(delivery.pending.begin() + offset);
  delivery.envelope.recipients.erase(delivery.envelope.recipients.begin() + offset);
  --queued_;
}

void Sender::note(FactKind kind, const Delivery& delivery, std::size_t index, std::string detail) const {
  const Delivery::Pending& pending = delivery.pending[index];
  stage_.journal.record({.kind = kind,
                         .host = options_.host,
                         .code = static_cast<std::uint16_t>(pending.reply ? pending.reply->code : 0),
                         .at = stage_.executor.now(),
                         .custody = delivery.result.custody,
                         .recipient = display(delivery.envelope.recipients[index].forward_path),
                         .reverse_path = display(delivery.envelope.reverse_path),
                         .detail = std::move(detail),
                         .text = pending.text});
}

}  // namespace watershed::mta
