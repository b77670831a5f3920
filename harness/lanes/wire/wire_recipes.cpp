// Which recipes of procmail's were behind what it did on a Postfix host. It does not say so itself: our own evaluator
// decides about the same messages, in the order in which they were delivered, and where it comes to what was seen it
// names the lines. Where it does not, none is named. See wire_reading.hpp; procmailrc(5), pipe(8).
#include "base/text.hpp"
#include "components/router/engine/pipe_delivery.hpp"
#include "harness/lanes/wire/wire_reading.hpp"
#include "mail/trace.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::harness {

using stage::FactKind;

namespace {

// What was in the queue: as it came, below the Received field that smtpd(8) put on top.
router::QueuedMessage queued(const Held& held, std::int64_t unix_seconds) {
  mail::Received received;
  received.from_helo = "unknown";
  received.by = held.host->name;
  received.program = "Postfix";
  received.with = "ESMTP";
  received.id = held.id;
  if (held.recipients.size() == 1) received.for_path = "<" + held.recipients.front() + ">";
  received.unix_seconds = unix_seconds;
  mail::Message message = mail::Message::parse(std::string(held.body));
  message.prepend(mail::compose(received));
  router::QueuedMessage queued;
  queued.id = held.id;
  if (const auto from = mail::parse_address(held.reverse_path)) queued.envelope.reverse_path = mail::ReversePath(*from);
  queued.message = std::make_shared<const mail::Message>(std::move(message));
  return queued;
}

std::optional<router::CommandResult> run_again(const WireHost& host, const router::RouteDecider& decider,
                                               const Held& held, const PostfixLogLine& line,
                                               std::int64_t unix_seconds) {
  const auto recipient = mail::parse_address(line.to);
  const auto original = mail::parse_address(line.orig_to.empty() ? line.to : line.orig_to);
  if (!recipient || !original || held.body.empty()) return std::nullopt;
  const router::QueuedMessage message = queued(held, unix_seconds);
  const router::QueuedRecipient to{{mail::ForwardPath(*recipient), {}, {}}, *original};
  const postfix::Service& service = *decider.config().master().transport(line.relay);
  const auto command = router::prepare_command(decider.config(), service, {}, message, to);
  if (!command) return std::nullopt;
  return host.commands->run(
      {command->arguments, command->pipe.user, command->given, message.envelope.reverse_path, *recipient});
}

bool goes_to(const router::CommandResult::Submitted& submitted, const Held& made) {
  return std::all_of(made.recipients.begin(), made.recipients.end(), [&](const std::string& recipient) {
    return std::any_of(submitted.recipients.begin(), submitted.recipients.end(), [&](const mail::Recipient& each) {
      return equal_ignoring_case(display(each.forward_path), recipient);
    });
  });
}

}  // namespace

bool WireReading::is_by(std::string_view program, const router::RouteDecider* decider,
                        const PostfixLogLine& line) const {
  if (decider == nullptr || line.relay.empty()) return false;
  const postfix::Service* service = decider->config().master().transport(line.relay);
  return service != nullptr && postfix::runs(*service, program);
}

void WireReading::foresee_procmail() {
  for (const WireHost& host : hosts) {
    if (host.commands == nullptr) continue;
    for (const auto& [at, line] : log[host.id]) {
      const router::RouteDecider* decider = host.decider.at(at).get();
      if (!is_by("procmail", decider, line)) continue;
      const Held* of = find(host, line.queue_id);
      if (of == nullptr) continue;
      // What a program remembers of earlier messages (formail -D) must not be asked twice about one of them.
      const auto [known, is_new] = commands.try_emplace(fmt::format("{}/{}", of->custody, line.to));
      const std::int64_t unix_seconds = (at.count() + start_unix_ns) / 1'000'000'000;
      if (is_new) known->second = run_again(host, *decider, *of, line, unix_seconds);
      if (known->second) foreseen.push_back({of, line.to, &*known->second});
    }
  }
  for (Spawned& each : spawned) {
    for (Foreseen& one : foreseen) {
      const auto& submitted = one.result->submitted;
      if (one.of->custody != each.cause || one.of->host != each.made->host) continue;
      const auto found = std::find_if(submitted.begin(), submitted.end(), [&](const auto& candidate) {
        return candidate.detail == each.detail && goes_to(candidate, *each.made);
      });
      if (found == submitted.end()) continue;
      each.decided_by = found->decided_by;
      ++one.seen;
      break;
    }
  }
}

std::string WireReading::recipe_behind_copy(const Held& of, std::string_view mailbox, std::string_view folder) {
  for (Foreseen& each : foreseen) {
    if (each.of != &of) continue;
    for (const router::CommandResult::Kept& kept : each.result->kept) {
      if (!equal_ignoring_case(kept.mailbox, mailbox) || kept.folder != folder) continue;
      ++each.seen;
      return kept.decided_by;
    }
  }
  return {};
}

std::string WireReading::recipe_behind_discard(const Held& of, std::string_view recipient) {
  for (Foreseen& each : foreseen) {
    if (each.of != &of || !equal_ignoring_case(each.recipient, recipient) || !each.result->discarded_by) continue;
    ++each.seen;
    return *each.result->discarded_by;
  }
  return {};
}

// Recipes that only lead to others are believed where all that followed was seen.
void WireReading::note_recipes() {
  for (const Foreseen& each : foreseen) {
    const router::CommandResult& foretold = *each.result;
    const std::size_t expected = foretold.kept.size() + foretold.submitted.size() + (foretold.discarded_by ? 1U : 0U);
    if (each.seen != expected) continue;
    for (std::string& place : router::rules_without_trace(foretold)) {
      stage::Fact& fact = record(FactKind::note, *each.of, each.of->answered, each.recipient);
      fact.detail = "rule";
      fact.decided_by = std::move(place);
    }
  }
}

}  // namespace watershed::harness
