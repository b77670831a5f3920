// What mail stores kept, and what their scripts sent. See wire_reading.hpp. RFC 5228, RFC 5230, RFC 5429.
#include "base/text.hpp"
#include "components/filter/sieve/coverage.hpp"
#include "harness/lanes/wire/wire_reading.hpp"
#include "mail/data_codec.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::harness {

using stage::FactKind;

namespace {

// `user+detail@domain` belongs to `user@domain` (recipient_delimiter).
std::string without_detail(std::string_view address) {
  const std::size_t plus = address.find('+');
  const std::size_t at_sign = address.rfind('@');
  if (plus == std::string_view::npos || plus == 0 || at_sign == std::string_view::npos || plus > at_sign) {
    return to_lower(address);
  }
  return to_lower(address.substr(0, plus)) + to_lower(address.substr(at_sign));
}

struct Origin {
  const Held* cause = nullptr;
  std::string detail;
  std::string on_behalf_of;
};

// A message that a script sent says itself what it comes of.
Origin origin_by_marks(WireReading& reading, const WireTransaction& sent) {
  const ContentMarks& marks = sent.marks;
  Origin origin;
  if (marks.is_report) {
    origin.cause = reading.find(*sent.client, marks.reported_id);
    origin.detail = "dsn";
    if (!marks.reported_recipients.empty()) origin.on_behalf_of = marks.reported_recipients.front();
  } else if (!marks.redirected_from.empty()) {
    origin.cause = reading.find(*sent.client, marks.received_id);
    origin.detail = "redirect";
    origin.on_behalf_of = marks.redirected_from;
  } else if (marks.auto_submitted.starts_with("auto-replied") && !marks.in_reply_to.empty()) {
    origin.detail = "auto-reply";
    origin.on_behalf_of = marks.from;
    // A script answers while the message is being delivered: of two with one Message-ID it is the one in hand.
    for (const Held& held : reading.held) {
      const bool fits = held.host == sent.client && held.message_id == marks.in_reply_to && held.began <= sent.began;
      if (fits && (origin.cause == nullptr || sent.began <= held.answered)) origin.cause = &held;
    }
  }
  return origin;
}

// An attempt without content: of the message that was being delivered at that moment, if there was only one.
Origin origin_by_time(const WireReading& reading, const WireTransaction& sent) {
  Origin origin;
  for (const Held& held : reading.held) {
    if (held.host != sent.client || sent.began < held.began || sent.began > held.answered) continue;
    if (origin.cause != nullptr) return {};
    origin = {&held, "redirect", held.recipients.empty() ? std::string() : held.recipients.front()};
  }
  return origin;
}

// The recipient of the message whose mailbox this is, and whose copy has not been found yet.
std::string recipient_for(const Held& held, std::string_view mailbox, const std::set<std::string>& taken) {
  std::string any;
  for (const std::string& recipient : held.recipients) {
    if (without_detail(recipient) != to_lower(mailbox)) continue;
    if (taken.count(recipient) == 0) return recipient;
    any = recipient;
  }
  return any;
}

}  // namespace

void WireReading::take_sent_by_store() {
  for (const WireTransaction& transaction : transactions) {
    if (transaction.client->program != HostProgram::dovecot) continue;
    const WireHost& host = *transaction.client;
    Origin origin =
        transaction.seen->has_content ? origin_by_marks(*this, transaction) : origin_by_time(*this, transaction);
    if (origin.cause == nullptr) {
      fault(fmt::format("{} sent a message from {} to {}, and because of which is not known", host.name,
                        transaction.seen->reverse_path, transaction.server->name),
            &host);
      continue;
    }
    // A recipient is known by the way it was written in the envelope.
    for (const std::string& recipient : origin.cause->recipients) {
      if (without_detail(recipient) == without_detail(origin.on_behalf_of)) origin.on_behalf_of = recipient;
    }
    Held& made = hold(host, fmt::format("sent {}/{}", transaction.connection, transaction.seen->number));
    made.is_own = true;
    made.reverse_path = transaction.seen->reverse_path;
    made.body_hash = transaction.marks.body_hash;
    made.size_octets = transaction.marks.size_octets;
    made.began = transaction.began;
    made.answered = transaction.ended;
    for (const witness::SeenRecipient& each : transaction.seen->recipients)
      made.recipients.push_back(each.forward_path);
    made.sent.push_back(&transaction);
    const stage::Time at = transaction.began;
    const StoreDeed deed = origin.detail == "redirect" ? StoreDeed::redirect
                           : origin.detail == "dsn"    ? StoreDeed::reject
                                                       : StoreDeed::answer;
    const std::string to = made.recipients.empty() ? std::string() : made.recipients.front();
    spawned.push_back({&made,
                       origin.cause->custody,
                       origin.detail,
                       {origin.on_behalf_of},
                       at,
                       store_line(*origin.cause, origin.on_behalf_of, deed, to)});
    record_sending(*this, made, transaction);
    if (origin.detail == "dsn") {
      stage::Fact& failed = record(FactKind::failed, *origin.cause, at, origin.on_behalf_of);
      failed.code = 550;
      failed.text = "550 5.7.1 rejected by the mailbox's script";
    }
  }
}

const store::MailboxSettings* WireReading::mailbox_of(const Held& of, std::string_view recipient) const {
  const auto& mailboxes = of.host->mailboxes.at(of.answered);
  if (mailboxes == nullptr) return nullptr;
  for (const store::MailboxSettings& each : *mailboxes) {
    if (to_lower(to_string(each.address)) == without_detail(recipient)) return &each;
  }
  return nullptr;
}

