// See agents.hpp. local(8), virtual(8), error(8), discard(8); smtp(8) and lmtp(8) are in smtp_delivery, pipe(8) in
// pipe_delivery.
#include "components/router/engine/agents.hpp"

#include "base/text.hpp"
#include "components/router/engine/engine.hpp"
#include "components/router/engine/intake.hpp"
#include "components/router/engine/pipe_delivery.hpp"
#include "components/router/engine/smtp_delivery.hpp"
#include "mail/trace.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::router {

using stage::Task;

namespace {

// local(8) and virtual(8) both put the envelope into the message when it leaves the transport.
std::string delivery_fields(const Engine& engine, const QueuedMessage& message, const QueuedRecipient& recipient) {
  std::string fields = fmt::format("Return-Path: {}\r\n", to_string(message.envelope.reverse_path));
  if (engine.settings->enable_original_recipient) {
    fields += fmt::format("X-Original-To: {}\r\n", to_string(recipient.original));
  }
  fields += fmt::format("Delivered-To: {}\r\n", recipient.name());
  return fields;
}

struct Mailbox {
  std::string recipient;  // as the fact names it: the member of an alias, else the recipient itself
  std::string name;
  std::string decided_by;
};

void store(Engine& engine, const QueuedMessage& message, const QueuedRecipient& recipient, const Mailbox& mailbox) {
  mail::Message stored = *message.message;
  stored.prepend(delivery_fields(engine, message, recipient));
  stage::Fact fact = engine.fact(stage::FactKind::stored, message.custody);
  fact.body_hash = message.body_hash;
  fact.size_octets = stored.size_octets();
  fact.recipient = mailbox.recipient;
  fact.reverse_path = display(message.envelope.reverse_path);
  fact.detail = "INBOX";
  fact.text = mailbox.name;
  fact.decided_by = mailbox.decided_by;
  engine.stage.journal.record(std::move(fact));
  if (engine.options.mailboxes == nullptr) return;
  engine.options.mailboxes->store({message.custody, mailbox.name, "INBOX", recipient.recipient.forward_path.address(),
                                   message.envelope.reverse_path, stored});
}

// local(8): addresses that an alias names get a new message, one for each reverse-path.
void forward(Engine& engine, const QueuedMessage& message, const QueuedRecipient& recipient,
             const std::vector<LocalAction>& actions) {
  std::vector<InternalMail> made;
  for (const LocalAction& action : actions) {
    if (action.kind != LocalAction::Kind::forward) continue;
    auto same = std::find_if(made.begin(), made.end(),
                             [&](const InternalMail& each) { return each.reverse_path == action.reverse_path; });
    if (same == made.end()) {
      InternalMail next;
      next.queue_id = engine.new_queue_id();
      next.reverse_path = action.reverse_path;
      next.message = *message.message;
      next.message.prepend(fmt::format("Delivered-To: {}\r\n", recipient.name()));
      next.smtputf8 = message.envelope.smtputf8;
      next.body_type = message.envelope.body_type;
      next.cause = message.custody;
      next.detail = "forward";
      next.is_forward = true;
      next.on_behalf_of.push_back(recipient.name());
      next.decided_by = journal_form(action.decided_by);
      same = made.insert(made.end(), std::move(next));
    }
    mail::Recipient to = recipient.recipient;
    to.forward_path = mail::ForwardPath(action.address);
    same->recipients.push_back(std::move(to));
  }
  for (InternalMail& each : made) inject(engine, std::move(each));
}

Outcome outcome_of(const LocalAction& action) {
  Outcome outcome;
  switch (action.kind) {
    case LocalAction::Kind::mailbox:
    case LocalAction::Kind::forward:
    case LocalAction::Kind::transport:
      outcome = make_outcome(Outcome::Kind::delivered, "2.0.0", "delivered");
      break;
    case LocalAction::Kind::bounce:
      outcome = make_outcome(Outcome::Kind::failed, action.status, action.reason);
      break;
    case LocalAction::Kind::defer:
      outcome = make_outcome(Outcome::Kind::deferred, action.status, action.reason);
      break;
    case LocalAction::Kind::discard:
      outcome = make_outcome(Outcome::Kind::discarded, "2.0.0", action.reason.empty() ? "discarded" : action.reason);
      break;
    case LocalAction::Kind::outside:
      outcome = make_outcome(Outcome::Kind::deferred, "4.3.5", "local delivery to a command or file is not modelled");
      break;
  }
  outcome.decided_by = journal_form(action.decided_by);
  return outcome;
}

// An alias with several members: the member takes the recipient's place in the journal.
void record_member(Engine& engine, const QueuedMessage& message, const QueuedRecipient& recipient,
                   const std::string& member, const LocalAction& action) {
  stage::Fact fact = engine.fact(stage::FactKind::rewritten, message.custody);
  fact.recipient = recipient.name();
  fact.reverse_path = display(message.envelope.reverse_path);
  fact.detail = member;
  fact.decided_by = journal_form(action.decided_by);
  engine.stage.journal.record(std::move(fact));
}

// local(8) goes through deliver_pass for mailbox_transport: the recipient is delivered there under the same custody.
Task<Outcome> pass_to_transport(Engine& engine, const LocalAction& action, const Batch& batch, std::size_t recipient) {
  const postfix::Service* service = engine.decider->config().master().transport(action.transport);
  Destination destination;
  destination.transport = action.transport;
  destination.kind = service == nullptr ? TransportKind::unknown : postfix::kind_of(*service);
  destination.next_hop = action.nexthop;
  destination.settings = engine.settings;
  destination.transport_settings = &engine.settings->transport(engine.decider->config(), action.transport);
  if (destination.kind == TransportKind::local) {
    co_return make_outcome(Outcome::Kind::deferred, "4.3.5", "mailbox transport loops back to local");
  }
  Batch one{batch.message, {recipient}, journal_form(action.decided_by)};
  SmtpSession session;
  DeliveryReport report = co_await deliver(engine, destination, one, session);
  if (session.client) co_await session.client->quit();
  co_return std::move(report.outcomes.front());
}

Task<Outcome> deliver_locally(Engine& engine, const std::string& transport, const Batch& batch, std::size_t index) {
  const QueuedMessage& message = *batch.message;
  const QueuedRecipient& recipient = message.recipients[index];
  const std::vector<std::string> seen = mail::delivered_to(*message.message);
  const LocalDelivery delivery = engine.decider->deliver_local(transport, message.envelope.reverse_path,
                                                               recipient.recipient.forward_path.address(), seen);
  engine.note_not_understood(delivery.not_understood);
  if (delivery.actions.empty()) {
    co_return make_outcome(Outcome::Kind::deferred, "4.3.5", "the aliases lead nowhere: " + recipient.name());
  }
  // What cannot be done now keeps the recipient from everything else, so that nothing is done twice later.
  for (const LocalAction& action : delivery.actions) {
    Outcome outcome = outcome_of(action);
    if (outcome.kind == Outcome::Kind::deferred) co_return outcome;
  }
  const bool has_members = delivery.actions.size() > 1;
  bool is_replaced = false;
  Outcome result = make_outcome(Outcome::Kind::delivered, "2.0.0", "delivered to mailbox");
  for (const LocalAction& action : delivery.actions) {
    if (action.kind == LocalAction::Kind::mailbox) {
      std::string name = recipient.name();
      if (has_members) {
        name = display(mail::ForwardPath({action.user, recipient.recipient.forward_path.address().domain}));
        record_member(engine, message, recipient, name, action);
        is_replaced = true;
      }
      store(engine, message, recipient, {name, action.user, journal_form(action.decided_by)});
      continue;
    }
    if (action.kind == LocalAction::Kind::forward) continue;
    if (is_replaced) record_member(engine, message, recipient, recipient.name(), action);
    is_replaced = false;
    Outcome outcome = outcome_of(action);
    if (action.kind == LocalAction::Kind::transport) outcome = co_await pass_to_transport(engine, action, batch, index);
    if (result.kind != Outcome::Kind::failed) result = std::move(outcome);
  }
  forward(engine, message, recipient, delivery.actions);
  co_return result;
}

// virtual_mailbox_maps is asked for the address, for it without extension, and for its @domain. virtual(8).
Outcome deliver_virtually(Engine& engine, const std::string& transport, const QueuedMessage& message,
                          std::size_t index) {
  const QueuedRecipient& recipient = message.recipients[index];
  const mail::Address& address = recipient.recipient.forward_path.address();
  const postfix::PostfixConfig& config = engine.decider->config();
  const postfix::Parameters parameters = config.parameters_of(config.master().transport(transport));
  const postfix::Maps maps = config.maps(parameters, "virtual_mailbox_maps");
  const std::string delimiters = parameters.text("recipient_delimiter");
  std::vector<mail::Address> keys{address};
  const std::size_t extension = delimiters.empty() ? std::string::npos : address.local_part.find_first_of(delimiters);
  if (extension != std::string::npos && extension > 0) {
    keys.push_back({address.local_part.substr(0, extension), address.domain});
  }
  std::vector<std::string> texts;
  for (const mail::Address& key : keys) texts.push_back(folded(key));
  texts.push_back("@" + to_lower(address.domain));
  for (const std::string& text : texts) {
    const postfix::Lookup found = maps.find(text, text.starts_with('@'));
    if (!found)
      return make_outcome(Outcome::Kind::deferred, "4.3.5", "mailbox lookup failure: " + found.error().message);
    if (!*found) continue;
    store(engine, message, recipient, {recipient.name(), folded(keys.back()), to_file_line((*found)->at)});
    return make_outcome(Outcome::Kind::delivered, "2.0.0", "delivered to mailbox");
  }
  return make_outcome(Outcome::Kind::failed, "5.1.1", fmt::format("unknown user: \"{}\"", folded(address)));
}

Outcome simple_outcome(const Destination& destination) {
  switch (destination.kind) {
    case TransportKind::error:
      return outcome_of_error_text(destination.next_hop, "5.0.0");
    case TransportKind::retry:
      return outcome_of_error_text(destination.next_hop, "4.0.0");
    case TransportKind::discard:
      return make_outcome(Outcome::Kind::discarded, "2.0.0",
                          destination.next_hop.empty() ? "discarded" : destination.next_hop);
    default:
      // qmgr(8): a transport that master.cf does not have.
      return make_outcome(Outcome::Kind::deferred, "4.3.0",
                          fmt::format("mail transport unavailable: '{}'", destination.transport));
  }
}

}  // namespace

Task<DeliveryReport> deliver(Engine& engine, const Destination& destination, const Batch& batch, SmtpSession& session) {
  if (destination.kind == TransportKind::smtp || destination.kind == TransportKind::lmtp) {
    SmtpDelivery delivery(engine, destination, batch, session);
    DeliveryReport sent = co_await delivery.run();
    co_return sent;
  }
  DeliveryReport report;
  for (const std::size_t index : batch.recipients) {
    Outcome outcome;
    if (destination.kind == TransportKind::local) {
      outcome = co_await deliver_locally(engine, destination.transport, batch, index);
    } else if (destination.kind == TransportKind::virtual_mailbox) {
      outcome = deliver_virtually(engine, destination.transport, *batch.message, index);
    } else if (destination.kind == TransportKind::pipe) {
      outcome = deliver_to_command(engine, destination, batch, index);
    } else {
      outcome = simple_outcome(destination);
    }
    if (outcome.decided_by.empty()) outcome.decided_by = batch.decided_by;
    report.outcomes.push_back(std::move(outcome));
  }
  co_return report;
}

}  // namespace watershed::router
