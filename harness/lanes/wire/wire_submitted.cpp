// Messages that procmail or maildrop on a Postfix host gave to sendmail(1): what it sent on, and what it answered. And
// what it threw away. See wire_reading.hpp; pickup(8), procmailrc(5), maildropfilter(7).
#include "base/text.hpp"
#include "harness/lanes/wire/wire_reading.hpp"
#include "mail/data_codec.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::harness {

using stage::FactKind;
using Kind = PostfixLogLine::Kind;

namespace {

// The content of a message that the log calls submitted: as it was sent on, or as it lies in a mailbox of that host.
std::optional<ContentMarks> marks_of(const WireReading& reading, const WireHost& host, std::string_view queue_id) {
  for (const WireTransaction& sent : reading.transactions) {
    if (sent.client == &host && sent.seen->has_content && sent.marks.received_id == queue_id) return sent.marks;
  }
  for (const HeldFile& file : reading.sources.files) {
    if (file.host != host.id) continue;
    ContentMarks marks = content_marks(mail::normalize_newlines(file.bytes));
    if (marks.received_id == queue_id) return marks;
  }
  return std::nullopt;
}

// What it comes of: a message that is sent on has that one's Received field below its own; an answer names it.
const Held* cause_of(WireReading& reading, const WireHost& host, const ContentMarks& marks, stage::Time at,
                     std::string& detail) {
  detail = "redirect";
  if (const Held* cause = reading.find(host, marks.earlier_received_id)) return cause;
  detail = "auto-reply";
  const Held* found = nullptr;
  for (const Held& held : reading.held) {
    const bool fits = held.host == &host && !marks.in_reply_to.empty() && held.message_id == marks.in_reply_to;
    if (fits && held.began <= at) found = &held;
  }
  return found;
}

// On whose behalf: the mailbox that it was in the hands of, as the cause's envelope has it.
std::string behalf_of(const Held& cause, const ContentMarks& marks) {
  for (const std::string* named : {&marks.delivered_to, &marks.from}) {
    for (const std::string& recipient : cause.recipients) {
      if (equal_ignoring_case(recipient, *named)) return recipient;
    }
  }
  return cause.recipients.empty() ? std::string() : cause.recipients.front();
}

}  // namespace

void WireReading::take_submitted() {
  for (const WireHost& host : hosts) {
    for (const auto& [at, line] : log[host.id]) {
      if (line.kind != Kind::submitted || find(host, line.queue_id) != nullptr) continue;
      const auto marks = marks_of(*this, host, line.queue_id);
      std::string detail;
      const Held* cause = marks ? cause_of(*this, host, *marks, at, detail) : nullptr;
      if (cause == nullptr) {
        // Perhaps it is still on its way; where nothing ever shows it, its delivery is a fault of its own.
        continue;
      }
      Held& made = hold(host, line.queue_id);
      made.is_own = true;
      made.reverse_path = line.text.empty() ? "<>" : line.text;
      made.message_id = marks->message_id;
      made.body_hash = marks->body_hash;
      made.size_octets = marks->size_octets;
      // A file has other line ends than the wire: where nothing else differs it is the content that came.
      if (content_marks(mail::normalize_newlines(cause->body)).body_hash == marks->body_hash) {
        made.body = cause->body;
        made.body_hash = cause->body_hash;
      }
      made.began = at;
      made.answered = at;
      for (const auto& each : log[host.id]) {
        const PostfixLogLine& delivery = each.second;
        if (delivery.queue_id != line.queue_id || delivery.to.empty()) continue;
        const std::string& to = delivery.orig_to.empty() ? delivery.to : delivery.orig_to;
        if (std::find(made.recipients.begin(), made.recipients.end(), to) == made.recipients.end()) {
          made.recipients.push_back(to);
        }
      }
      spawned.push_back({&made, cause->custody, detail, {behalf_of(*cause, *marks)}, at});
    }
  }
}

void WireReading::end_rule_processors() {
  std::vector<ProgramDiscard> left = sources.discards;
  for (Held& each : held) {
    if (each.host->program != HostProgram::postfix) continue;
    const std::string subject(trim(mail::Message::parse(std::string(each.body)).value("Subject")));
    for (const auto& entry : log[each.host->id]) {
      const stage::Time at = entry.first;
      const PostfixLogLine& line = entry.second;
      if (line.queue_id != each.id || line.status != "sent") continue;
      const router::RouteDecider* decider = each.host->decider.at(at).get();
      if (!is_by("procmail", decider, line) && !is_by("maildrop", decider, line)) continue;
      const bool is_kept = each.done.contains(to_lower(line.to));
      const bool is_sent_on = std::any_of(spawned.begin(), spawned.end(), [&](const Spawned& one) {
        return one.cause == each.custody && one.detail == "redirect" &&
               equal_ignoring_case(one.on_behalf_of.front(), line.to);
      });
      if (is_kept || is_sent_on) continue;
      const auto found = std::find_if(left.begin(), left.end(), [&](const ProgramDiscard& one) {
        return one.host == each.host->id && subject.starts_with(trim(one.subject));
      });
      if (found == left.end()) continue;
      left.erase(found);
      stage::Fact& fact = record(FactKind::discarded, each, at, line.to);
      fact.text = "thrown away by " + line.relay;
      fact.decided_by = recipe_behind_discard(each, line.to);
    }
  }
}

}  // namespace watershed::harness
