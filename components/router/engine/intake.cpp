// See intake.hpp.
#include "components/router/engine/intake.hpp"

#include "components/router/engine/engine.hpp"
#include "components/router/engine/pickup.hpp"
#include "mail/trace.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::router {

using stage::Fact;
using stage::FactKind;

namespace {

std::string trail_of(const FinalRecipient& recipient) {
  std::string trail;
  for (const RewriteStep& step : recipient.trail) {
    std::string line = journal_form(step.decided_by);
    if (line.empty() || trail.find(line) != std::string::npos) continue;
    if (!trail.empty()) trail += ", ";
    trail += line;
  }
  return trail;
}

std::string name_of(const mail::Recipient& recipient) { return display(recipient.forward_path); }

FinalRecipient unchanged(const mail::Recipient& recipient) {
  return {recipient, recipient.forward_path.address(), FinalRecipient::Origin::recipient, {}};
}

// For each final recipient, the received one that its way is told from: the one that it came from, unless somebody was
// sent the message at that very address and lost it as a duplicate.
std::vector<std::size_t> owners(const std::vector<mail::Recipient>& received,
                                const std::vector<FinalRecipient>& expanded) {
  constexpr std::size_t none = static_cast<std::size_t>(-1);
  std::vector<std::size_t> owner(expanded.size(), none);
  std::vector<bool> has_result(received.size(), false);
  for (std::size_t index = 0; index < expanded.size(); ++index) {
    if (expanded[index].origin != FinalRecipient::Origin::recipient) continue;
    const auto origin = std::find_if(received.begin(), received.end(), [&](const mail::Recipient& each) {
      return each.forward_path.address() == expanded[index].original;
    });
    if (origin == received.end()) continue;
    owner[index] = static_cast<std::size_t>(origin - received.begin());
    has_result[owner[index]] = true;
  }
  for (std::size_t index = 0; index < expanded.size(); ++index) {
    if (owner[index] == none) continue;
    const std::string name = name_of(expanded[index].recipient);
    for (std::size_t other = 0; other < received.size(); ++other) {
      if (!has_result[other] && name_of(received[other]) == name) {
        owner[index] = other;
        has_result[other] = true;
        break;
      }
    }
  }
  return owner;
}

}  // namespace

std::vector<RecipientChange> recipient_changes(const std::vector<mail::Recipient>& received,
                                               const std::vector<FinalRecipient>& expanded) {
  std::vector<RecipientChange> changes;
  // By far the most common case first: nothing was changed at all.
  if (received.size() == 1 && expanded.size() == 1 && received[0].forward_path == expanded[0].recipient.forward_path) {
    return changes;
  }
  const std::vector<std::size_t> owner = owners(received, expanded);
  for (std::size_t index = 0; index < received.size(); ++index) {
    const std::string name = name_of(received[index]);
    std::vector<RecipientChange> replaced;
    for (std::size_t position = 0; position < expanded.size(); ++position) {
      if (owner[position] != index) continue;
      replaced.push_back({false, name, name_of(expanded[position].recipient), trail_of(expanded[position])});
    }
    if (replaced.empty()) replaced.push_back({true, name, {}, {}});
    if (replaced.size() == 1 && replaced[0].replacement == name) continue;
    changes.insert(changes.end(), replaced.begin(), replaced.end());
  }
  // A Bcc copy joins the message beside its first recipient, who stays.
  std::string first;
  for (const FinalRecipient& each : expanded) {
    if (each.origin == FinalRecipient::Origin::recipient) {
      if (first.empty()) first = name_of(each.recipient);
      continue;
    }
    if (first.empty() && !received.empty()) first = name_of(received.front());
    const bool first_stays = std::any_of(changes.begin(), changes.end(), [&](const RecipientChange& change) {
      return change.recipient == first && change.replacement == first;
    });
    if (!first_stays) changes.push_back({false, first, first, {}});
    changes.push_back({false, first, name_of(each.recipient), trail_of(each)});
  }
  return changes;
}

namespace {

// access(5) REDIRECT: one recipient instead of all. The first one becomes it, the others are merged into it.
void redirect(Engine& engine, NewMail& mail) {
  const mail::Address address = engine.decider->complete(*mail.redirect);
  const std::string target = display(mail::ForwardPath(address));
  bool is_first = true;
  for (const mail::Recipient& recipient : mail.envelope.recipients) {
    Fact fact = engine.fact(is_first ? FactKind::rewritten : FactKind::merged, mail.custody);
    fact.recipient = name_of(recipient);
    fact.reverse_path = display(mail.expansion.reverse_path);
    fact.detail = target;
    fact.decided_by = mail.decided_by;
    engine.stage.journal.record(std::move(fact));
    is_first = false;
  }
  FinalRecipient only = unchanged(mail.envelope.recipients.front());
  only.recipient.forward_path = mail::ForwardPath(address);
  only.original = address;
  mail.expansion.recipients.assign(1, std::move(only));
  // It "overrides the FILTER action", content_filter included.
  mail.filter.clear();
}

void record_changes(Engine& engine, const NewMail& mail) {
  for (RecipientChange& change : recipient_changes(mail.envelope.recipients, mail.expansion.recipients)) {
    if (change.merged && change.replacement.empty()) {
      // What the lost recipient stood for is told by expanding it alone.
      const auto lost = std::find_if(mail.envelope.recipients.begin(), mail.envelope.recipients.end(),
                                     [&](const mail::Recipient& each) { return name_of(each) == change.recipient; });
      const Expansion alone = engine.decider->expand_internal(mail.envelope.reverse_path, {*lost});
      if (!alone.recipients.empty()) {
        change.replacement = name_of(alone.recipients.front().recipient);
        change.decided_by = trail_of(alone.recipients.front());
      }
    }
    Fact fact = engine.fact(change.merged ? FactKind::merged : FactKind::rewritten, mail.custody);
    fact.recipient = std::move(change.recipient);
    fact.reverse_path = display(mail.expansion.reverse_path);
    fact.detail = std::move(change.replacement);
    fact.decided_by = std::move(change.decided_by);
    engine.stage.journal.record(std::move(fact));
  }
}

void record_end(Engine& engine, const NewMail& mail, FactKind kind, const std::string& recipient,
                const std::string& reason) {
  Fact fact = engine.fact(kind, mail.custody);
  fact.body_hash = mail.body_hash;
  fact.size_octets = mail.message->size_octets();
  fact.recipient = recipient;
  fact.reverse_path = display(mail.expansion.reverse_path);
  fact.text = reason;
  fact.decided_by = mail.decided_by;
  engine.stage.journal.record(std::move(fact));
}

}  // namespace

