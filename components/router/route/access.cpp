// See access.hpp. The stages of a session; smtpd_delay_reject moves everything to RCPT TO.
#include "components/router/route/access.hpp"

#include "components/router/route/access_evaluation.hpp"

#include "base/text.hpp"

namespace watershed::router {

namespace {

AccessDecision accept() { return {}; }

/// smtpd(8) does not run with a configuration that would make an open relay.
AccessDecision no_service(const AccessPolicy::Rules& rules) {
  AccessDecision decision;
  decision.verdict = AccessDecision::Verdict::refuse;
  decision.reply = mail::make_reply(421, "4.3.5", "Server configuration error");
  decision.disconnect = true;
  decision.decided_by = rules.parameters.decided_by("smtpd_relay_restrictions");
  decision.restriction = "smtpd_relay_restrictions";
  decision.not_understood = rules.not_understood;
  return decision;
}

/// RFC 5321 §4.1.2: what cannot be a mailbox is refused before any restriction.
std::optional<AccessDecision> check_syntax(const AccessPolicy::Rules& rules, const mail::ReversePath& reverse_path,
                                           const mail::Address& address, bool is_sender) {
  const std::string completed = rules.resolver.rules().complete(internal_form(address));
  const auto resolution = rules.resolver.resolve_shared(reverse_path, completed);
  if (resolution->status != Resolution::Status::unresolvable) return std::nullopt;
  AccessDecision decision;
  decision.verdict = AccessDecision::Verdict::refuse;
  decision.restriction = "address syntax";
  decision.reply = is_sender ? mail::make_reply(501, "5.1.7", "Bad sender address syntax")
                             : mail::make_reply(501, "5.1.3", "Bad recipient address syntax");
  return decision;
}

}  // namespace

AccessPolicy::AccessPolicy(std::shared_ptr<const PostfixConfig> config, const postfix::Parameters& parameters,
                           const Resolver& resolver)
    : rules_(std::make_unique<Rules>(std::move(config), parameters, resolver)) {}
AccessPolicy::~AccessPolicy() = default;
AccessPolicy::AccessPolicy(AccessPolicy&&) noexcept = default;
AccessPolicy& AccessPolicy::operator=(AccessPolicy&&) noexcept = default;

const std::vector<NotUnderstood>& AccessPolicy::not_understood() const { return rules_->not_understood; }

AccessDecision AccessPolicy::check_client(const SessionFacts& session, const DnsFacts& dns) const {
  if (!rules_->stops_relaying) return no_service(*rules_);
  if (rules_->delays_reject) return accept();
  AccessEvaluation evaluation(*rules_, session, dns);
  return evaluation.decision(evaluation.client(true));
}

AccessDecision AccessPolicy::check_helo(const SessionFacts& session, const DnsFacts& dns) const {
  if (rules_->delays_reject) return accept();
  AccessEvaluation evaluation(*rules_, session, dns);
  return evaluation.decision(evaluation.helo(true));
}

AccessDecision AccessPolicy::check_mail(const SessionFacts& session, const mail::ReversePath& reverse_path,
                                        const DnsFacts& dns) const {
  if (rules_->requires_helo && session.helo.empty()) {
    AccessDecision decision;
    decision.verdict = AccessDecision::Verdict::refuse;
    decision.reply = mail::make_reply(503, "5.5.1", "Error: send HELO/EHLO first");
    decision.decided_by = rules_->parameters.decided_by("smtpd_helo_required");
    return decision;
  }
  if (!reverse_path.is_null()) {
    if (auto fault = check_syntax(*rules_, reverse_path, reverse_path.address(), true)) return *fault;
  }
  if (rules_->delays_reject) return accept();
  AccessEvaluation evaluation(*rules_, session, dns);
  evaluation.set_reverse_path(reverse_path);
  return evaluation.decision(evaluation.mail_from());
}

AccessDecision AccessPolicy::check_recipient(const SessionFacts& session, const mail::ReversePath& reverse_path,
                                             const mail::ForwardPath& forward_path, std::size_t recipient_count,
                                             const DnsFacts& dns) const {
  const mail::Address& address = forward_path.address();
  if (rules_->recipient_limit > 0 && recipient_count >= rules_->recipient_limit) {
    AccessDecision decision;
    decision.verdict = AccessDecision::Verdict::refuse;
    decision.reply = mail::make_reply(452, "4.5.3", "Error: too many recipients");
    decision.decided_by = rules_->parameters.decided_by("smtpd_recipient_limit");
    decision.restriction = "smtpd_recipient_limit";
    return decision;
  }
  if (auto fault = check_syntax(*rules_, reverse_path, address, false)) return *fault;
  // RFC 5321 §4.5.1: <Postmaster> without a domain is always accepted.
  if (address.domain.empty() && equal_ignoring_case(address.local_part, "postmaster")) return accept();

  AccessEvaluation evaluation(*rules_, session, dns);
  evaluation.set_recipient_count(recipient_count);
  Status status = Status::dunno;
  if (!rules_->delays_reject) status = evaluation.earlier_stages(reverse_path);
  evaluation.set_reverse_path(reverse_path);
  evaluation.set_recipient(address);
  if (rules_->delays_reject) {
    status = evaluation.client(false);
    if (status != Status::reject && status != Status::needs_dns) status = evaluation.helo(false);
    if (status != Status::reject && status != Status::needs_dns) status = evaluation.mail_from();
  }
  if (status == Status::reject || status == Status::needs_dns) return evaluation.decision(status);
  return evaluation.decision(evaluation.recipient());
}

AccessDecision AccessPolicy::check_data(const SessionFacts& session, const mail::Envelope& envelope,
                                        const DnsFacts& dns) const {
  if (rules_->data.restrictions.empty()) return accept();  // the usual case: no restriction, nothing deferred
  AccessEvaluation evaluation(*rules_, session, dns);
  evaluation.set_reverse_path(envelope.reverse_path);
  evaluation.set_recipient_count(envelope.recipients.empty() ? 0 : envelope.recipients.size() - 1);
  if (envelope.recipients.size() == 1) evaluation.set_recipient(envelope.recipients.front().forward_path.address());
  const Status status = evaluation.run(rules_->data, {"DATA", "Data command", RestrictionKind::unknown, false});
  return evaluation.decision(evaluation.apply_defer_if_permit(status));
}

AccessDecision AccessPolicy::check_end_of_data(const SessionFacts& session, const mail::Envelope& envelope,
                                               const DnsFacts& dns) const {
  if (rules_->end_of_data.restrictions.empty()) return accept();
  AccessEvaluation evaluation(*rules_, session, dns);
  evaluation.set_reverse_path(envelope.reverse_path);
  evaluation.set_recipient_count(envelope.recipients.empty() ? 0 : envelope.recipients.size() - 1);
  if (envelope.recipients.size() == 1) evaluation.set_recipient(envelope.recipients.front().forward_path.address());
  const Status status =
      evaluation.run(rules_->end_of_data, {"END-OF-MESSAGE", "End-of-data", RestrictionKind::unknown, false});
  return evaluation.decision(evaluation.apply_defer_if_permit(status));
}

}  // namespace watershed::router
