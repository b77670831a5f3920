// Parameters of Postfix 3.7 that can change where mail goes or what becomes of it and whose effect is not modelled,
// with their defaults: setting one to another value is "not understood".
// The values are facts of postconf(5), one `name = default` a line, as `postconf -d` writes them.
#include "components/router/postfix/parameter_defaults.hpp"

namespace watershed::postfix {

const std::string_view not_modelled_parameter_defaults = R"(
allow_min_user = no
always_add_missing_headers = no
best_mx_transport =
bounce_notice_recipient = postmaster
bounce_service_name = bounce
cleanup_replace_stray_cr_lf = yes
confirm_delay_cleared = no
default_delivery_status_filter =
default_destination_rate_delay = 0s
default_transport_rate_delay = 0s
defer_service_name = defer
delay_notice_recipient = postmaster
disable_mime_input_processing = no
disable_mime_output_conversion = no
error_notice_recipient = postmaster
error_service_name = error
fault_injection_code = 0
forward_path = $home/.forward${recipient_delimiter}${extension}, $home/.forward
internal_mail_filter_classes =
lmtp_delivery_status_filter = $default_delivery_status_filter
lmtp_discard_lhlo_keyword_address_maps =
lmtp_discard_lhlo_keywords =
lmtp_dns_reply_filter =
lmtp_enforce_tls = no
lmtp_generic_maps =
lmtp_reply_filter =
lmtp_tls_per_site =
lmtp_tls_policy_maps =
lmtp_tls_security_level =
lmtp_tls_wrappermode = no
local_delivery_status_filter = $default_delivery_status_filter
local_header_rewrite_clients = permit_inet_interfaces
mailbox_command =
mailbox_command_maps =
master_service_disable =
message_drop_headers = bcc, content-length, resent-bcc, return-path
message_reject_characters =
message_strip_characters =
milter_header_checks =
multi_instance_directories =
notify_classes = resource, software
pipe_delivery_status_filter = $default_delivery_status_filter
prepend_delivered_header = command, file, forward
queue_service_name = qmgr
rbl_reply_maps =
remote_header_rewrite_domain =
rewrite_service_name = rewrite
smtp_delivery_status_filter = $default_delivery_status_filter
smtp_discard_ehlo_keyword_address_maps =
smtp_discard_ehlo_keywords =
smtp_dns_reply_filter =
smtp_enforce_tls = no
smtp_generic_maps =
smtp_reply_filter =
smtp_tls_per_site =
smtp_tls_policy_maps =
smtp_tls_security_level =
smtp_tls_wrappermode = no
smtpd_client_auth_rate_limit = 0
smtpd_client_connection_rate_limit = 0
smtpd_client_message_rate_limit = 0
smtpd_client_recipient_rate_limit = 0
smtpd_command_filter =
smtpd_discard_ehlo_keyword_address_maps =
smtpd_discard_ehlo_keywords =
smtpd_dns_reply_filter =
smtpd_enforce_tls = no
smtpd_milter_maps =
smtpd_proxy_filter =
smtpd_tls_req_ccert = no
smtpd_tls_security_level =
smtpd_tls_wrappermode = no
smtpd_upstream_proxy_protocol =
strict_7bit_headers = no
strict_8bitmime = no
strict_8bitmime_body = no
strict_mime_encoding_domain = no
strict_smtputf8 = no
virtual_delivery_status_filter = $default_delivery_status_filter
)";

}  // namespace watershed::postfix
