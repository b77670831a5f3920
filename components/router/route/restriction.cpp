// See restriction.hpp.
#include "components/router/route/restriction.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace watershed::router {

namespace {

enum class Argument { none, table, text, optional_domain };

struct Known {
  std::string_view name;
  RestrictionKind kind;
  Argument argument = Argument::none;
};

using Kind = RestrictionKind;

// postconf(5) smtpd_*_restrictions, with the old names that Postfix still takes.
constexpr Known known_restrictions[] = {
    {"permit", Kind::permit},
    {"reject", Kind::reject},
    {"defer", Kind::defer},
    {"warn_if_reject", Kind::warn_if_reject},
    {"defer_if_permit", Kind::defer_if_permit},
    {"defer_if_reject", Kind::defer_if_reject},
    {"check_client_access", Kind::check_client_access, Argument::table},
    {"check_reverse_client_hostname_access", Kind::check_reverse_client_access, Argument::table},
    {"permit_inet_interfaces", Kind::permit_inet_interfaces},
    {"permit_mynetworks", Kind::permit_mynetworks},
    {"permit_sasl_authenticated", Kind::permit_sasl_authenticated},
    {"reject_unknown_client_hostname", Kind::reject_unknown_client_hostname},
    {"reject_unknown_client", Kind::reject_unknown_client_hostname},
    {"reject_unknown_reverse_client_hostname", Kind::reject_unknown_reverse_client_hostname},
    {"reject_rbl_client", Kind::reject_rbl_client, Argument::text},
    {"reject_rbl", Kind::reject_rbl_client, Argument::text},
    {"check_helo_access", Kind::check_helo_access, Argument::table},
    {"reject_invalid_helo_hostname", Kind::reject_invalid_helo_hostname},
    {"reject_invalid_hostname", Kind::reject_invalid_helo_hostname},
    {"reject_non_fqdn_helo_hostname", Kind::reject_non_fqdn_helo_hostname},
    {"reject_non_fqdn_hostname", Kind::reject_non_fqdn_helo_hostname},
    {"reject_unknown_helo_hostname", Kind::reject_unknown_helo_hostname},
    {"reject_unknown_hostname", Kind::reject_unknown_helo_hostname},
    {"check_sender_access", Kind::check_sender_access, Argument::table},
    {"reject_non_fqdn_sender", Kind::reject_non_fqdn_sender},
    {"reject_unknown_sender_domain", Kind::reject_unknown_sender_domain},
    {"reject_unlisted_sender", Kind::reject_unlisted_sender},
    {"check_recipient_access", Kind::check_recipient_access, Argument::table},
    {"permit_auth_destination", Kind::permit_auth_destination},
    {"reject_unauth_destination", Kind::reject_unauth_destination},
    {"defer_unauth_destination", Kind::defer_unauth_destination},
    {"reject_non_fqdn_recipient", Kind::reject_non_fqdn_recipient},
    {"reject_unknown_recipient_domain", Kind::reject_unknown_recipient_domain},
    {"reject_unlisted_recipient", Kind::reject_unlisted_recipient},
    {"check_recipient_maps", Kind::reject_unlisted_recipient},
    {"reject_multi_recipient_bounce", Kind::reject_multi_recipient_bounce},
    {"reject_unauth_pipelining", Kind::without_effect},
    {"sleep", Kind::without_effect, Argument::text},
    {"check_ccert_access", Kind::not_modelled, Argument::table},
    {"check_client_a_access", Kind::not_modelled, Argument::table},
    {"check_client_mx_access", Kind::not_modelled, Argument::table},
    {"check_client_ns_access", Kind::not_modelled, Argument::table},
    {"check_reverse_client_hostname_a_access", Kind::not_modelled, Argument::table},
    {"check_reverse_client_hostname_mx_access", Kind::not_modelled, Argument::table},
    {"check_reverse_client_hostname_ns_access", Kind::not_modelled, Argument::table},
    {"check_helo_a_access", Kind::not_modelled, Argument::table},
    {"check_helo_mx_access", Kind::not_modelled, Argument::table},
    {"check_helo_ns_access", Kind::not_modelled, Argument::table},
    {"check_sender_a_access", Kind::not_modelled, Argument::table},
    {"check_sender_mx_access", Kind::not_modelled, Argument::table},
    {"check_sender_ns_access", Kind::not_modelled, Argument::table},
    {"check_recipient_a_access", Kind::not_modelled, Argument::table},
    {"check_recipient_mx_access", Kind::not_modelled, Argument::table},
    {"check_recipient_ns_access", Kind::not_modelled, Argument::table},
    {"check_sasl_access", Kind::not_modelled, Argument::table},
    {"check_policy_service", Kind::not_modelled, Argument::text},
    {"check_relay_domains", Kind::not_modelled},
    {"check_etrn_access", Kind::not_modelled, Argument::table},
    {"permit_dnswl_client", Kind::not_modelled, Argument::text},
    {"permit_mx_backup", Kind::not_modelled},
    {"permit_naked_ip_address", Kind::not_modelled},
    {"permit_rhswl_client", Kind::not_modelled, Argument::text},
    {"permit_tls_all_clientcerts", Kind::not_modelled},
    {"permit_tls_clientcerts", Kind::not_modelled},
    {"reject_authenticated_sender_login_mismatch", Kind::not_modelled},
    {"reject_known_sender_login_mismatch", Kind::not_modelled},
    {"reject_maps_rbl", Kind::not_modelled},
    {"reject_plaintext_session", Kind::not_modelled},
    {"reject_rhsbl_client", Kind::not_modelled, Argument::text},
    {"reject_rhsbl_helo", Kind::not_modelled, Argument::text},
    {"reject_rhsbl_recipient", Kind::not_modelled, Argument::text},
    {"reject_rhsbl_reverse_client", Kind::not_modelled, Argument::text},
    {"reject_rhsbl_sender", Kind::not_modelled, Argument::text},
    {"reject_sender_login_mismatch", Kind::not_modelled},
    {"reject_unauthenticated_sender_login_mismatch", Kind::not_modelled},
    {"reject_unverified_recipient", Kind::not_modelled},
    {"reject_unverified_sender", Kind::not_modelled},
};

const Known* find_known(std::string_view name) {
  const auto* found = std::find_if(std::begin(known_restrictions), std::end(known_restrictions),
                                   [&](const Known& known) { return equal_ignoring_case(known.name, name); });
  return found == std::end(known_restrictions) ? nullptr : found;
}

}  // namespace

