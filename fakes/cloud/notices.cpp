// What a reverse-path is told: failures, delays and, on request, successes. RFC 3461, RFC 5321 §6.1. See provider.hpp.
#include "fakes/cloud/ndr.hpp"
#include "fakes/cloud/provider.hpp"

namespace watershed::cloud {

using stage::FactKind;

void Provider::fail(const InHand& item, const mail::Recipient& recipient, const mail::Reply& reply,
                    std::string decided_by, std::string_view remote_mta) {
  stage::Fact failed = fact(FactKind::failed, item, display(recipient.forward_path));
  failed.code = static_cast<std::uint16_t>(reply.code);
  failed.text = to_line(reply);
  if (recipient.notify.specified && !recipient.notify.failure)
    failed.text += " (no notice: NOTIFY=NEVER or without FAILURE)";
  failed.decided_by = std::move(decided_by);
  stage_.journal.record(std::move(failed));
  if (recipient.notify.wants_failure()) report(item, recipient, mail::DsnAction::failed, reply, remote_mta);
}

void Provider::report(const InHand& item, const mail::Recipient& recipient, mail::DsnAction action,
                      const mail::Reply& reply, std::string_view remote_mta) {
  // RFC 5321 §4.5.5, §6.1: the null reverse-path never gets a DSN.
  if (item.envelope.reverse_path.is_null()) return;
  mail::DsnRecipient about;
  about.original_recipient = recipient.original_recipient;
  about.final_recipient = display(recipient.forward_path);
  about.action = action;
  about.status = status_of(reply);
  about.remote_mta = std::string(remote_mta);
  about.diagnostic_text = to_line(reply);
  InHand notice;
  notice.custody = stage_.journal.new_custody();
  notice.envelope.recipients = {{mail::ForwardPath(item.envelope.reverse_path.address()), {}, {}}};
  notice.is_internal = true;
  notice.message = compose_notice({.tenant = tenant_,
                                   .hostname = options_.hostname,
                                   .envelope = item.envelope,
                                   .original = item.message,
                                   .recipient = std::move(about),
                                   .arrival_unix_seconds = stage_.executor.unix_seconds(item.arrived),
                                   .identity = identity(notice.custody)});
  spawn(std::move(notice), action == mail::DsnAction::delayed ? "delay-notice" : "dsn", display(recipient.forward_path),
        item.custody, {});
}

void Provider::on_outcome(const OutboundEntry& entry, const mail::Recipient& recipient,
                          const OutboundOutcome& outcome) {
  InHand item;
  item.custody = entry.custody;
  item.envelope = entry.envelope;
  item.message = entry.message;
  item.is_internal = entry.is_internal;
  item.arrived = entry.queued_at;
  switch (outcome.kind) {
    case OutboundOutcome::Kind::relayed:
      // RFC 3461 §5.2.2: where the next host does not know DSN, the trail of NOTIFY=SUCCESS ends here.
      if (recipient.notify.wants_success() && !outcome.peer_offers_dsn) {
        report(item, recipient, mail::DsnAction::relayed, outcome.reply, outcome.remote_mta);
      }
      break;
    case OutboundOutcome::Kind::failed:
      fail(item, recipient, outcome.reply, entry.next_hop.decided_by, outcome.remote_mta);
      break;
    case OutboundOutcome::Kind::delayed:
      if (recipient.notify.wants_delay()) {
        report(item, recipient, mail::DsnAction::delayed, outcome.reply, outcome.remote_mta);
      }
      break;
  }
}

}  // namespace watershed::cloud
