// What Postfix hosts sent, and the messages that they made themselves. See wire_reading.hpp.
#include "base/text.hpp"
#include "harness/lanes/wire/wire_reading.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::harness {

using stage::FactKind;
using Kind = PostfixLogLine::Kind;

namespace {

using LogLines = std::vector<std::pair<stage::Time, PostfixLogLine>>;

// Recipients of a message that the log reports with one of these words before a moment.
std::vector<std::string> recipients_with(const LogLines& lines, std::string_view queue_id,
                                         std::initializer_list<std::string_view> statuses, stage::Time before) {
  std::vector<std::string> recipients;
  for (const auto& [at, line] : lines) {
    if (at > before || line.queue_id != queue_id || line.to.empty()) continue;
    if (std::find(statuses.begin(), statuses.end(), line.status) == statuses.end()) continue;
    if (std::find(recipients.begin(), recipients.end(), line.to) == recipients.end()) recipients.push_back(line.to);
  }
  return recipients;
}

// A transaction that broke before its content: the log line that speaks of it names the message.
Held* by_log(WireReading& reading, const WireTransaction& transaction, std::set<const PostfixLogLine*>& used) {
  const LogLines& lines = reading.log[transaction.client->id];
  const std::string address = "[" + to_string(transaction.seen->server.address) + "]";
  for (const auto& [at, line] : lines) {
    constexpr stage::Duration slack = std::chrono::milliseconds(500);
    if (line.kind != Kind::delivery || at < transaction.began || at > transaction.ended + slack) continue;
    if (line.relay.find(address) == std::string::npos && line.text.find(address) == std::string::npos) continue;
    // Two messages may go the same way at the same time: the envelope tells them apart, and each line speaks once.
    Held* of = reading.find(*transaction.client, line.queue_id);
    if (of == nullptr) continue;
    const std::string from = of->reverse_path.empty() ? "<>" : of->reverse_path;
    if (!equal_ignoring_case(from, transaction.seen->reverse_path)) continue;
    for (const witness::SeenRecipient& recipient : transaction.seen->recipients) {
      if (equal_ignoring_case(recipient.forward_path, line.to) && used.insert(&line).second) return of;
    }
  }
  return nullptr;
}

// … else the one message at that host that has this envelope.
Held* by_envelope(WireReading& reading, const WireTransaction& transaction) {
  Held* only = nullptr;
  for (Held& held : reading.held) {
    if (held.host != transaction.client || held.began > transaction.ended) continue;
    if (!equal_ignoring_case(held.reverse_path, transaction.seen->reverse_path)) continue;
    const auto& recipients = transaction.seen->recipients;
    const bool fits = std::any_of(recipients.begin(), recipients.end(), [&](const witness::SeenRecipient& each) {
      return std::any_of(held.recipients.begin(), held.recipients.end(),
                         [&](const std::string& own) { return equal_ignoring_case(own, each.forward_path); });
    });
    if (!fits) continue;
    if (only != nullptr) return nullptr;
    only = &held;
  }
  return only;
}

// Content that came in by a transaction whose 250 nobody saw (a lost reply, a killed server): the server has it, or it
// could not send it on.
Held* by_lost_reply(WireReading& reading, const WireTransaction& sent) {
  for (const WireTransaction& before : reading.transactions) {
    const bool fits = before.server == sent.client && before.seen->end == witness::TransactionEnd::lost &&
                      before.seen->has_content && before.began <= sent.began && !sent.marks.message_id.empty() &&
                      before.marks.message_id == sent.marks.message_id;
    if (!fits) continue;
    Held& taken = reading.hold(*sent.client, sent.marks.received_id);
    taken.reverse_path = before.seen->reverse_path;
    taken.message_id = before.marks.message_id;
    taken.body_hash = before.marks.body_hash;
    taken.size_octets = before.marks.size_octets;
    taken.began = before.began;
    for (const witness::SeenRecipient& recipient : before.seen->recipients) {
      if (!recipient.reply || !recipient.reply->is_positive()) continue;
      taken.recipients.push_back(recipient.forward_path);
      stage::Fact& fact = reading.record(FactKind::accepted, taken, before.ended, recipient.forward_path);
      fact.connection = before.connection;
      fact.transaction = before.seen->number;
    }
    return &taken;
  }
  return nullptr;
}

bool is_refused(const WireTransaction& transaction) {
  const witness::SmtpTransaction& seen = *transaction.seen;
  const auto is_error = [](const std::optional<mail::Reply>& reply) { return reply && reply->code >= 400; };
  return is_error(seen.mail_reply) || is_error(seen.data_reply) ||
         std::any_of(seen.recipients.begin(), seen.recipients.end(), [&](const witness::SeenRecipient& each) {
           return is_error(each.reply) || is_error(each.final_reply);
         });
}

// A notice that the log did not tell of: it names the message that it is about.
Held* by_report(WireReading& reading, const WireTransaction& sent) {
  if (!sent.marks.is_report) return nullptr;
  const Held* cause = reading.find(*sent.client, sent.marks.reported_id);
  if (cause == nullptr) return nullptr;
  Held& made = reading.hold(*sent.client, sent.marks.received_id);
  made.is_own = true;
  made.recipients = {cause->reverse_path};
  made.began = sent.began;
  reading.spawned.push_back({&made, cause->custody, sent.marks.is_delay ? "delay-notice" : "dsn",
                             sent.marks.reported_recipients, sent.began});
  return &made;
}

// smtpd(8) tells postmaster of a session with errors when that is over: because of the last transaction from that
// client which this host had refused by then. postconf(5) notify_classes, double_bounce_sender.
Held* by_refused_session(WireReading& reading, const WireTransaction& sent) {
  if (sent.marks.blamed_client.empty() || !sent.seen->reverse_path.starts_with("double-bounce@")) return nullptr;
  const WireTransaction* refused = nullptr;
  for (const WireTransaction& each : reading.transactions) {
    const bool is_from_there = each.server == sent.client && each.ended <= sent.began &&
                               to_string(each.seen->client.address) == sent.marks.blamed_client;
    if (is_from_there && is_refused(each) && (refused == nullptr || refused->ended < each.ended)) refused = &each;
  }
  if (refused == nullptr) return nullptr;
  const auto& facts = reading.result.facts;
  const auto attempted = std::find_if(facts.begin(), facts.end(), [&](const stage::Fact& fact) {
    return fact.kind == FactKind::attempted && fact.connection == refused->connection &&
           fact.transaction == refused->seen->number;
  });
  if (attempted == facts.end()) return nullptr;
  std::vector<std::string> on_behalf_of;
  for (const stage::Fact& fact : facts) {
    const bool is_duty = (fact.kind == FactKind::offered || fact.kind == FactKind::accepted) &&
                         fact.custody == attempted->custody && fact.host == attempted->host;
    if (is_duty) on_behalf_of.push_back(fact.recipient);
  }
  Held& made = reading.hold(*sent.client, sent.marks.received_id);
  made.is_own = true;
  made.began = sent.began;
  for (const witness::SeenRecipient& each : sent.seen->recipients) made.recipients.push_back(each.forward_path);
  reading.spawned.push_back({&made, attempted->custody, "notification", std::move(on_behalf_of), sent.began});
  return &made;
}

}  // namespace

