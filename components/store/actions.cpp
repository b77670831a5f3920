// Carries out what a Sieve script decided: keep, file, redirect, reject, answer. RFC 5228 §4, RFC 5429, RFC 5230.
#include "components/filter/sieve/coverage.hpp"
#include "components/filter/sieve/response.hpp"
#include "components/filter/sieve/vacation.hpp"
#include "components/store/outgoing.hpp"
#include "mail/dsn.hpp"
#include "talk/smtp_client.hpp"

#include <fmt/format.h>

namespace watershed::store {

using stage::Custody;
using stage::FactKind;
using stage::Task;

stage::Fact MailStore::fact_of(FactKind kind, const Outgoing& context, const SourcePosition& at) const {
  return {.kind = kind,
          .host = options_.host,
          .at = stage_.executor.now(),
          .custody = context.custody,
          .recipient = display(context.recipient.forward_path),
          .decided_by = to_file_line(at)};
}

void MailStore::carry_out(const sieve::Outcome& outcome, const Outgoing& context, Mailbox& mailbox) {
  const SourcePosition mailbox_at = mailbox.settings().at;
  if (outcome.error) {
    stage_.journal.record({.kind = FactKind::note,
                           .host = options_.host,
                           .at = stage_.executor.now(),
                           .custody = context.custody,
                           .detail = "sieve error",
                           .text = outcome.error->message,
                           .decided_by = to_file_line(outcome.error->at)});
  }
  for (const SourcePosition& at : sieve::lines_without_action(*mailbox.settings().script, outcome)) {
    stage::Fact taken = fact_of(FactKind::note, context, at);
    taken.detail = "rule";
    stage_.journal.record(std::move(taken));
  }
  for (const sieve::Action& action : outcome.actions) {
    const SourcePosition& at = action.at.line > 0 ? action.at : mailbox_at;
    carry_out(action,
              action.message ? Outgoing{context.envelope, context.recipient, action.message, context.custody} : context,
              mailbox, at);
  }
  for (const sieve::Remembered& remembered : outcome.remember) {
    mailbox.remember(remembered.key, stage_.executor.unix_seconds() + remembered.period_seconds);
  }
}

void MailStore::carry_out(const sieve::Action& action, const Outgoing& context, Mailbox& mailbox,
                          const SourcePosition& at) {
  if (const auto* kept = std::get_if<sieve::Keep>(&action.what)) {
    keep(context, mailbox, "INBOX", kept->flags, at);
  } else if (const auto* filed = std::get_if<sieve::FileInto>(&action.what)) {
    // lda_mailbox_autocreate: a folder that is not there yet comes into being, as in the live lane.
    mailbox.create(filed->mailbox);
    keep(context, mailbox, filed->mailbox, filed->flags, at);
  } else if (const auto* redirect = std::get_if<sieve::Redirect>(&action.what)) {
    mail::Envelope envelope = context.envelope;
    envelope.recipients = {mail::Recipient{redirect->forward_path, {}, {}}};
    const sieve::Settings settings;
    const sieve::ResponseContext response{
        context.envelope.reverse_path, context.recipient.forward_path, settings, {}, stage_.executor.unix_seconds()};
    send(context, "redirect", std::move(envelope), sieve::compose_redirect(*context.message, response), at);
  } else if (std::holds_alternative<sieve::Discard>(action.what)) {
    stage::Fact discarded = fact_of(FactKind::discarded, context, at);
    discarded.text = "discarded by the mailbox's script";
    stage_.journal.record(std::move(discarded));
  } else if (const auto* refused = std::get_if<sieve::Reject>(&action.what)) {
    reject(context, *refused, at);
  } else if (const auto* vacation = std::get_if<sieve::Vacation>(&action.what)) {
    const std::string id = "<" + next_message_id("vacation") + ">";
    mail::Envelope envelope;
    envelope.recipients = {mail::Recipient{vacation->to, {}, {}}};
    send(context, "auto-reply", std::move(envelope),
         sieve::compose_vacation(*vacation, *context.message, id, stage_.executor.unix_seconds()), at);
  } else if (const auto* notify = std::get_if<sieve::Notify>(&action.what)) {
    const sieve::Settings settings;
    const sieve::ResponseContext response{context.envelope.reverse_path, context.recipient.forward_path, settings,
                                          "<" + next_message_id("notify") + ">", stage_.executor.unix_seconds()};
    const mail::Message notice = sieve::compose_notice(*notify, response);
    for (const mail::ForwardPath& to : notify->to) {
      mail::Envelope envelope;
      envelope.reverse_path = sieve::notify_reverse_path(response);
      envelope.recipients = {mail::Recipient{to, {}, {}}};
      send(context, "notification", std::move(envelope), notice, at);
    }
  }
}

void MailStore::keep(const Outgoing& context, Mailbox& mailbox, const std::string& folder,
                     const std::vector<std::string>& flags, const SourcePosition& at) {
  const std::string owner = to_string(mailbox.settings().address);
  if (options_.retain > 0) {
    stored_.push_back({context.custody, owner, folder, flags, context.message});
    if (stored_.size() > options_.retain) stored_.pop_front();
  }
  stage::Fact stored = fact_of(FactKind::stored, context, at);
  stored.body_hash = context.message->body_hash();
  stored.size_octets = context.message->size_octets();
  stored.detail = folder;
  stored.text = owner;
  stage_.journal.record(std::move(stored));
}

void MailStore::send(const Outgoing& context, std::string why, mail::Envelope envelope, mail::Message message,
                     const SourcePosition& at) {
  const Custody custody = stage_.journal.new_custody();
  stage_.journal.record({.kind = FactKind::spawned,
                         .host = options_.host,
                         .at = stage_.executor.now(),
                         .custody = custody,
                         .cause = context.custody,
                         .body_hash = message.body_hash(),
                         .size_octets = message.size_octets(),
                         .recipient = display(envelope.recipients.front().forward_path),
                         .reverse_path = display(envelope.reverse_path),
                         .detail = std::move(why),
                         .text = display(context.recipient.forward_path),
                         .decided_by = to_file_line(at)});
  stage_.executor.spawn(submit(custody, std::move(envelope), std::move(message)));
}

void MailStore::reject(const Outgoing& context, const sieve::Reject& refused, const SourcePosition& at) {
  const std::string text = fmt::format("550 5.7.1 {}", refused.reason);
  stage::Fact failed = fact_of(FactKind::failed, context, at);
  failed.code = 550;
  failed.text = text;
  stage_.journal.record(std::move(failed));
  mail::Envelope envelope = context.envelope;
  envelope.recipients = {context.recipient};
  notify_failure(context.custody, envelope, *context.message, text);
}

void MailStore::notify_failure(Custody custody, const mail::Envelope& envelope, const mail::Message& message,
                               const std::string& text) {
  // RFC 5321 §4.5.5: the null reverse-path never gets a DSN.
  if (envelope.reverse_path.is_null()) return;
  const mail::Recipient& failed = envelope.recipients.front();
  mail::DeliveryReport report;
  report.reporting_mta = options_.hostname;
  report.envelope_id = envelope.envelope_id;
  report.arrival_unix_seconds = stage_.executor.unix_seconds();
  mail::DsnRecipient about;
  about.original_recipient = failed.original_recipient;
  about.final_recipient = display(failed.forward_path);
  about.diagnostic_text = text;
  about.status = {5, 7, 1};
  report.recipients.push_back(std::move(about));
  const std::string id = next_message_id("dsn");
  const mail::NoticeOptions options{.from = "postmaster@" + options_.hostname,
                                    .to = display(envelope.reverse_path),
                                    .message_id = id,
                                    .boundary = "=_" + id,
                                    .unix_seconds = stage_.executor.unix_seconds(),
                                    .full_message = envelope.dsn_return == mail::DsnReturn::full};
  mail::Message notice = compose_dsn(report, options, message);
  mail::Envelope back;
  back.recipients = {mail::Recipient{mail::ForwardPath(envelope.reverse_path.address()), {}, {}}};
  const Outgoing context{envelope, failed, nullptr, custody};
  send(context, "dsn", std::move(back), std::move(notice), {});
}

std::string MailStore::next_message_id(std::string_view what) {
  return fmt::format("{}.{}.{}@{}", what, stage_.executor.unix_seconds(), ++made_, options_.hostname);
}

Task<void> MailStore::submit(Custody custody, mail::Envelope envelope, mail::Message message) {
  const stage::Time expires = stage_.executor.now() + options_.lifetime;
  const std::string recipient = display(envelope.recipients.front().forward_path);
  stage::Fact fact{.host = options_.host, .custody = custody, .recipient = recipient};
  while (options_.submission) {
    talk::SmtpClientOptions client{
        .helo = options_.hostname, .peer_name = to_string(*options_.submission), .custody = custody};
    auto session = co_await talk::SmtpClient::open(stage_, options_.host, options_.addresses.front(),
                                                   *options_.submission, std::move(client));
    std::optional<mail::Reply> reply;
    std::string text;
    if (session) {
      const std::vector<talk::RecipientOutcome> outcomes = co_await (*session)->send(envelope, message, custody);
      co_await (*session)->quit();
      if (outcomes.front().is_accepted()) {
        waiting_.erase(custody);
        co_return;
      }
      reply = outcomes.front().reply;
      text = outcomes.front().text;
    } else {
      reply = session.error().reply;
      text = session.error().text;
    }
    fact.at = stage_.executor.now();
    fact.code = static_cast<std::uint16_t>(reply ? reply->code : 0);
    fact.text = text;
    if ((reply && reply->is_permanent()) || stage_.executor.now() + options_.retry_delay > expires) break;
    fact.kind = FactKind::deferred;
    stage_.journal.record(fact);
    waiting_[custody] = {custody, recipient, text};
    co_await stage_.executor.sleep_for(options_.retry_delay);
  }
  if (!options_.submission) fact.text = "there is no submission host for what the script sends";
  fact.at = stage_.executor.now();
  fact.kind = FactKind::failed;
  stage_.journal.record(fact);
  waiting_.erase(custody);
  notify_failure(custody, envelope, message, fact.text);
}

}  // namespace watershed::store
