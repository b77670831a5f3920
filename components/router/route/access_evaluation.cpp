// The evaluation of restriction lists: order, defer_if_*, warn_if_reject, replies. SMTPD_ACCESS_README.
#include "components/router/route/access_evaluation.hpp"

#include "base/text.hpp"
#include "mail/reply.hpp"

#include <fmt/format.h>

namespace watershed::router {

namespace {
constexpr int recursion_max = 30;
constexpr std::size_t reply_text_max = 500;
}  // namespace

void AccessEvaluation::set_reverse_path(const mail::ReversePath& reverse_path) {
  has_reverse_path_ = true;
  reverse_path_value_ = reverse_path;
  reverse_path_ = reverse_path.is_null() ? std::string{} : internal_form(reverse_path.address());
}

void AccessEvaluation::set_recipient(const mail::Address& recipient) {
  has_recipient_ = true;
  recipient_ = internal_form(recipient);
}

void AccessEvaluation::note_failure(const postfix::LookupError& error) {
  if (error.not_understood) out_.not_understood.push_back({error.at, error.message});
}

Status AccessEvaluation::reject(int code, std::string_view dsn, const std::string& text) {
  // The enhanced status always has the class of the reply code.
  std::string status(dsn);
  if (code < 400 || code > 599) code = 450;
  if (rules_.soft_bounce && code >= 500) code -= 100;
  if (!status.empty()) status[0] = static_cast<char>('0' + code / 100);
  const mail::Reply reply = mail::make_reply(code, status, text.substr(0, reply_text_max));
  if (warn_if_reject_ > 0 && depth_ >= warn_if_reject_) {
    out_.warnings.push_back("reject_warning: " + mail::to_line(reply));
    return Status::dunno;
  }
  out_.reply = reply;
  out_.disconnect = code == 421 || code == 521;
  out_.decided_by = current_;
  out_.restriction = restriction_;
  return Status::reject;
}

Status AccessEvaluation::dictionary_retry(std::string_view name) {
  return reject(451, "4.3.0", fmt::format("<{}>: Temporary lookup failure", name));
}

Status AccessEvaluation::server_error(const std::string& about) {
  out_.not_understood.push_back({current_.at, about});
  return reject(451, "4.3.5", "Server configuration error");
}

void AccessEvaluation::set_problem(Problem& problem, int code, std::string_view dsn, std::string text) {
  // Only the first problem is kept. Under warn_if_reject there is none.
  if (problem.active || (warn_if_reject_ > 0 && depth_ >= warn_if_reject_)) return;
  problem = {true, code, std::string(dsn), std::move(text), current_, restriction_};
}

Status AccessEvaluation::run(const RestrictionList& list, const Subject& subject) {
  // access(5) DISCARD: "the message is silently discarded"; nothing further is asked.
  if (out_.discard) return Status::dunno;
  warn_if_reject_ = 0;
  defer_if_reject_ = {};
  return evaluate_list(list, subject);
}

Status AccessEvaluation::evaluate_list(const RestrictionList& list, const Subject& subject) {
  if (depth_ >= recursion_max) return server_error("restriction classes nest too deep in " + list.parameter);
  ++depth_;
  const int outer_warn = warn_if_reject_;
  Status status = Status::dunno;
  for (const Restriction& restriction : list.restrictions) {
    if (restriction.kind == RestrictionKind::warn_if_reject) {
      if (warn_if_reject_ == 0) warn_if_reject_ = depth_;
      continue;
    }
    current_ = list.decided_by;
    restriction_ = restriction.text;
    status = evaluate(restriction, subject);
    if (warn_if_reject_ >= depth_) warn_if_reject_ = outer_warn;
    if (status != Status::dunno) break;
    if (defer_if_permit_.active && defer_if_reject_.active) break;
  }
  if (status == Status::ok) {
    out_.decided_by = current_;
    out_.restriction = restriction_;
  }
  --depth_;
  return apply_defer_if_reject(status);
}

Status AccessEvaluation::apply_defer_if_reject(Status status) {
  if (status != Status::reject || !defer_if_reject_.active) return status;
  const Problem problem = defer_if_reject_;
  defer_if_reject_.active = false;
  current_ = problem.decided_by;
  restriction_ = problem.restriction;
  return reject(problem.code, problem.dsn, problem.text);
}

Status AccessEvaluation::evaluate(const Restriction& restriction, const Subject& subject) {
  using Kind = RestrictionKind;
  switch (restriction.kind) {
    case Kind::permit:
      return Status::ok;
    case Kind::reject:
      return reject(rules_.code("reject_code"), "5.7.1", prefix(subject) + "Access denied");
    case Kind::defer:
      return reject(rules_.code("defer_code"), "4.3.2", prefix(subject) + "Try again later");
    case Kind::defer_if_permit:
      set_problem(defer_if_permit_, 450, "4.7.0", prefix(subject) + "defer_if_permit requested");
      return Status::dunno;
    case Kind::defer_if_reject:
      set_problem(defer_if_reject_, 450, "4.7.0", prefix(subject) + "defer_if_reject requested");
      return Status::dunno;
    case Kind::permit_inet_interfaces:
    case Kind::permit_mynetworks:
    case Kind::permit_sasl_authenticated:
    case Kind::reject_unknown_client_hostname:
    case Kind::reject_unknown_reverse_client_hostname:
    case Kind::check_client_access:
    case Kind::check_reverse_client_access:
    case Kind::check_helo_access:
    case Kind::reject_invalid_helo_hostname:
    case Kind::reject_non_fqdn_helo_hostname:
    case Kind::reject_unknown_helo_hostname:
      return of_client(restriction, subject);
    case Kind::check_sender_access:
    case Kind::reject_non_fqdn_sender:
    case Kind::reject_unknown_sender_domain:
    case Kind::reject_unlisted_sender:
      return has_reverse_path_ ? of_reverse_path(restriction, subject) : Status::dunno;
    case Kind::check_recipient_access:
    case Kind::permit_auth_destination:
    case Kind::reject_unauth_destination:
    case Kind::defer_unauth_destination:
    case Kind::reject_non_fqdn_recipient:
    case Kind::reject_unknown_recipient_domain:
    case Kind::reject_unlisted_recipient:
      return has_recipient_ ? of_recipient(restriction, subject) : Status::dunno;
    case Kind::reject_multi_recipient_bounce:
      if (!has_reverse_path_ || !reverse_path_.empty() || recipient_count_ == 0) return Status::dunno;
      return reject(rules_.code("multi_recipient_bounce_reject_code"), "5.5.3",
                    prefix(subject) + "Multi-recipient bounce");
    case Kind::warn_if_reject:
    case Kind::without_effect:
      return Status::dunno;
    case Kind::restriction_class: {
      const auto found = rules_.classes.find(restriction.argument);
      return found == rules_.classes.end() ? Status::dunno : evaluate_list(found->second, subject);
    }
    case Kind::reject_rbl_client:
    case Kind::not_modelled:
      out_.not_understood.push_back({current_.at, restriction.name + " is not modelled"});
      return Status::dunno;
    case Kind::unknown:
      break;
  }
  return server_error(restriction.name + " is no restriction of Postfix 3.7");
}

Status AccessEvaluation::client(bool is_before_mail) {
  const std::string name = session_.client_name + "[" + to_string(session_.client_address) + "]";
  return run(rules_.client, {name, "Client host", RestrictionKind::check_client_access, is_before_mail});
}

Status AccessEvaluation::helo(bool is_before_mail) {
  if (session_.helo.empty()) return Status::dunno;
  return run(rules_.helo, {session_.helo, "Helo command", RestrictionKind::check_helo_access, is_before_mail});
}

Status AccessEvaluation::mail_from() {
  Status status = run(rules_.mail, {reverse_path_, "Sender address", RestrictionKind::check_sender_access, false});
  if (status != Status::reject && status != Status::needs_dns && rules_.rejects_unlisted_sender &&
      !reverse_path_.empty()) {
    current_ = rules_.parameters.decided_by("smtpd_reject_unlisted_sender");
    restriction_ = "smtpd_reject_unlisted_sender";
    status = apply_defer_if_reject(check_listed(reverse_path_, true));
  }
  return status;
}

Status AccessEvaluation::recipient() {
  const Subject subject{recipient_, "Recipient address", RestrictionKind::check_recipient_access, false};
  const RestrictionList* first = rules_.relay_first ? &rules_.relay : &rules_.recipient;
  const RestrictionList* second = rules_.relay_first ? &rules_.recipient : &rules_.relay;
  for (const RestrictionList* list : {first, second}) {
    const Status status = run(*list, subject);
    if (status == Status::reject || status == Status::needs_dns) return status;
  }
  const Status deferred = apply_defer_if_permit(Status::dunno);
  if (deferred == Status::reject) return deferred;
  if (!rules_.rejects_unlisted_recipient || recipient_checked_ || out_.discard) return Status::dunno;
  current_ = rules_.parameters.decided_by("smtpd_reject_unlisted_recipient");
  restriction_ = "smtpd_reject_unlisted_recipient";
  return apply_defer_if_reject(check_listed(recipient_, false));
}

Status AccessEvaluation::earlier_stages(const mail::ReversePath& reverse_path) {
  Status status = client(true);
  if (status != Status::needs_dns) status = helo(true);
  set_reverse_path(reverse_path);
  if (status != Status::needs_dns) status = mail_from();
  if (status == Status::needs_dns) return status;
  out_.reply = {};
  out_.disconnect = false;
  return Status::dunno;
}

Status AccessEvaluation::apply_defer_if_permit(Status status) {
  if (status == Status::reject || status == Status::needs_dns || !defer_if_permit_.active) return status;
  current_ = defer_if_permit_.decided_by;
  restriction_ = defer_if_permit_.restriction;
  return reject(defer_if_permit_.code, defer_if_permit_.dsn, defer_if_permit_.text);
}

AccessDecision AccessEvaluation::decision(Status status) {
  if (status == Status::needs_dns)
    out_.verdict = AccessDecision::Verdict::needs_dns;
  else if (status == Status::reject)
    out_.verdict = AccessDecision::Verdict::refuse;
  else
    out_.verdict = AccessDecision::Verdict::accept;
  return std::move(out_);
}

}  // namespace watershed::router