void admit(Engine& engine, NewMail mail) {
  engine.note_not_understood(mail.expansion.not_understood);
  if (!mail.discard_reason.empty()) {
    for (const mail::Recipient& recipient : mail.envelope.recipients) {
      record_end(engine, mail, FactKind::discarded, name_of(recipient), mail.discard_reason);
    }
    return;
  }
  if (mail.redirect) {
    redirect(engine, mail);
  } else {
    record_changes(engine, mail);
  }
  auto queued = std::make_shared<QueuedMessage>();
  queued->id = std::move(mail.queue_id);
  queued->sequence = engine.next_sequence();
  queued->custody = mail.custody;
  queued->arrived = engine.now();
  queued->message = mail.message;
  queued->body_hash = mail.body_hash;
  queued->filter = std::move(mail.filter);
  queued->recipients.reserve(mail.expansion.recipients.size());
  for (FinalRecipient& each : mail.expansion.recipients) {
    queued->recipients.push_back({std::move(each.recipient), std::move(each.original)});
  }
  if (!mail.hold_reason.empty()) {
    queued->state = QueueState::hold;
    for (const QueuedRecipient& recipient : queued->recipients) {
      record_end(engine, mail, FactKind::held, recipient.name(), mail.hold_reason);
    }
  }
  queued->envelope = std::move(mail.envelope);
  queued->envelope.recipients.clear();
  queued->envelope.declared_size_octets.reset();
  queued->envelope.reverse_path = std::move(mail.expansion.reverse_path);
  engine.queue_manager.take(std::move(queued));
}

void inject(Engine& engine, InternalMail made) {
  mail::Received received;
  received.by = engine.settings->myhostname;
  received.program = engine.settings->mail_name;
  if (made.user_id >= 0) received.program += fmt::format(", from userid {}", made.user_id);
  received.id = made.queue_id;
  received.unix_seconds = engine.unix_now();
  made.message.prepend(mail::compose(received));
  const RouteDecider& decider = *engine.decider;
  PickedUp picked_up;
  if (made.is_submission()) picked_up = pick_up(engine, made);
  NewMail mail;
  mail.queue_id = std::move(made.queue_id);
  mail.custody = engine.stage.journal.new_custody();
  mail.message = std::make_shared<const mail::Message>(std::move(made.message));
  mail.body_hash = mail.message->body_hash();
  mail.envelope.reverse_path = made.reverse_path;
  mail.envelope.recipients = made.recipients;
  mail.envelope.smtputf8 = made.smtputf8;
  mail.envelope.body_type = made.body_type;
  for (const mail::Recipient& recipient : made.recipients) {
    for (const std::string& on_behalf_of : made.on_behalf_of) {
      Fact fact = engine.fact(FactKind::spawned, mail.custody);
      fact.cause = made.cause;
      fact.body_hash = mail.body_hash;
      fact.size_octets = mail.message->size_octets();
      fact.recipient = name_of(recipient);
      fact.reverse_path = display(made.reverse_path);
      fact.detail = made.detail;
      fact.text = on_behalf_of;
      fact.decided_by = made.decided_by;
      engine.stage.journal.record(std::move(fact));
    }
  }
  if (!made.is_forward) {
    const HeaderRewriting& rewriting =
        made.is_submission() ? decider.pickup().header_rewriting : decider.header_rewriting_internal();
    engine.note_not_understood(rewriting.due(*mail.message));
  }
  mail.expansion = made.is_submission() ? decider.pickup().expand(made.reverse_path, made.recipients)
                                        : decider.expand_internal(made.reverse_path, made.recipients);
  if (!picked_up.refusal) picked_up.refusal = mail.expansion.refusal;
  if (picked_up.refusal) {
    // cleanup(8) refused our own mail: it waits for a person, like mail in Postfix's corrupt queue.
    mail.hold_reason = to_line(*picked_up.refusal);
    mail.expansion.recipients.clear();
    for (const mail::Recipient& recipient : made.recipients) {
      mail.expansion.recipients.push_back(unchanged(recipient));
    }
  } else if (made.is_submission()) {
    apply_actions(engine, decider, picked_up.actions, decider.pickup().content_filter, mail);
  }
  admit(engine, std::move(mail));
}

}  // namespace watershed::router