RestrictionList compile_restrictions(const postfix::PostfixConfig& config, const std::vector<std::string>& elements,
                                     const std::string& parameter, const SourcePosition& at, RestrictionKind bare_table,
                                     const std::vector<std::string>& classes) {
  RestrictionList list{parameter, at, {at, parameter}, {}};
  for (std::size_t index = 0; index < elements.size(); ++index) {
    const std::string& element = elements[index];
    Restriction restriction;
    restriction.name = element;
    if (element.find(':') != std::string::npos) {
      restriction.kind = bare_table;
      restriction.argument = element;
      restriction.table = config.table(element);
    } else if (const Known* known = find_known(element)) {
      restriction.kind = known->kind;
      if (known->argument != Argument::none) {
        if (index + 1 >= elements.size()) {
          restriction.kind = RestrictionKind::unknown;
        } else {
          restriction.argument = elements[++index];
          if (known->argument == Argument::table) restriction.table = config.table(restriction.argument);
        }
      }
    } else if (std::find(classes.begin(), classes.end(), element) != classes.end()) {
      restriction.kind = RestrictionKind::restriction_class;
      restriction.argument = element;
    }
    restriction.text = restriction.argument.empty() ? restriction.name : restriction.name + " " + restriction.argument;
    list.restrictions.push_back(std::move(restriction));
  }
  return list;
}

}  // namespace watershed::router