// A store is read again and again while a scenario runs, and what a script does with a message stays the same.
const std::optional<sieve::Outcome>& WireReading::script_of(const Held& of, std::string_view recipient,
                                                            const store::MailboxSettings& mailbox) {
  const auto [known, is_new] = scripts.try_emplace(fmt::format("{}/{}", of.custody, recipient));
  const std::int64_t unix_seconds = (of.answered.count() + start_unix_ns) / 1'000'000'000;
  if (is_new) known->second = script_outcome(mailbox, {of.body, of.reverse_path, recipient, unix_seconds});
  return known->second;
}

std::string WireReading::store_line(const Held& of, std::string_view recipient, StoreDeed deed,
                                    std::string_view target) {
  const store::MailboxSettings* mailbox = mailbox_of(of, recipient);
  if (mailbox == nullptr) return {};
  return line_behind(*mailbox, script_of(of, recipient, *mailbox), deed, target);
}

// Branches are believed where all that the script does behind them was seen.
void WireReading::note_branches() {
  std::map<std::pair<stage::Custody, std::string>, std::size_t> seen;
  for (const stage::Fact& fact : result.facts) {
    const bool is_end = fact.kind == FactKind::stored || fact.kind == FactKind::discarded;
    if (is_end && !fact.decided_by.empty()) ++seen[{fact.custody, to_lower(fact.recipient)}];
  }
  for (const Spawned& each : spawned) {
    if (!each.decided_by.empty()) ++seen[{each.cause, to_lower(each.on_behalf_of.front())}];
  }
  for (const Held& each : held) {
    if (each.host->program != HostProgram::dovecot || each.is_own) continue;
    for (const std::string& recipient : each.recipients) {
      const store::MailboxSettings* mailbox = mailbox_of(each, recipient);
      if (mailbox == nullptr) continue;
      const std::optional<sieve::Outcome>& outcome = script_of(each, recipient, *mailbox);
      if (!outcome || seen[{each.custody, to_lower(recipient)}] != outcome->actions.size()) continue;
      for (const SourcePosition& at : sieve::lines_without_action(*mailbox->script, *outcome)) {
        stage::Fact& fact = record(FactKind::note, each, each.answered, recipient);
        fact.detail = "rule";
        fact.decided_by = to_file_line(at);
      }
    }
  }
}

void WireReading::end_store() {
  std::map<const Held*, std::set<std::string>> taken;
  for (const HeldFile& file : sources.files) {
    const auto host =
        std::find_if(hosts.begin(), hosts.end(), [&](const WireHost& each) { return each.id == file.host; });
    if (host == hosts.end()) continue;
    // Dovecot keeps line ends as LF; on the wire they were CRLF.
    mail::Message message = mail::Message::parse(mail::normalize_newlines(file.bytes));
    const ContentMarks marks = content_marks(message.bytes());
    Held* of = find(*host, marks.received_id);
    const std::string recipient = of == nullptr ? std::string() : recipient_for(*of, file.mailbox, taken[of]);
    if (of == nullptr || recipient.empty()) {
      fault(fmt::format("{} of {} at {} holds a message ({}) that it is not known to have been given", file.folder,
                        file.mailbox, host->name, marks.received_id),
            &*host);
      continue;
    }
    taken[of].insert(recipient);
    of->done.insert(to_lower(recipient));
    stage::Fact& fact = record(FactKind::stored, *of, of->answered, recipient);
    fact.detail = file.folder;
    fact.text = file.mailbox;
    fact.decided_by = host->program == HostProgram::postfix ? recipe_behind_copy(*of, file.mailbox, file.folder)
                                                            : store_line(*of, recipient, StoreDeed::file, file.folder);
    // Equal but for line ends: then it is the content that came, with the hash that it had on the wire.
    const mail::Message came = mail::Message::parse(std::string(of->body));
    const bool is_same = mail::normalize_newlines(came.body()) == message.body();
    fact.body_hash = is_same ? of->body_hash : message.body_hash();
    fact.size_octets = message.size_octets();
    const mail::Message& kept =
        is_same ? mail::Message::parse(std::string(message.header_section()) + "\r\n" + std::string(came.body()))
                : message;
    result.copies.push_back(
        {of->custody, file.mailbox, file.folder, file.flags, std::make_shared<const mail::Message>(kept), true});
  }
  // Taken and not there: a script that discards says so in the log, and only then it was on purpose.
  for (const Held& each : held) {
    if (each.host->program != HostProgram::dovecot || each.is_own) continue;
    const auto entries = sources.logs.find(each.host->id);
    if (entries == sources.logs.end()) continue;
    for (const std::string& recipient : each.recipients) {
      if (each.done.count(to_lower(recipient)) > 0) continue;
      for (const LogEntry& entry : entries->second) {
        const bool names_it = entry.text.find("<" + each.id) != std::string::npos &&
                              entry.text.find("discard action") != std::string::npos &&
                              to_lower(entry.text).find(without_detail(recipient)) != std::string::npos;
        if (!names_it) continue;
        stage::Fact& fact = record(FactKind::discarded, each, each.answered, recipient);
        fact.text = "discarded by the mailbox's script";
        fact.decided_by = store_line(each, recipient, StoreDeed::discard, {});
        break;
      }
    }
  }
}

}  // namespace watershed::harness
