// What happens to one message in the provider's hands: the plans of the pure files, carried out and written down.
#include "fakes/cloud/composition.hpp"
#include "fakes/cloud/profile.hpp"
#include "fakes/cloud/provider.hpp"
#include "fakes/cloud/route.hpp"
#include "fakes/cloud/srs.hpp"
#include "fakes/cloud/stamp.hpp"
#include "mail/trace.hpp"

#include <fmt/format.h>

#include <map>

namespace watershed::cloud {

using stage::FactKind;

void Provider::process(InHand item) {
  if (process_whole(item)) return;
  const Expansion expansion = expand({.tenant = tenant_,
                                      .directory = directory_,
                                      .envelope = item.envelope,
                                      .is_internal = item.is_internal,
                                      .forwarded_by = item.forwarded_by,
                                      .hostname = options_.hostname,
                                      .unix_seconds = stage_.executor.unix_seconds()});
  for (const ExpansionStep& step : expansion.steps) {
    stage::Fact noted = fact(step.is_merge ? FactKind::merged : FactKind::rewritten, item, step.recipient);
    noted.detail = step.to;
    noted.decided_by = step.decided_by;
    stage_.journal.record(std::move(noted));
  }
  std::vector<const Resolved*> outside;
  for (const Resolved& resolved : expansion.recipients) {
    switch (resolved.fate) {
      case Resolved::Fate::mailbox:
        deliver(item, resolved);
        break;
      case Resolved::Fate::outbound:
        outside.push_back(&resolved);
        break;
      case Resolved::Fate::failed:
        fail(item, resolved.recipient, resolved.reply, resolved.decided_by, {});
        break;
      case Resolved::Fate::discarded: {
        stage::Fact discarded = fact(FactKind::discarded, item, display(resolved.recipient.forward_path));
        discarded.text = resolved.text;
        discarded.decided_by = resolved.decided_by;
        stage_.journal.record(std::move(discarded));
        break;
      }
    }
  }
  send_out(item, outside);
}

// What befalls a message for all its recipients at once. True when that was its end here.
bool Provider::process_whole(InHand& item) {
  if (outage_ == Outage::hold) {
    for (const mail::Recipient& recipient : item.envelope.recipients) {
      stage::Fact deferred = fact(FactKind::deferred, item, display(recipient.forward_path));
      deferred.detail = "when the outage ends";
      deferred.text = "accepted and not moved: the provider has an outage";
      stage_.journal.record(std::move(deferred));
    }
    backlog_.push_back(std::move(item));
    return true;
  }
  if (item.refusal) {
    for (const mail::Recipient& recipient : item.envelope.recipients) {
      fail(item, recipient, *item.refusal, item.refused_by, {});
    }
    return true;
  }
  // RFC 5321 §6.3, for what goes round inside: every forward adds a Received field.
  if (mail::hop_count(item.message) > tenant_.limits.hops) {
    const mail::Reply reply = fill(tenant_.profile->loop, {.host = options_.hostname});
    for (const mail::Recipient& recipient : item.envelope.recipients) {
      fail(item, recipient, reply, to_file_line(tenant_.at), {});
    }
    return true;
  }
  const bool is_quarantined = item.verdict == talk::FilterAction::quarantine;
  if (!is_quarantined && item.verdict != talk::FilterAction::discard) return false;
  for (const mail::Recipient& recipient : item.envelope.recipients) {
    stage::Fact ended =
        fact(is_quarantined ? FactKind::held : FactKind::discarded, item, display(recipient.forward_path));
    ended.text =
        fmt::format("{} by the content filter: {}", is_quarantined ? "quarantined" : "discarded", item.verdict_rule);
    ended.decided_by = item.verdict_by;
    stage_.journal.record(std::move(ended));
  }
  if (is_quarantined) held_.emplace(item.custody, std::move(item));
  return true;
}

void Provider::deliver(const InHand& item, const Resolved& resolved) {
  const mail::Address& mailbox = resolved.mailbox->address;
  const mail::ReversePath& reverse_path = item.envelope.reverse_path;
  const bool is_duplicate =
      tenant_.duplicate_window &&
      store_.is_duplicate(mailbox, item.message, stage_.executor.now(), *tenant_.duplicate_window);
  const bool was_answered = !reverse_path.is_null() && store_.was_answered(mailbox, reverse_path.address());
  const std::vector<Action> plan = plan_delivery({.tenant = tenant_,
                                                  .directory = directory_,
                                                  .mailbox = *resolved.mailbox,
                                                  .message = item.message,
                                                  .reverse_path = reverse_path,
                                                  .is_internal = item.is_internal,
                                                  .is_duplicate = is_duplicate,
                                                  .via_group = resolved.via_group,
                                                  .was_answered = was_answered,
                                                  .verdict = item.verdict,
                                                  .verdict_by = item.verdict_by});
  for (const Action& action : plan) {
    switch (action.kind) {
      case Action::Kind::store:
      case Action::Kind::discard:
        store_or_discard(item, resolved, action);
        break;
      case Action::Kind::forward:
      case Action::Kind::rule_forward:
      case Action::Kind::rule_redirect:
        send_on(item, resolved, action);
        break;
      case Action::Kind::auto_reply:
        answer(item, resolved, action);
        break;
    }
  }
}

void Provider::store_or_discard(const InHand& item, const Resolved& resolved, const Action& action) {
  const bool is_stored = action.kind == Action::Kind::store;
  const mail::Address& mailbox = resolved.mailbox->address;
  stage::Fact ended =
      fact(is_stored ? FactKind::stored : FactKind::discarded, item, display(resolved.recipient.forward_path));
  ended.detail = action.folder;
  ended.text = is_stored ? to_string(mailbox) : action.text;
  ended.decided_by = action.decided_by;
  stage_.journal.record(std::move(ended));
  if (!is_stored) return;
  mail::Message message = item.message;
  // RFC 5321 §4.4: final delivery puts the reverse-path into the message, and only one.
  while (message.remove("Return-Path", 0)) {
  }
  message.prepend(fmt::format("Return-Path: {}\r\n", to_string(item.envelope.reverse_path)));
  store_.store(mailbox, {item.custody, action.folder, resolved.recipient.forward_path.address(), std::move(message),
                         item.envelope.reverse_path, stage_.executor.now()});
  if (resolved.recipient.notify.wants_success()) {
    report(item, resolved.recipient, mail::DsnAction::delivered, mail::make_reply(250, "2.1.5", "Delivered"), {});
  }
}

void Provider::send_on(const InHand& item, const Resolved& resolved, const Action& action) {
  const Mailbox& owner = *resolved.mailbox;
  const bool is_new_message = action.kind == Action::Kind::rule_forward;
  InHand copy;
  copy.custody = stage_.journal.new_custody();
  copy.envelope = item.envelope;
  // RFC 3461 §5.2.7: what goes on by the owner's wish no longer speaks for the originator's DSN requests.
  copy.envelope.recipients = {{mail::ForwardPath(*action.to), {}, {}}};
  copy.is_internal = item.is_internal;
  copy.forwarded_by = owner.address;
  copy.refusal = action.refusal;
  copy.refused_by = action.decided_by;
  if (is_new_message) {
    copy.message = compose_rule_forward(owner, item.message, *action.to, identity(copy.custody));
    copy.is_internal = true;
  } else if (action.kind == Action::Kind::rule_redirect) {
    copy.message = mark_redirect(owner, item.message, *action.to, identity(copy.custody));
  } else {
    copy.message = item.message;
  }
  // RFC 5321 §4.5.5: what had the null reverse-path keeps it, or a notice could be forwarded and fail without end.
  const bool speaks_for_owner = is_new_message || (action.refusal && action.notice_goes_to_owner);
  if (speaks_for_owner && !item.envelope.reverse_path.is_null()) {
    copy.envelope.reverse_path = mail::ReversePath(owner.address);
  }
  copy.copies = item.copies;
  if (++*copy.copies > copies_max) {
    copy.refusal = fill(tenant_.profile->loop, {.host = options_.hostname});
    copy.refused_by = action.decided_by;
  }
  const std::string id = std::to_string(copy.custody);
  stamp_received(copy.message, {.tenant = tenant_,
                                .hostname = options_.hostname,
                                .client = {},
                                .helo = {},
                                .id = id,
                                .protocol = "mapi",
                                .for_path = {},
                                .is_internal = copy.is_internal,
                                .verdict = talk::FilterAction::accept,
                                .unix_seconds = stage_.executor.unix_seconds()});
  spawn(std::move(copy), action.kind == Action::Kind::rule_redirect ? "redirect" : "forward",
        display(resolved.recipient.forward_path), item.custody, action.decided_by);
}

void Provider::answer(const InHand& item, const Resolved& resolved, const Action& action) {
  store_.note_answered(resolved.mailbox->address, *action.to);
  InHand reply;
  reply.custody = stage_.journal.new_custody();
  // RFC 3834 §3.3: the null reverse-path, so that nobody answers in turn.
  reply.envelope.recipients = {{mail::ForwardPath(*action.to), {}, {}}};
  reply.message = compose_auto_reply(*resolved.mailbox, item.message, *action.to, action.text, identity(reply.custody));
  reply.is_internal = true;
  spawn(std::move(reply), "auto-reply", display(resolved.recipient.forward_path), item.custody, action.decided_by);
}

void Provider::send_out(const InHand& item, const std::vector<const Resolved*>& recipients) {
  // One copy for each next hop and reverse-path.
  std::map<std::pair<std::string, std::string>, OutboundEntry> copies;
  for (const Resolved* const resolved : recipients) {
    NextHop hop = choose_next_hop(tenant_, resolved->recipient.forward_path.address());
    mail::ReversePath reverse_path = item.envelope.reverse_path;
    const bool is_foreign = !reverse_path.is_null() && !directory_.is_accepted(reverse_path.address());
    if (tenant_.sender_rewriting && resolved->forwarded_by && is_foreign && !hop.on_premises) {
      const std::string secret = srs_secret(tenant_);
      reverse_path = mail::ReversePath(srs_encode(reverse_path.address(), *resolved->forwarded_by,
                                                  tenant_.default_domain, {secret, stage_.executor.unix_seconds()}));
      stage::Fact note = fact(FactKind::note, item, display(resolved->recipient.forward_path));
      note.detail = "srs";
      note.text = display(reverse_path);
      stage_.journal.record(std::move(note));
    }
    std::pair<std::string, std::string> key{hop.name, display(reverse_path)};
    const auto [copy, is_new] = copies.try_emplace(std::move(key));
    OutboundEntry& entry = copy->second;
    if (is_new) {
      entry.custody = item.custody;
      entry.envelope = item.envelope;
      entry.envelope.reverse_path = std::move(reverse_path);
      entry.envelope.recipients.clear();
      entry.message = item.message;
      entry.next_hop = std::move(hop);
      entry.is_internal = item.is_internal;
    }
    entry.envelope.recipients.push_back(resolved->recipient);
  }
  for (auto& [key, entry] : copies) outbound_.add(std::move(entry));
}

}  // namespace watershed::cloud
