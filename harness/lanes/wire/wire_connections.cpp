// Connections with their numbers and parties, and what servers took or refused. See wire_reading.hpp.
#include "base/text.hpp"
#include "harness/lanes/wire/wire_reading.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::harness {

using stage::FactKind;

namespace {

stage::Fact connection_fact(FactKind kind, const WireHost& host, stage::Time at, stage::ConnectionId id,
                            const Endpoint& peer) {
  stage::Fact fact;
  fact.kind = kind;
  fact.host = host.id;
  fact.at = at;
  fact.connection = id;
  fact.detail = to_string(peer);
  return fact;
}

stage::Fact rejection(const WireTransaction& transaction, std::string recipient, const mail::Reply& reply) {
  stage::Fact fact;
  fact.kind = FactKind::rejected;
  fact.host = transaction.server->id;
  fact.code = static_cast<std::uint16_t>(reply.code);
  fact.transaction = transaction.seen->number;
  fact.at = transaction.ended;
  fact.connection = transaction.connection;
  fact.recipient = std::move(recipient);
  fact.reverse_path = transaction.seen->reverse_path;
  fact.text = to_line(reply);
  return fact;
}

// Mail is read on the ports that it usually has. What two hosts say on another may be mail too: a transport to port
// 2525, and an smtpd there. Names are read where they are asked for.
void check_unread(WireReading& reading, const witness::SeenConnection& seen, const WireHost& client,
                  const WireHost& server) {
  constexpr std::uint16_t dns_port = 53;
  if (&client == &server || seen.is_refused || seen.server.port == dns_port) return;
  reading.fault(fmt::format("{} connected to port {} of {}, where no mail is read: what they said is not known",
                            client.name, seen.server.port, server.name),
                &client);
}

bool is_refusal(const std::optional<mail::Reply>& reply) { return reply && reply->code >= 400; }

}  // namespace

void WireReading::join_connections() {
  // The nth connection between two endpoints that the registry numbered is the nth that was seen.
  std::map<std::pair<Endpoint, Endpoint>, std::deque<stage::ConnectionId>> numbers;
  for (const stage::NumberedConnection& each : sources.numbered) numbers[{each.client, each.server}].push_back(each.id);
  constexpr stage::ConnectionId first_own = 1'000'000'000;
  std::vector<stage::ConnectionId>& ids = result.connections;
  for (const witness::SeenConnection& seen : sources.seen.connections) {
    std::deque<stage::ConnectionId>& known = numbers[{seen.client, seen.server}];
    stage::ConnectionId id = first_own + seen.number;
    if (!known.empty()) {
      id = known.front();
      known.pop_front();
    }
    ids.push_back(id);
    const WireHost* client = host_at(seen.client.address);
    const WireHost* server = host_at(seen.server.address);
    if (!seen.is_mail) {
      if (client != nullptr && server != nullptr) check_unread(*this, seen, *client, *server);
      continue;
    }
    if (client == nullptr || server == nullptr) {
      fault(fmt::format("a mail connection from {} to {}: one of them is no host of the world", to_string(seen.client),
                        to_string(seen.server)));
      continue;
    }
    if (seen.is_tls) {
      fault(fmt::format("{} and {} talk in TLS: what was said is hidden", client->name, server->name), client);
    }
    if (client->program != HostProgram::in_process) {
      const FactKind kind = seen.is_refused ? FactKind::unconnected : FactKind::connected;
      stage::Fact fact = connection_fact(kind, *client, time_of(seen.opened_ns), id, seen.server);
      if (seen.is_refused) fact.text = "refused";
      result.facts.push_back(std::move(fact));
    }
    if (server->program != HostProgram::in_process && is_refusal(seen.greeting)) {
      stage::Fact fact = connection_fact(FactKind::rejected, *server, time_of(seen.opened_ns), id, seen.client);
      fact.detail.clear();
      fact.code = static_cast<std::uint16_t>(seen.greeting->code);
      fact.text = to_line(*seen.greeting);
      result.facts.push_back(std::move(fact));
    }
  }
  for (const witness::SmtpTransaction& seen : sources.seen.transactions) {
    WireTransaction transaction;
    transaction.seen = &seen;
    transaction.connection = ids.at(seen.connection - 1);
    transaction.client = host_at(seen.client.address);
    transaction.server = host_at(seen.server.address);
    transaction.began = time_of(seen.began_ns);
    transaction.ended = time_of(seen.ended_ns);
    if (transaction.client == nullptr || transaction.server == nullptr) continue;
    if (seen.has_content) transaction.marks = content_marks(seen.content);
    transactions.push_back(std::move(transaction));
  }
}

void WireReading::take_accepted() {
  for (const WireTransaction& transaction : transactions) {
    if (transaction.server->program == HostProgram::in_process) continue;
    take_rejected(transaction);
    const witness::SmtpTransaction& seen = *transaction.seen;
    Held* taken = nullptr;
    for (const witness::SeenRecipient& recipient : seen.recipients) {
      if (!seen.is_accepted(recipient)) continue;
      if (taken == nullptr) {
        std::string id = id_in_reply(to_line(*recipient.final_reply));
        if (id.empty()) {
          id = fmt::format("?{}/{}", transaction.connection, seen.number);
          fault(fmt::format("{} took a message and did not say by which name: '{}'", transaction.server->name,
                            to_line(*recipient.final_reply)),
                transaction.server);
        }
        taken = &hold(*transaction.server, std::move(id));
        taken->reverse_path = seen.reverse_path;
        taken->message_id = transaction.marks.message_id;
        taken->body_hash = transaction.marks.body_hash;
        taken->size_octets = transaction.marks.size_octets;
        taken->began = transaction.began;
        taken->answered = transaction.ended;
        taken->body = seen.content;
      }
      taken->recipients.push_back(recipient.forward_path);
      taken->asks_no_notice = to_lower(recipient.parameters).find("notify=never") != std::string::npos;
      stage::Fact& fact = record(FactKind::accepted, *taken, transaction.ended, recipient.forward_path);
      fact.connection = transaction.connection;
      fact.transaction = seen.number;
    }
  }
}

