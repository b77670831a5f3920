// See smtp_delivery.hpp.
#include "components/router/engine/smtp_delivery.hpp"

#include "components/router/engine/engine.hpp"
#include "components/router/engine/long_lines.hpp"
#include "components/router/engine/smtp_outcome.hpp"
#include "talk/dns_mail_hosts.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::router {

using stage::Task;
using talk::SmtpClient;
using talk::SmtpStage;

SmtpDelivery::SmtpDelivery(Engine& engine, const Destination& destination, const Batch& batch, SmtpSession& session)
    : engine_(engine),
      destination_(destination),
      client_(destination.transport_settings->client),
      batch_(batch),
      session_(session) {
  for (std::size_t index = 0; index < batch.recipients.size(); ++index) left_.push_back(index);
  report_.outcomes.resize(batch.recipients.size());
  why_ = make_outcome(Outcome::Kind::deferred, "4.3.0", "nothing was tried");
}

void SmtpDelivery::settle(std::size_t index, Outcome outcome) {
  report_.outcomes[index] = std::move(outcome);
  std::erase(left_, index);
}

// Another exchanger may do better than a transient failure; what is left in the end is settled by run().
void SmtpDelivery::note_session_failure(Outcome outcome) {
  why_ = std::move(outcome);
  if (why_.kind == Outcome::Kind::deferred) return;
  for (const std::size_t index : std::vector<std::size_t>(left_)) settle(index, why_);
}

Task<DeliveryReport> SmtpDelivery::run() {
  const bool reused = co_await reuse_session();
  if (reused && left_.empty()) co_return std::move(report_);

  auto sites = parse_next_hop(destination_.next_hop, client_);
  if (!sites) {
    why_ = make_outcome(Outcome::Kind::deferred, "4.3.5", sites.error().message);
    sites = std::vector<Site>{};
  } else if (!client_.fallback_relay.empty()) {
    // postconf(5) smtp_fallback_relay: hosts for destinations that cannot be found or reached.
    if (const auto fallback = parse_next_hop(client_.fallback_relay, client_)) {
      sites->insert(sites->end(), fallback->begin(), fallback->end());
    }
  }
  for (std::size_t index = 0; index < sites->size() && !left_.empty(); ++index) {
    Site site = (*sites)[index];
    Lookup found = co_await look_up(std::move(site));
    if (!found.failure) {
      const bool final_site = index + 1 == sites->size();
      co_await try_targets(std::move(found.targets), final_site);
      continue;
    }
    why_ = *found.failure;
    // A loop is not mended by a fallback relay.
    if (why_.status == mail::EnhancedStatus{5, 4, 6}) break;
  }
  if (!left_.empty() && why_.kind == Outcome::Kind::deferred) report_.site_failed = true;
  for (const std::size_t index : std::vector<std::size_t>(left_)) settle(index, why_);
  co_return std::move(report_);
}

Task<SmtpDelivery::Lookup> SmtpDelivery::look_up(Site site) {
  Lookup found;
  if (!site.unix_path.empty()) {
    const auto socket = engine_.options.unix_sockets.find(site.unix_path);
    if (socket == engine_.options.unix_sockets.end()) {
      found.failure = make_outcome(Outcome::Kind::deferred, "4.4.1",
                                   fmt::format("connect to {}: No such file or directory", site.unix_path));
    } else {
      found.targets.push_back({socket->second.address, socket->second.port, site.unix_path, 0});
    }
    co_return found;
  }
  const talk::AddressFamilies families{client_.use_ipv4 && engine_.own_address(false).has_value(),
                                       client_.use_ipv6 && engine_.own_address(true).has_value()};
  if (site.address) {
    found.targets.push_back({*site.address, site.port, site.name, 0});
  } else if (site.lookup_mx) {
    Site asked = site;
    found = co_await look_up_exchangers(std::move(asked), families);
  } else {
    talk::HostAddresses host = co_await talk::lookup_addresses(engine_.resolver, site.name, families);
    if (host.addresses.empty()) {
      talk::MailHosts failed;
      failed.status = host.is_temporary() ? talk::MailHostsStatus::temporary : talk::MailHostsStatus::no_address;
      failed.failed_name = site.name;
      failed.failed_type = host.failed_type;
      found.failure = unresolved(failed);
      co_return found;
    }
    const std::vector<talk::MailHost> hosts{talk::MailHost{site.name, 0, std::move(host.addresses)}};
    found.targets = order_targets(hosts, site.port, client_, engine_.random);
  }
  // smtp(8) looks for itself only where it would talk to an MTA: on its default port.
  const bool loop_detection = !client_.lmtp && site.port == client_.port;
  if (!found.failure && loop_detection && !cut_at_self(found.targets, engine_.own_mail_addresses)) {
    found.failure =
        make_outcome(Outcome::Kind::failed, "5.4.6", fmt::format("mail for {} loops back to myself", site.name));
  }
  co_return found;
}

Task<SmtpDelivery::Lookup> SmtpDelivery::look_up_exchangers(Site site, talk::AddressFamilies families) {
  Lookup found;
  const talk::MailHosts hosts =
      co_await talk::resolve_mail_hosts(engine_.resolver, engine_.random, site.name, families);
  if (hosts.status != talk::MailHostsStatus::ok) {
    found.failure = unresolved(hosts);
    // postconf(5) smtp_defer_if_no_mx_address_found.
    if (hosts.status == talk::MailHostsStatus::no_address && client_.defer_if_no_mx_address_found) {
      found.failure->kind = Outcome::Kind::deferred;
      found.failure->status.class_digit = 4;
    }
    co_return found;
  }
  found.targets = order_targets(hosts.hosts, site.port, client_, engine_.random);
  co_return found;
}

