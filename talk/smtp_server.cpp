// See smtp_server.hpp.
#include "talk/smtp_server.hpp"

#include <algorithm>

namespace watershed::talk {

using stage::IoStatus;
using stage::Task;

Task<Answer> SmtpConversation::on_connect() { return Task<Answer>::ready({}); }
Task<Answer> SmtpConversation::on_hello(const mail::HelloCommand&) { return Task<Answer>::ready(answer(250, "", "")); }
Task<Answer> SmtpConversation::on_mail(const mail::Envelope&) {
  return Task<Answer>::ready(answer(250, "2.1.0", "Ok"));
}
Task<Answer> SmtpConversation::on_rcpt(const mail::Envelope&, const mail::Recipient&) {
  return Task<Answer>::ready(answer(250, "2.1.5", "Ok"));
}
Task<Answer> SmtpConversation::on_data(const mail::Envelope&) {
  return Task<Answer>::ready(answer(354, "", "End data with <CR><LF>.<CR><LF>"));
}

namespace {

struct Serving {
  stage::Stage& stage;
  stage::HostId host;
  stage::Stream& stream;
  mail::ServerSession session;
  SmtpConversation& conversation;
  mail::Envelope envelope;  // of the transaction under way, as far as accepted
  Then then = Then::go_on;

  void note_refusal(const Answer& decision, const mail::Recipient* recipient, std::uint32_t transaction) {
    if (decision.reply.code < 400) return;
    stage.journal.record({.kind = stage::FactKind::rejected,
                          .host = host,
                          .code = static_cast<std::uint16_t>(decision.reply.code),
                          .transaction = transaction,
                          .at = stage.executor.now(),
                          .connection = stream.id(),
                          .recipient = recipient == nullptr ? std::string() : display(recipient->forward_path),
                          .reverse_path = display(envelope.reverse_path),
                          .text = to_line(decision.reply),
                          .decided_by = decision.decided_by});
  }

