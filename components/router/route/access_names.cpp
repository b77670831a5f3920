// Restrictions on names: client, HELO, domains of addresses. Some need DNS. postconf(5) reject_*.
#include "components/router/route/access_evaluation.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

namespace watershed::router {

const DnsAnswer* AccessEvaluation::ask_dns(DnsQuestion::Kind kind, std::string_view name) {
  const DnsQuestion question{kind, to_lower(name)};
  const auto found = dns_.find(question);
  if (found != dns_.end()) return &found->second;
  out_.question = question;
  return nullptr;
}

Status AccessEvaluation::reject_unknown_client(bool reverse) {
  const bool is_known = (reverse ? session_.reverse_client_name : session_.client_name) != "unknown";
  if (is_known) return Status::dunno;
  const bool for_now = reverse ? session_.reverse_name_failed_for_now : session_.client_name_failed_for_now;
  return reject(for_now ? 450 : rules_.code("unknown_client_reject_code"), reverse ? "4.7.1" : "4.7.25",
                fmt::format("Client host rejected: cannot find your {}hostname, [{}]", reverse ? "reverse " : "",
                            to_string(session_.client_address)));
}

Status AccessEvaluation::reject_invalid_hostname(const Subject&) {
  const Subject helo{session_.helo, "Helo command", {}, false};
  if (session_.helo.empty()) return Status::dunno;
  if (session_.helo.starts_with('[')) {
    if (is_valid_address_literal(session_.helo)) return Status::dunno;
    return reject(rules_.code("invalid_hostname_reject_code"), "5.5.2", prefix(helo) + "invalid ip address");
  }
  std::string_view name = session_.helo;
  if (name.size() > 1 && name.ends_with('.')) name.remove_suffix(1);
  if (is_valid_hostname(name) || parse_ip_address(name)) return Status::dunno;
  return reject(rules_.code("invalid_hostname_reject_code"), "5.5.2", prefix(helo) + "Invalid name");
}

Status AccessEvaluation::reject_non_fqdn_hostname(const Subject& subject) {
  if (session_.helo.empty()) return Status::dunno;
  if (session_.helo.starts_with('[')) return reject_invalid_hostname(subject);
  std::string_view name = session_.helo;
  if (name.size() > 1 && name.ends_with('.')) name.remove_suffix(1);
  if (is_valid_hostname(name) && name.find('.') != std::string_view::npos) return Status::dunno;
  const Subject helo{session_.helo, "Helo command", {}, false};
  return reject(rules_.code("non_fqdn_reject_code"), "5.5.2", prefix(helo) + "need fully-qualified hostname");
}

/// postconf(5) unknown_*_tempfail_action: defer_if_permit, defer_if_reject, or defer at once.
Status AccessEvaluation::tempfail(const std::string& action, int code, std::string_view dsn, std::string text) {
  if (action == "defer") return reject(code, dsn, text);
  set_problem(action == "defer_if_reject" ? defer_if_reject_ : defer_if_permit_, code, dsn, std::move(text));
  return Status::dunno;
}

Status AccessEvaluation::reject_unknown_helo(const Subject& subject) {
  if (session_.helo.empty()) return Status::dunno;
  if (session_.helo.starts_with('[')) return reject_invalid_hostname(subject);
  const DnsAnswer* answer = ask_dns(DnsQuestion::Kind::host, session_.helo);
  if (answer == nullptr) return Status::needs_dns;
  const std::string text = prefix({session_.helo, "Helo command", {}, false}) + "Host not found";
  switch (answer->status) {
    case DnsAnswer::Status::found:
      return Status::dunno;
    case DnsAnswer::Status::failed:
      return tempfail(rules_.unknown_helo_tempfail_action, 450, "4.7.1", text);
    case DnsAnswer::Status::not_found:
    case DnsAnswer::Status::null_mx:
      break;
  }
  return reject(rules_.code("unknown_hostname_reject_code"), "4.7.1", text);
}

Status AccessEvaluation::reject_non_fqdn_address(const std::string& address, const Subject& subject) {
  const std::string_view domain = domain_of(address);
  if (domain.starts_with('[')) return Status::dunno;
  if (is_valid_hostname(domain) && domain.find('.') != std::string_view::npos) return Status::dunno;
  return reject(rules_.code("non_fqdn_reject_code"), "5.5.2", prefix(subject) + "need fully-qualified address");
}

Status AccessEvaluation::reject_unknown_address(const std::string& address, const Subject& subject, bool is_sender) {
  const auto resolution = resolve(address);
  if (resolution->status == Resolution::Status::deferred) {
    out_.not_understood.insert(out_.not_understood.end(), resolution->not_understood.begin(),
                               resolution->not_understood.end());
    return dictionary_retry(address);
  }
  // Where this host delivers itself, DNS has no say.
  if (resolution->address_class == AddressClass::local || resolution->address_class == AddressClass::virtual_alias ||
      resolution->address_class == AddressClass::virtual_mailbox) {
    return Status::dunno;
  }
  const std::string domain = to_lower(resolution->recipient.domain);
  if (domain.empty() || domain.starts_with('[')) return Status::dunno;
  const DnsAnswer* answer = ask_dns(DnsQuestion::Kind::mail_domain, domain);
  if (answer == nullptr) return Status::needs_dns;
  const std::string_view dsn = is_sender ? "4.1.8" : "4.1.2";
  switch (answer->status) {
    case DnsAnswer::Status::found:
      return Status::dunno;
    case DnsAnswer::Status::failed:
      return tempfail(rules_.unknown_address_tempfail_action, 450, dsn, prefix(subject) + "Domain not found");
    case DnsAnswer::Status::null_mx:
      // RFC 7505 §4.2.
      return reject(is_sender ? 550 : 556, is_sender ? "5.7.27" : "5.1.10",
                    prefix(subject) + fmt::format("Domain {} does not accept mail (nullMX)", domain));
    case DnsAnswer::Status::not_found:
      break;
  }
  return reject(rules_.code("unknown_address_reject_code"), dsn, prefix(subject) + "Domain not found");
}

}  // namespace watershed::router