void WireReading::take_rejected(const WireTransaction& transaction) {
  const witness::SmtpTransaction& seen = *transaction.seen;
  if (is_refusal(seen.mail_reply)) result.facts.push_back(rejection(transaction, {}, *seen.mail_reply));
  for (const witness::SeenRecipient& recipient : seen.recipients) {
    if (is_refusal(recipient.reply)) {
      result.facts.push_back(rejection(transaction, recipient.forward_path, *recipient.reply));
    } else if (is_refusal(recipient.final_reply)) {
      result.facts.push_back(rejection(transaction, recipient.forward_path, *recipient.final_reply));
    }
  }
  // A pipelined DATA after nobody was accepted is refused for form's sake: the recipients' replies have said it all.
  const bool had_recipients = std::any_of(seen.recipients.begin(), seen.recipients.end(), [](const auto& recipient) {
    return recipient.reply && recipient.reply->is_positive();
  });
  if (had_recipients && is_refusal(seen.data_reply))
    result.facts.push_back(rejection(transaction, {}, *seen.data_reply));
}

// The transaction whose content that host refused nearest to a moment, each once: a refused message has no queue id
// that anybody else knows.
const WireTransaction* WireReading::refused_at(const WireHost& host, stage::Time at,
                                               std::set<const WireTransaction*>& joined) const {
  constexpr stage::Duration slack = std::chrono::seconds(2);  // a busy machine logs late
  const WireTransaction* nearest = nullptr;
  for (const WireTransaction& each : transactions) {
    const auto& recipients = each.seen->recipients;
    const bool is_refused = std::any_of(recipients.begin(), recipients.end(), [](const auto& recipient) {
      return recipient.final_reply && !recipient.final_reply->is_positive();
    });
    const bool fits =
        each.server == &host && is_refused && joined.count(&each) == 0 && each.began <= at && at <= each.ended + slack;
    if (!fits) continue;
    const auto distance = [&](const WireTransaction& other) { return std::chrono::abs(other.ended - at); };
    if (nearest == nullptr || distance(each) < distance(*nearest)) nearest = &each;
  }
  if (nearest != nullptr) joined.insert(nearest);
  return nearest;
}

// A filter's word, joined by the queue id to the message or, where it was refused, to the transaction.
void WireReading::take_filtered() {
  std::set<const WireTransaction*> joined;
  for (const FilterEntry& entry : sources.filters) {
    stage::Fact fact;
    fact.kind = FactKind::filtered;
    fact.host = entry.filter;
    fact.at = entry.at;
    fact.detail = entry.action;
    fact.text = entry.rule;
    fact.decided_by = entry.decided_by;
    for (const WireHost& host : hosts) {
      if (host.id != entry.asker) continue;
      if (const Held* of = find(host, entry.queue_id)) {
        fact.custody = of->custody;
        fact.body_hash = of->body_hash;
        fact.reverse_path = of->reverse_path;
        break;
      }
      if (const WireTransaction* refused = refused_at(host, entry.at, joined)) {
        fact.connection = refused->connection;
        fact.transaction = refused->seen->number;
        fact.reverse_path = refused->seen->reverse_path;
      }
    }
    if (fact.custody == 0 && fact.connection == 0) {
      fault(fmt::format("a filter judged message {}, which nobody is known to have sent", entry.queue_id));
    }
    result.facts.push_back(std::move(fact));
  }
}

void WireReading::take_strays() {
  for (const witness::SeenStray& stray : sources.seen.strays) {
    stage::Fact fact;
    fact.kind = FactKind::escaped;
    const WireHost* host = host_at(stray.from.address);
    fact.host = host == nullptr ? stage::HostId{0} : host->id;
    fact.at = time_of(stray.unix_ns);
    fact.detail = host == nullptr ? to_string(stray.from) + " -> " + to_string(stray.to) : to_string(stray.to);
    result.facts.push_back(std::move(fact));
  }
  for (const witness::EvidenceFault& each : sources.seen.faults) fault("the capture is incomplete: " + each.text);
  for (const witness::SeenLookup& lookup : sources.seen.lookups) {
    stage::Fact fact;
    fact.kind = FactKind::looked_up;
    const WireHost* host = host_at(lookup.client.address);
    fact.host = host == nullptr ? stage::HostId{0} : host->id;
    if (host != nullptr && host->program == HostProgram::in_process) continue;  // its resolver says so itself
    fact.at = time_of(lookup.asked_ns);
    fact.recipient = lookup.name;
    fact.detail = talk::to_string(lookup.type);
    fact.text = lookup.rcode ? talk::to_string(*lookup.rcode) : std::string("no answer");
    result.facts.push_back(std::move(fact));
  }
}

}  // namespace watershed::harness
