// See bounce.hpp.
#include "components/router/engine/bounce.hpp"

#include "base/text.hpp"
#include "components/router/engine/engine.hpp"
#include "components/router/engine/intake.hpp"
#include "mail/dsn.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::router {

namespace {

mail::DsnRecipient report_line(const QueuedRecipient& recipient, mail::DsnAction action) {
  mail::DsnRecipient line;
  line.original_recipient = recipient.recipient.original_recipient;
  line.final_recipient = recipient.name();
  line.action = action;
  line.status = recipient.last.status;
  line.remote_mta = recipient.last.remote_mta;
  line.diagnostic_text = recipient.last.diagnostic.empty() ? recipient.last.text : recipient.last.diagnostic;
  return line;
}

// Where notices about the message go; a notice that failed goes to the postmaster, if notify_classes wants that.
mail::ReversePath notice_address(const QueuedMessage& message, const EngineSettings& settings) {
  if (!message.envelope.reverse_path.is_null()) return message.envelope.reverse_path;
  const auto postmaster = mail::parse_address(settings.double_bounce_recipient);
  return postmaster ? mail::ReversePath(*postmaster) : mail::ReversePath();
}

struct Notice {
  std::string_view kind;  // of the spawned fact
  bool full_message = false;
  std::vector<mail::DsnRecipient> lines;
  std::vector<std::string> on_behalf_of;
};

void send(Engine& engine, const QueuedMessage& about, Notice notice) {
  const EngineSettings& settings = *engine.settings;
  const mail::ReversePath to = notice_address(about, settings);
  if (to.is_null() || notice.lines.empty()) return;
  InternalMail made;
  made.queue_id = engine.new_queue_id();
  mail::DeliveryReport report;
  report.reporting_mta = settings.myhostname;
  report.envelope_id = about.envelope.envelope_id;
  report.arrival_unix_seconds = engine.stage.executor.unix_seconds(about.arrived);
  report.recipients = std::move(notice.lines);
  mail::NoticeOptions options;
  options.from = "MAILER-DAEMON@" + settings.myorigin;
  options.to = display(to);
  options.message_id = engine.message_id(made.queue_id);
  options.boundary = fmt::format("{}.{}/{}", about.id, engine.unix_now(), settings.myhostname);
  options.unix_seconds = engine.unix_now();
  options.full_message = notice.full_message;
  made.message = mail::compose_dsn(report, options, *about.message);
  // A notice about a notice is not from <>: what comes back of it is recognised and dropped.
  if (about.envelope.reverse_path.is_null()) {
    if (const auto double_bounce = mail::parse_address(settings.double_bounce_address)) {
      made.reverse_path = mail::ReversePath(*double_bounce);
    }
  }
  mail::Recipient recipient{mail::ForwardPath(to.address()), {}, {}};
  recipient.notify.specified = recipient.notify.never = true;
  made.recipients.push_back(std::move(recipient));
  made.smtputf8 = about.envelope.smtputf8;
  made.cause = about.custody;
  made.detail = notice.kind;
  made.on_behalf_of = std::move(notice.on_behalf_of);
  inject(engine, std::move(made));
}

}  // namespace

NoticeFate notice_fate(const QueuedMessage& message, const mail::Recipient& recipient, const EngineSettings& settings) {
  const mail::ReversePath& reverse_path = message.envelope.reverse_path;
  if (reverse_path.is_null() && settings.double_bounce_recipient.empty()) return NoticeFate::null_reverse_path;
  if (!reverse_path.is_null() && equal_ignoring_case(display(reverse_path), settings.double_bounce_address)) {
    return NoticeFate::double_bounce;
  }
  return recipient.notify.wants_failure() ? NoticeFate::sent : NoticeFate::unwanted;
}

bool returns_full_message(const QueuedMessage& message, const EngineSettings& settings) {
  if (message.envelope.dsn_return == mail::DsnReturn::headers) return false;
  const std::uint64_t limit = settings.bounce_size_limit_octets;
  return limit == 0 || message.message->size_octets() <= limit;
}

void send_notices(Engine& engine, const MessagePtr& message) {
  if (message->notices.empty()) return;
  const std::vector<std::size_t> due = std::move(message->notices);
  message->notices.clear();
  Notice failures{"dsn", returns_full_message(*message, *engine.settings), {}, {}};
  // RFC 3461 §4.3: RET applies to notices of failure; others return the header section.
  Notice successes{"dsn", false, {}, {}};
  for (const std::size_t index : due) {
    const QueuedRecipient& recipient = message->recipients[index];
    const bool failed = recipient.last.kind == Outcome::Kind::failed;
    const auto action = failed                                          ? mail::DsnAction::failed
                        : recipient.last.kind == Outcome::Kind::relayed ? mail::DsnAction::relayed
                                                                        : mail::DsnAction::delivered;
    Notice& notice = failed ? failures : successes;
    notice.lines.push_back(report_line(recipient, action));
    notice.on_behalf_of.push_back(recipient.name());
  }
  send(engine, *message, std::move(failures));
  if (!message->envelope.reverse_path.is_null()) send(engine, *message, std::move(successes));
}

void send_delay_notice(Engine& engine, const MessagePtr& message) {
  if (message->envelope.reverse_path.is_null()) return;
  Notice notice{"delay-notice", false, {}, {}};
  for (const QueuedRecipient& recipient : message->recipients) {
    if (recipient.state != QueuedRecipient::State::deferred || !recipient.recipient.notify.wants_delay()) continue;
    notice.lines.push_back(report_line(recipient, mail::DsnAction::delayed));
    notice.on_behalf_of.push_back(recipient.name());
  }
  send(engine, *message, std::move(notice));
}

}  // namespace watershed::router