Task<bool> SmtpDelivery::reuse_session() {
  if (!session_.is_usable()) co_return false;
  if (engine_.now() - session_.opened >= client_.reuse_time_limit) {
    co_await session_.client->quit();
    session_.client.reset();
    co_return false;
  }
  used_ = session_.address;
  sessions_ = 1;
  co_await transact(false);
  // A connection that broke while it was idle says nothing about the host.
  if (!left_.empty() && !session_.is_usable()) {
    used_.reset();
    sessions_ = 0;
  }
  co_return true;
}

Task<void> SmtpDelivery::try_targets(std::vector<Target> targets, bool final_site) {
  if (used_) std::erase_if(targets, [&](const Target& target) { return target.address == *used_; });
  if (client_.mx_address_limit > 0 && targets.size() > client_.mx_address_limit)
    targets.resize(client_.mx_address_limit);
  for (std::size_t index = 0; index < targets.size() && !left_.empty(); ++index) {
    Target target = targets[index];
    const Opened opened = co_await open_session(std::move(target));
    if (opened == Opened::no_connection) continue;
    ++sessions_;
    const bool is_limit = client_.mx_session_limit > 0 && sessions_ >= client_.mx_session_limit;
    const bool is_last = is_limit || index + 1 == targets.size();
    if (opened == Opened::ready) co_await transact(final_site && is_last);
    if (is_last) break;
  }
}

Task<SmtpDelivery::Opened> SmtpDelivery::open_session(Target target) {
  if (session_.is_usable()) co_await session_.client->quit();
  session_.client.reset();
  session_.peer = target.display();
  session_.address = target.address;
  session_.opened = engine_.now();
  Endpoint to{target.address, target.port};
  if (is_loopback(to.address)) to.address = engine_.options.addresses.front();
  const auto from = engine_.own_address(to.address.is_v6);
  if (!from) {
    why_ = make_outcome(Outcome::Kind::deferred, "4.4.1",
                        fmt::format("connect to {}:{}: Network is unreachable", session_.peer, target.port));
    co_return Opened::no_connection;
  }
  talk::SmtpClientOptions options;
  options.helo = client_.helo_name;
  options.peer_name = fmt::format("{}:{}", session_.peer, target.port);
  options.custody = batch_.message->custody;
  options.lmtp = client_.lmtp;
  options.connect_timeout = client_.connect_timeout;
  options.reply_timeout = client_.reply_timeout;
  options.content_timeout = client_.content_timeout;
  auto client = co_await SmtpClient::open(engine_.stage, engine_.host, *from, to, std::move(options));
  if (client) {
    session_.client = std::move(*client);
    co_return Opened::ready;
  }
  note_session_failure(outcome_of_failed_session(client.error(), session_.peer, client_.skip_5xx_greeting));
  co_return client.error().at == SmtpStage::connect ? Opened::no_connection : Opened::refused;
}

Task<void> SmtpDelivery::transact(bool is_final) {
  const QueuedMessage& queued = *batch_.message;
  const std::vector<std::size_t> tried = left_;
  mail::Envelope envelope = queued.envelope;
  for (const std::size_t index : tried)
    envelope.recipients.push_back(queued.recipients[batch_.recipients[index]].recipient);
  const std::shared_ptr<const mail::Message> message = queued.message;
  const std::size_t line_max = client_.line_length_max_octets;
  const bool too_long = line_max > 0 && (has_longer_line(message->header_section(), line_max) ||
                                         has_longer_line(message->body(), line_max));
  std::vector<talk::RecipientOutcome> outcomes;
  if (too_long) {
    const mail::Message broken = break_long_lines(*message, client_.line_length_max_octets);
    outcomes = co_await session_.client->send(envelope, broken, queued.custody);
  } else {
    outcomes = co_await session_.client->send(envelope, *message, queued.custody);
  }
  for (std::size_t position = 0; position < tried.size(); ++position) {
    take_outcome(tried[position], outcomes[position], is_final);
  }
}

void SmtpDelivery::take_outcome(std::size_t index, const talk::RecipientOutcome& outcome, bool is_final) {
  if (outcome.is_accepted()) {
    Outcome relayed;
    relayed.kind = Outcome::Kind::relayed;
    relayed.code = static_cast<std::uint16_t>(outcome.reply->code);
    relayed.status = outcome.reply->status.value_or(mail::EnhancedStatus{2, 0, 0});
    relayed.remote_mta = session_.peer.substr(0, session_.peer.find('['));
    relayed.diagnostic = outcome.text;
    relayed.text = outcome.text;
    // Over LMTP this was the last hop: nobody behind it reports success (RFC 3461 §5.2.5).
    relayed.next_hop_sends_dsn = !client_.lmtp && session_.client->capabilities().dsn;
    if (client_.lmtp) relayed.kind = Outcome::Kind::delivered;
    settle(index, std::move(relayed));
    return;
  }
  Outcome failed = outcome.is_own  ? outcome_of_own_refusal(*outcome.reply, session_.peer)
                   : outcome.reply ? outcome_of_reply(*outcome.reply, outcome.at, session_.peer)
                                   : broken_connection(outcome.text, outcome.at, session_.peer);
  why_ = failed;
  if (failed.kind == Outcome::Kind::deferred && !is_final) return;
  if (!outcome.reply) report_.site_failed = true;
  settle(index, std::move(failed));
}

}  // namespace watershed::router