void WireReading::take_notices() {
  for (const WireHost& host : hosts) {
    for (const auto& [at, line] : log[host.id]) {
      constexpr std::string_view forwarded = "forwarded as ";
      const std::size_t forwarded_at = line.text.find(forwarded);
      const bool is_forward = line.kind == Kind::delivery && line.status == "sent" &&
                              line.relay.find('[') == std::string::npos && forwarded_at != std::string::npos;
      if (line.kind != Kind::notice && !is_forward) continue;
      const Held* cause = find(host, line.queue_id);
      if (cause == nullptr) continue;  // its own attribution says that it is unknown
      Held& made = hold(host, is_forward ? line.text.substr(forwarded_at + forwarded.size()) : line.other_id);
      made.is_own = true;
      made.began = at;
      Spawned spawn{&made, cause->custody, is_forward ? "forward" : line.status, {line.to}, at};
      if (line.status == "dsn") {
        spawn.on_behalf_of = recipients_with(log[host.id], line.queue_id, {"bounced", "expired"}, at);
        if (spawn.on_behalf_of.empty()) spawn.on_behalf_of = cause->recipients;
      } else if (line.status == "delay-notice") {
        spawn.on_behalf_of = recipients_with(log[host.id], line.queue_id, {"deferred"}, at);
      }
      if (!is_forward) {
        made.recipients = {cause->reverse_path};
        made.reverse_path = "<>";
      } else {
        made.reverse_path = cause->reverse_path;
      }
      spawned.push_back(std::move(spawn));
    }
  }
}

void WireReading::take_sent_by_postfix() {
  std::set<const PostfixLogLine*> used;
  for (const WireTransaction& transaction : transactions) {
    if (transaction.client->program != HostProgram::postfix) continue;
    const WireHost& host = *transaction.client;
    Held* of = nullptr;
    if (transaction.seen->has_content) {
      of = find(host, transaction.marks.received_id);
      if (of == nullptr) of = by_report(*this, transaction);
      if (of == nullptr) of = by_refused_session(*this, transaction);
      if (of == nullptr) of = by_lost_reply(*this, transaction);
    } else {
      of = by_log(*this, transaction, used);
      if (of == nullptr) of = by_envelope(*this, transaction);
    }
    if (of == nullptr) {
      fault(fmt::format("{} offered {} a message from {} that it is not known to have ({})", host.name,
                        transaction.server->name, transaction.seen->reverse_path,
                        transaction.marks.received_id.empty() ? "no queue id" : transaction.marks.received_id),
            &host);
      continue;
    }
    of->sent.push_back(&transaction);
    if (of->is_own) {
      of->reverse_path = transaction.seen->reverse_path;
      if (of->body_hash == 0) {
        of->body_hash = transaction.marks.body_hash;
        of->size_octets = transaction.marks.size_octets;
      }
      if (of->recipients.empty()) {
        for (const witness::SeenRecipient& each : transaction.seen->recipients) {
          of->recipients.push_back(each.forward_path);
        }
      }
    }
    record_sending(*this, *of, transaction);
  }
}

void WireReading::record_spawned() {
  for (const Spawned& each : spawned) {
    for (const std::string& recipient : each.made->recipients) {
      for (const std::string& on_behalf_of : each.on_behalf_of) {
        stage::Fact& fact = record(FactKind::spawned, *each.made, each.at, recipient);
        fact.cause = each.cause;
        fact.detail = each.detail;
        fact.text = on_behalf_of;
        fact.decided_by = each.decided_by;
      }
    }
  }
}

}  // namespace watershed::harness
