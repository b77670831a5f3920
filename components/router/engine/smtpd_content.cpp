// The content of a transaction: from the final dot to the 250 that takes custody. smtpd(8), cleanup(8), MILTER_README.
#include "components/router/engine/smtpd.hpp"

#include "components/router/engine/stray_octets.hpp"
#include "components/router/engine/trace_fields.hpp"
#include "mail/trace.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::router {

using stage::Fact;
using stage::FactKind;
using stage::Task;
using talk::Answer;
using talk::FilterAction;

Task<std::vector<Answer>> SmtpdConversation::on_content(talk::ReceivedContent received) {
  Incoming incoming;
  incoming.mail.envelope = std::move(received.envelope);
  incoming.connection = received.connection;
  incoming.transaction = received.transaction;
  Answer answer = co_await receive(incoming, std::move(received.content));
  on_reset();
  std::vector<Answer> answers;
  answers.push_back(soften(std::move(answer)));
  co_return answers;
}

Task<Answer> SmtpdConversation::receive(Incoming& incoming, std::string content) {
  const mail::Envelope& envelope = incoming.mail.envelope;
  if (!data_checked_) {  // BDAT has no reply of its own before the content
    Answer data = co_await on_data(envelope);
    if (!data.reply.is_intermediate()) co_return data;
  }
  Answer decision = co_await check_end_of_data(envelope);
  if (!decision.reply.is_positive()) co_return decision;

  incoming.mail.queue_id = engine_.new_queue_id();
  if (settings_->replace_stray_returns) replace_stray_returns(content);
  cut_header_lines_at_nul(content);
  incoming.message = mail::Message::parse(std::move(content));
  std::optional<Answer> refusal = prepare_header(incoming);
  if (!refusal) refusal = check_content(incoming);
  if (!refusal) refusal = expand(incoming);
  if (!refusal && service_.has_milters) refusal = co_await filter(incoming);
  if (is_over()) co_return hang_up();
  if (refusal) {
    if (incoming.was_filtered) record_filtered(incoming, 0);
    co_return std::move(*refusal);
  }
  take_custody(incoming);
  decision.reply.lines.front() = "Ok: queued as " + incoming.queue_id_text;
  co_return decision;
}

bool SmtpdConversation::is_from_this_host() const {
  const auto& own = engine_.options.addresses;
  return is_loopback(session_.client_address) ||
         std::find(own.begin(), own.end(), session_.client_address) != own.end();
}

std::optional<Answer> SmtpdConversation::prepare_header(Incoming& incoming) {
  const HeaderScan scan = scan_header(incoming.message, settings_->dropped_headers);
  // postconf(5) hopcount_limit: the Received field that is added here counts.
  if (scan.received + 1 >= settings_->hopcount_limit) {
    return talk::answer(554, "5.4.0", "Error: too many hops",
                        journal_form(decider_->config().parameters().decided_by("hopcount_limit")));
  }
  drop_fields(incoming.message, scan.dropped);
  // postconf(5) always_add_missing_headers: mail from this host is completed in any case.
  if (is_from_this_host() || settings_->always_add_missing_headers) {
    const MissingFields fields{engine_.message_id(incoming.mail.queue_id), display(incoming.mail.envelope.reverse_path),
                               engine_.unix_now()};
    add_missing_fields(incoming.message, scan, fields);
  }
  mail::Received received;
  received.from_helo = session_.helo.empty() ? session_.client_name : session_.helo;
  received.from_name = session_.client_name;
  received.from_address = to_string(session_.client_address);
  if (session_.client_address.is_v6) received.from_address.insert(0, "IPv6:");
  received.by = settings_->myhostname;
  received.program = settings_->mail_name;
  received.with = incoming.mail.envelope.smtputf8 ? "UTF8SMTP" : session_.is_esmtp ? "ESMTP" : "SMTP";
  received.id = incoming.mail.queue_id;
  const auto& recipients = incoming.mail.envelope.recipients;
  if (recipients.size() == 1) received.for_path = to_string(recipients.front().forward_path);
  received.unix_seconds = engine_.unix_now();
  std::string fields;
  // PREPEND actions stand above the Received field of this host. access(5).
  for (const std::string& line : effects_.prepend) fields += line + "\r\n";
  fields += mail::compose(received);
  incoming.message.prepend(fields);
  return std::nullopt;
}

std::optional<Answer> SmtpdConversation::check_content(Incoming& incoming) {
  const ContentChecks& checks = decider_->content_checks(service_.name);
  if (checks.empty()) return std::nullopt;
  ContentOutcome outcome = checks.check(incoming.message);
  engine_.note_not_understood(outcome.not_understood);
  if (outcome.refusal) return Answer{*outcome.refusal, talk::Then::go_on, journal_form(outcome.decided_by)};
  if (outcome.rewritten) incoming.message = std::move(*outcome.rewritten);
  effects_.add(outcome);
  return std::nullopt;
}

std::optional<Answer> SmtpdConversation::expand(Incoming& incoming) {
  NewMail& mail = incoming.mail;
  if (is_from_this_host()) {
    engine_.note_not_understood(decider_->header_rewriting(service_.name).due(incoming.message));
  }
  mail.expansion = engine_.decider == decider_
                       ? engine_.expand(mail.envelope.reverse_path, mail.envelope.recipients, service_.name)
                       : decider_->expand(mail.envelope.reverse_path, mail.envelope.recipients, service_.name);
  engine_.note_not_understood(mail.expansion.not_understood);
  if (mail.expansion.refusal) return Answer{*mail.expansion.refusal, talk::Then::go_on, {}};
  apply_actions(engine_, *decider_, effects_, decider_->content_filter(service_.name), mail);
  return std::nullopt;
}

