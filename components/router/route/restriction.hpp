// smtpd's restriction lists, compiled: names, access tables and restriction classes. SMTPD_ACCESS_README, postconf(5).
#pragma once

#include "components/router/postfix/config.hpp"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace watershed::router {

enum class RestrictionKind {
  // Any list.
  permit,
  reject,
  defer,
  warn_if_reject,
  defer_if_permit,
  defer_if_reject,
  // Client.
  check_client_access,
  check_reverse_client_access,
  permit_inet_interfaces,
  permit_mynetworks,
  permit_sasl_authenticated,
  reject_unknown_client_hostname,
  reject_unknown_reverse_client_hostname,
  reject_rbl_client,
  // HELO.
  check_helo_access,
  reject_invalid_helo_hostname,
  reject_non_fqdn_helo_hostname,
  reject_unknown_helo_hostname,
  // Reverse-path.
  check_sender_access,
  reject_non_fqdn_sender,
  reject_unknown_sender_domain,
  reject_unlisted_sender,
  // Forward-path.
  check_recipient_access,
  permit_auth_destination,
  reject_unauth_destination,
  defer_unauth_destination,
  reject_non_fqdn_recipient,
  reject_unknown_recipient_domain,
  reject_unlisted_recipient,
  reject_multi_recipient_bounce,
  // Other.
  without_effect,  ///< sleep, reject_unauth_pipelining …: our clients never trigger it
  restriction_class,
  not_modelled,  ///< a restriction of Postfix 3.7 whose answer is not known here
  unknown,       ///< no restriction at all: Postfix answers 451 4.3.5
};

struct Restriction {
  RestrictionKind kind = RestrictionKind::unknown;
  std::string name;      ///< as written
  std::string argument;  ///< table, list domain or class name, as written
  std::string text;      ///< name and argument
  postfix::TablePtr table;
};

struct RestrictionList {
  std::string parameter;
  SourcePosition at;
  postfix::DecidedBy decided_by;  ///< of all that the list itself decides: `at` and `parameter`
  std::vector<Restriction> restrictions;
};

/// Which access check a bare `type:name` in a list means; `unknown` where that is an error.
RestrictionList compile_restrictions(const postfix::PostfixConfig& config, const std::vector<std::string>& elements,
                                     const std::string& parameter, const SourcePosition& at, RestrictionKind bare_table,
                                     const std::vector<std::string>& classes);

}  // namespace watershed::router
