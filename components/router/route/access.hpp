// smtpd's policy: restriction lists and access maps over client, HELO, reverse-path and forward-path, and the
// validation of recipients. SMTPD_ACCESS_README, access(5), postconf(5). Pure: where a restriction needs DNS, the
// evaluation stops with the question; the caller finds the answer, adds it to the facts and asks again.
#pragma once

#include "base/ip_address.hpp"
#include "components/router/postfix/config.hpp"
#include "components/router/route/resolve.hpp"
#include "mail/envelope.hpp"
#include "mail/reply.hpp"

#include <compare>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace watershed::router {

/// What a restriction asks of DNS.
struct DnsQuestion {
  enum class Kind {
    mail_domain,  ///< does `name` have an MX (not the null MX), or an A or AAAA record?
    host,         ///< does `name` have an A or AAAA record, or an MX? (HELO names)
    list_entry,   ///< the A record of `name` in a DNS list
  };
  Kind kind = Kind::mail_domain;
  std::string name;

  auto operator<=>(const DnsQuestion&) const = default;
};

struct DnsAnswer {
  enum class Status { found, not_found, null_mx, failed } status = Status::not_found;
  std::vector<std::string> addresses;  ///< for list_entry: the A records
  std::string text;                    ///< for list_entry: its TXT record

  bool operator==(const DnsAnswer&) const = default;
};

using DnsFacts = std::map<DnsQuestion, DnsAnswer>;

/// The client as smtpd knows it when it asks its restrictions.
struct SessionFacts {
  std::string service = "smtp";  ///< the master.cf service that took the connection
  IpAddress client_address;
  std::string client_name = "unknown";          ///< PTR confirmed by A/AAAA, else "unknown"
  std::string reverse_client_name = "unknown";  ///< PTR alone
  bool client_name_failed_for_now = false;      ///< the DNS lookup of client_name ended in a temporary error
  bool reverse_name_failed_for_now = false;
  std::string helo;
  bool is_esmtp = true;
  bool is_tls = false;
  std::string sasl_username;  ///< empty: not authenticated
};

struct AccessDecision {
  enum class Verdict { accept, refuse, needs_dns };
  Verdict verdict = Verdict::accept;
  mail::Reply reply;                    ///< when refused (2xx never)
  bool disconnect = false;              ///< 421 or 521: close after the reply
  DecidedBy decided_by;                 ///< the table line or the parameter whose restriction decided
  std::string restriction;              ///< e.g. "reject_unauth_destination", "check_recipient_access hash:/…"
  std::optional<DnsQuestion> question;  ///< when needs_dns

  // Side effects that the message as a whole takes with it (access(5) "OTHER ACTIONS").
  bool hold = false;
  bool discard = false;
  std::optional<std::string> filter;    ///< FILTER transport:nexthop
  std::optional<std::string> redirect;  ///< REDIRECT user@domain
  std::vector<std::string> prepend;     ///< PREPEND header lines
  std::vector<std::string> bcc;
  std::vector<std::string> warnings;  ///< WARN, warn_if_reject, ready for a log
  std::vector<NotUnderstood> not_understood;
};

/// The restrictions of one smtpd service. Immutable, safe to share.
class AccessPolicy {
 public:
  /// `resolver` must outlive the policy.
  AccessPolicy(std::shared_ptr<const PostfixConfig> config, const postfix::Parameters& parameters,
               const Resolver& resolver);
  ~AccessPolicy();
  AccessPolicy(AccessPolicy&&) noexcept;
  AccessPolicy& operator=(AccessPolicy&&) noexcept;

  // One call a protocol stage. With smtpd_delay_reject = yes (the default) the first three accept, and what they would
  // have said is said by check_recipient.
  AccessDecision check_client(const SessionFacts& session, const DnsFacts& dns) const;
  AccessDecision check_helo(const SessionFacts& session, const DnsFacts& dns) const;
  AccessDecision check_mail(const SessionFacts& session, const mail::ReversePath& reverse_path,
                            const DnsFacts& dns) const;
  /// `recipient_count`: recipients accepted in this transaction so far (smtpd_recipient_limit).
  AccessDecision check_recipient(const SessionFacts& session, const mail::ReversePath& reverse_path,
                                 const mail::ForwardPath& forward_path, std::size_t recipient_count,
                                 const DnsFacts& dns) const;
  AccessDecision check_data(const SessionFacts& session, const mail::Envelope& envelope, const DnsFacts& dns) const;
  AccessDecision check_end_of_data(const SessionFacts& session, const mail::Envelope& envelope,
                                   const DnsFacts& dns) const;

  /// Restrictions that are not modelled, by the line of their list.
  const std::vector<NotUnderstood>& not_understood() const;

  struct Rules;

 private:
  std::unique_ptr<const Rules> rules_;
};

}  // namespace watershed::router