Task<std::optional<Answer>> SmtpdConversation::filter(Incoming& incoming) {
  std::optional<talk::FilterVerdict> verdict;
  if (engine_.options.content_filter != nullptr && !filter_is_lost_) {
    const talk::FilterRequest request{session_.client_address, session_.helo, incoming.mail.envelope, incoming.message};
    verdict = co_await engine_.options.content_filter->inspect(request);
  }
  incoming.was_filtered = verdict.has_value();
  if (verdict) {
    incoming.verdict = std::move(*verdict);
    co_return apply_verdict(incoming);
  }
  filter_is_lost_ = true;
  const std::string& action = service_.milter_default_action;
  const std::string decided_by = journal_form(decider_->config().parameters().decided_by("milter_default_action"));
  Fact fact = engine_.fact(FactKind::note, 0);
  fact.connection = incoming.connection;
  fact.transaction = incoming.transaction;
  fact.detail = "content filter unreachable";
  fact.text = action;
  fact.decided_by = decided_by;
  engine_.stage.journal.record(std::move(fact));
  if (action == "quarantine") {
    incoming.mail.hold_reason = "content filter unreachable";
    incoming.mail.decided_by = decided_by;
  }
  co_return refusal_without_filter();
}

std::optional<Answer> SmtpdConversation::refusal_without_filter() const {
  // postconf(5) milter_default_action; the texts are Postfix 3.7's.
  const std::string& action = service_.milter_default_action;
  if (action == "accept" || action == "quarantine") return std::nullopt;
  const std::string decided_by = journal_form(decider_->config().parameters().decided_by("milter_default_action"));
  return action == "reject" ? talk::answer(550, "5.5.0", "Service unavailable", decided_by)
                            : talk::answer(451, "4.7.1", "Service unavailable - try again later", decided_by);
}

std::optional<Answer> SmtpdConversation::apply_verdict(Incoming& incoming) {
  const talk::FilterVerdict& verdict = incoming.verdict;
  const auto refuse_with = [&](int code, std::string_view status, std::string_view text) {
    const bool fits = verdict.reply.code / 100 == code / 100;
    Answer answer = talk::answer(code, status, text, verdict.decided_by);
    if (fits) answer.reply = verdict.reply;
    if (answer.reply.lines.empty()) answer.reply.lines.emplace_back(text);
    return answer;
  };
  switch (verdict.action) {
    case FilterAction::reject:
      return refuse_with(550, "5.7.1", "Command rejected");
    case FilterAction::tempfail:
      return refuse_with(451, "4.7.1", "Service unavailable - try again later");
    case FilterAction::discard:
      incoming.mail.discard_reason = "milter action DISCARD: " + verdict.rule;
      incoming.mail.decided_by = verdict.decided_by;
      return std::nullopt;
    case FilterAction::quarantine:
      incoming.mail.hold_reason = "milter action QUARANTINE: " + verdict.rule;
      incoming.mail.decided_by = verdict.decided_by;
      break;
    case FilterAction::accept:
    case FilterAction::tag:
      break;
  }
  for (const std::string& field : verdict.add_fields) incoming.message.append(field + "\r\n");
  return std::nullopt;
}

// The one place where this host takes responsibility: `accepted` is recorded before the 250 goes out.
void SmtpdConversation::take_custody(Incoming& incoming) {
  NewMail& mail = incoming.mail;
  mail.custody = engine_.stage.journal.new_custody();
  mail.message = std::make_shared<const mail::Message>(std::move(incoming.message));
  mail.body_hash = mail.message->body_hash();
  for (const mail::Recipient& recipient : mail.envelope.recipients) {
    Fact fact = engine_.fact(FactKind::accepted, mail.custody);
    fact.transaction = incoming.transaction;
    fact.connection = incoming.connection;
    fact.body_hash = mail.body_hash;
    fact.size_octets = mail.message->size_octets();
    fact.recipient = display(recipient.forward_path);
    fact.reverse_path = display(mail.envelope.reverse_path);
    engine_.stage.journal.record(std::move(fact));
  }
  if (incoming.was_filtered) record_filtered(incoming, mail.custody);
  incoming.queue_id_text = mail.queue_id;
  admit(engine_, std::move(mail));
}

// Custody 0: the message was refused, and only connection and transaction tell which one it was.
void SmtpdConversation::record_filtered(const Incoming& incoming, stage::Custody custody) const {
  Fact fact = engine_.fact(FactKind::filtered, custody);
  fact.host = engine_.options.content_filter->host();
  fact.connection = incoming.connection;
  fact.transaction = incoming.transaction;
  fact.body_hash = incoming.mail.body_hash;
  fact.reverse_path = display(incoming.mail.envelope.reverse_path);
  fact.detail = talk::to_string(incoming.verdict.action);
  fact.text = incoming.verdict.rule;
  fact.decided_by = incoming.verdict.decided_by;
  engine_.stage.journal.record(std::move(fact));
}

}  // namespace watershed::router