  void take(const Answer& decision) {
    then = decision.then;
    if (then == Then::go_on || then == Then::close) session.answer(decision.reply);
  }
};

Task<void> decide_content(Serving& serving, mail::ContentEvent& event) {
  ReceivedContent received{std::move(event.envelope), std::move(event.content), serving.stream.id(),
                           serving.session.transaction()};
  const std::vector<mail::Recipient> recipients = received.envelope.recipients;
  const std::uint32_t transaction = received.transaction;
  const std::vector<Answer> decisions = co_await serving.conversation.on_content(std::move(received));
  const bool lmtp = serving.session.profile().lmtp;
  std::vector<mail::Reply> replies;
  for (std::size_t index = 0; index < decisions.size(); ++index) {
    // One reply over SMTP speaks for all recipients.
    for (std::size_t named = index; named < (lmtp ? index + 1 : recipients.size()); ++named) {
      serving.note_refusal(decisions[index], &recipients[named], transaction);
    }
    serving.then = std::max(serving.then, decisions[index].then);  // the rudest counts
    replies.push_back(decisions[index].reply);
  }
  if (serving.then == Then::drop || serving.then == Then::stall) co_return;
  if (lmtp) {
    serving.session.answer(replies);
  } else {
    serving.session.answer(replies.front());
  }
}

// What the owner says to a command. The event must live until the task ends.
Task<Answer> ask(Serving& serving, mail::SessionEvent& event) {
  SmtpConversation& conversation = serving.conversation;
  if (auto* mail_event = std::get_if<mail::MailEvent>(&event)) {
    serving.envelope = std::move(mail_event->envelope);
    return conversation.on_mail(serving.envelope);
  }
  if (const auto* rcpt = std::get_if<mail::RcptEvent>(&event)) {
    return conversation.on_rcpt(serving.envelope, rcpt->recipient);
  }
  if (std::holds_alternative<mail::DataEvent>(event)) return conversation.on_data(serving.envelope);
  if (const auto* hello = std::get_if<mail::HelloEvent>(&event)) return conversation.on_hello(hello->hello);
  // STARTTLS. The state change is modelled, not the cipher: the in-memory network has no one to hide from.
  return Task<Answer>::ready(answer(220, "2.0.0", "Ready to start TLS"));
}

void take_decision(Serving& serving, mail::SessionEvent& event, const Answer& decision) {
  const std::uint32_t transaction = serving.session.transaction();
  if (auto* rcpt = std::get_if<mail::RcptEvent>(&event)) {
    serving.note_refusal(decision, &rcpt->recipient, transaction);
    if (decision.reply.is_positive()) serving.envelope.recipients.push_back(std::move(rcpt->recipient));
  } else if (std::holds_alternative<mail::MailEvent>(event)) {
    serving.note_refusal(decision, nullptr, transaction + 1);
  } else if (std::holds_alternative<mail::DataEvent>(event)) {
    serving.note_refusal(decision, nullptr, transaction);
  } else if (std::holds_alternative<mail::HelloEvent>(event)) {
    serving.note_refusal(decision, nullptr, 0);
  }
  serving.take(decision);
}

// After a rude answer nothing is said any more; a stalled client sees only silence until it gives up.
Task<void> end_rudely(Serving& serving) {
  if (serving.then == Then::drop) {
    serving.stream.abort();
    co_return;
  }
  std::string ignored;
  for (;;) {
    const IoStatus status = co_await serving.stream.read(ignored, stage::forever);
    if (status != IoStatus::ok) co_return;
    ignored.clear();
  }
}

}  // namespace

Task<void> serve_connection(stage::Stage& stage, stage::HostId host, const SmtpServerOptions& options,
                            std::unique_ptr<stage::Stream> stream, std::unique_ptr<SmtpConversation> conversation) {
  Serving serving{stage, host, *stream, mail::ServerSession(options.profile), *conversation, {}, Then::go_on};
  const Answer welcome = co_await conversation->on_connect();
  serving.note_refusal(welcome, nullptr, 0);
  serving.then = welcome.then;
  if (welcome.then == Then::drop || welcome.then == Then::stall) {
    co_await end_rudely(serving);
    co_return;
  }
  serving.session.greet(welcome.reply.is_positive() ? std::nullopt : std::optional(welcome.reply));
  std::string input;
  for (;;) {
    const stage::Time deadline = stage.executor.now() + options.command_timeout;
    const std::string output = serving.session.take_output();
    IoStatus status = IoStatus::ok;
    if (!output.empty()) status = co_await stream->write(output, deadline);
    if (status != IoStatus::ok || serving.session.is_over() || serving.then == Then::close) break;
    input.clear();
    status = co_await stream->read(input, deadline);
    if (status != IoStatus::ok) break;
    serving.session.receive(input);
    while (auto event = serving.session.next()) {
      if (auto* content = std::get_if<mail::ContentEvent>(&*event)) {
        co_await decide_content(serving, *content);
      } else if (std::holds_alternative<mail::ResetEvent>(*event)) {
        conversation->on_reset();
      } else if (!std::holds_alternative<mail::QuitEvent>(*event)) {
        const Answer decision = co_await ask(serving, *event);
        take_decision(serving, *event, decision);
      }
      if (serving.then == Then::drop || serving.then == Then::stall) {
        co_await end_rudely(serving);
        co_return;
      }
      if (serving.then == Then::close) break;
    }
  }
  stream->close();
}

Task<void> serve_smtp(stage::Stage& stage, stage::HostId host, const SmtpServerOptions& options,
                      stage::Listener& listener, const ConversationFactory& open) {
  for (;;) {
    std::unique_ptr<stage::Stream> stream = co_await listener.accept();
    if (!stream) co_return;
    const Connection connection{stream->id(), stream->local(), stream->peer()};
    std::unique_ptr<SmtpConversation> conversation = open(connection);
    stage.executor.spawn(serve_connection(stage, host, options, std::move(stream), std::move(conversation)));
  }
}

}  // namespace watershed::talk
