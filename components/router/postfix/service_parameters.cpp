// See service_parameters.hpp. The lists name modelled parameters only; what else a service is told is judged by name.
#include "components/router/postfix/service_parameters.hpp"

#include "base/contains.hpp"

#include <algorithm>
#include <span>

namespace watershed::postfix {

namespace {

using Names = std::span<const std::string_view>;

/// What decides how a program asks tables for addresses (route/address_rules), or is only named in other values.
constexpr std::string_view of_addresses[] = {"double_bounce_sender",
                                             "mydestination",
                                             "mydomain",
                                             "myhostname",
                                             "mynetworks",
                                             "myorigin",
                                             "owner_request_special",
                                             "parent_domain_matches_subdomains",
                                             "recipient_delimiter"};

constexpr std::string_view of_smtpd[] = {"access_map_defer_code",
                                         "access_map_reject_code",
                                         "alias_maps",
                                         "allow_untrusted_routing",
                                         "canonical_maps",
                                         "cleanup_service_name",
                                         "content_filter",
                                         "defer_code",
                                         "inet_interfaces",
                                         "inet_protocols",
                                         "invalid_hostname_reject_code",
                                         "local_recipient_maps",
                                         "message_size_limit",
                                         "milter_default_action",
                                         "non_fqdn_reject_code",
                                         "receive_override_options",
                                         "recipient_canonical_maps",
                                         "reject_code",
                                         "relay_domains_reject_code",
                                         "relay_recipient_maps",
                                         "sender_canonical_maps",
                                         "show_user_unknown_table_name",
                                         "smtpd_banner",
                                         "smtpd_client_restrictions",
                                         "smtpd_data_restrictions",
                                         "smtpd_delay_reject",
                                         "smtpd_end_of_data_restrictions",
                                         "smtpd_forbid_bare_newline",
                                         "smtpd_forbid_bare_newline_exclusions",
                                         "smtpd_hard_error_limit",
                                         "smtpd_helo_required",
                                         "smtpd_helo_restrictions",
                                         "smtpd_milters",
                                         "smtpd_null_access_lookup_key",
                                         "smtpd_peername_lookup",
                                         "smtpd_recipient_limit",
                                         "smtpd_recipient_overshoot_limit",
                                         "smtpd_recipient_restrictions",
                                         "smtpd_reject_unlisted_recipient",
                                         "smtpd_reject_unlisted_sender",
                                         "smtpd_relay_before_recipient_restrictions",
                                         "smtpd_relay_restrictions",
                                         "smtpd_restriction_classes",
                                         "smtpd_sender_restrictions",
                                         "smtpd_timeout",
                                         "smtputf8_enable",
                                         "soft_bounce",
                                         "unknown_address_reject_code",
                                         "unknown_address_tempfail_action",
                                         "unknown_client_reject_code",
                                         "unknown_helo_hostname_tempfail_action",
                                         "unknown_hostname_reject_code",
                                         "unknown_local_recipient_reject_code",
                                         "unknown_relay_recipient_reject_code",
                                         "unknown_virtual_alias_reject_code",
                                         "unknown_virtual_mailbox_reject_code",
                                         "virtual_alias_maps",
                                         "virtual_mailbox_maps",
                                         "virtual_maps"};

constexpr std::string_view of_pickup[] = {"cleanup_service_name", "content_filter", "receive_override_options"};

constexpr std::string_view of_cleanup[] = {"always_bcc",
                                           "body_checks",
                                           "body_checks_size_limit",
                                           "canonical_classes",
                                           "canonical_maps",
                                           "enable_original_recipient",
                                           "header_checks",
                                           "masquerade_classes",
                                           "masquerade_domains",
                                           "masquerade_exceptions",
                                           "mime_header_checks",
                                           "nested_header_checks",
                                           "propagate_unmatched_extensions",
                                           "recipient_bcc_maps",
                                           "recipient_canonical_classes",
                                           "recipient_canonical_maps",
                                           "sender_bcc_maps",
                                           "sender_canonical_classes",
                                           "sender_canonical_maps",
                                           "virtual_alias_address_length_limit",
                                           "virtual_alias_expansion_limit",
                                           "virtual_alias_maps",
                                           "virtual_alias_recursion_limit",
                                           "virtual_maps"};

constexpr std::string_view of_rewrite[] = {"allow_percent_hack",
                                           "append_at_myorigin",
                                           "append_dot_mydomain",
                                           "default_transport",
                                           "empty_address_default_transport_maps_lookup_key",
                                           "empty_address_recipient",
                                           "empty_address_relayhost_maps_lookup_key",
                                           "local_transport",
                                           "relay_domains",
                                           "relay_transport",
                                           "relayhost",
                                           "relocated_maps",
                                           "resolve_dequoted_address",
                                           "resolve_null_domain",
                                           "resolve_numeric_domain",
                                           "sender_dependent_default_transport_maps",
                                           "sender_dependent_relayhost_maps",
                                           "show_user_unknown_table_name",
                                           "swap_bangpath",
                                           "transport_maps",
                                           "virtual_alias_domains",
                                           "virtual_alias_maps",
                                           "virtual_mailbox_domains",
                                           "virtual_mailbox_maps",
                                           "virtual_maps",
                                           "virtual_transport"};

constexpr std::string_view of_local[] = {"alias_maps",
                                         "double_bounce_sender",
                                         "expand_owner_alias",
                                         "fallback_transport",
                                         "fallback_transport_maps",
                                         "luser_relay",
                                         "mailbox_transport",
                                         "mailbox_transport_maps",
                                         "owner_request_special",
                                         "propagate_unmatched_extensions",
                                         "recipient_delimiter"};

/// smtp(8) under either of its names, with parameters of its own for each.
constexpr std::string_view of_client[] = {"disable_dns_lookups",
                                          "fallback_relay",
                                          "inet_protocols",
                                          "lmtp_fallback_relay",
                                          "lmtp_lhlo_name",
                                          "lmtp_line_length_limit",
                                          "lmtp_tcp_port",
                                          "myhostname",
                                          "smtp_address_preference",
                                          "smtp_connect_timeout",
                                          "smtp_data_done_timeout",
                                          "smtp_defer_if_no_mx_address_found",
                                          "smtp_fallback_relay",
                                          "smtp_helo_name",
                                          "smtp_line_length_limit",
                                          "smtp_mail_timeout",
                                          "smtp_mx_address_limit",
                                          "smtp_mx_session_limit",
                                          "smtp_randomize_addresses",
                                          "smtp_skip_5xx_greeting",
                                          "smtp_tcp_port"};

constexpr std::string_view of_virtual[] = {"recipient_delimiter", "virtual_mailbox_maps"};

constexpr std::string_view of_pipe[] = {"recipient_delimiter"};

constexpr std::string_view of_queue_manager[] = {"default_destination_concurrency_failed_cohort_limit",
                                                 "default_destination_concurrency_limit",
                                                 "default_destination_concurrency_negative_feedback",
                                                 "default_destination_concurrency_positive_feedback",
                                                 "default_destination_recipient_limit",
                                                 "initial_destination_concurrency",
                                                 "local_destination_concurrency_limit",
                                                 "local_destination_recipient_limit"};

struct Program {
  std::string_view command;
  Names names;
  bool asks_for_addresses;
};
constexpr Program programs[] = {
    {"smtpd", of_smtpd, true},          {"cleanup", of_cleanup, true},  {"trivial-rewrite", of_rewrite, true},
    {"local", of_local, false},         {"virtual", of_virtual, false}, {"smtp", of_client, false},
    {"lmtp", of_client, false},         {"pipe", of_pipe, false},       {"qmgr", of_queue_manager, false},
    {"oqmgr", of_queue_manager, false}, {"pickup", of_pickup, false},
};

}  // namespace

bool is_override_modelled(std::string_view command, std::string_view name) {
  // Only newaliases(1) reads the one, only qmgr(8) the others.
  if (name == "alias_database") return true;
  if (contains(of_queue_manager, name) && !command.ends_with("qmgr")) return true;
  return std::any_of(std::begin(programs), std::end(programs), [&](const Program& program) {
    return program.command == command &&
           (contains(program.names, name) || (program.asks_for_addresses && contains(of_addresses, name)));
  });
}

}  // namespace watershed::postfix
