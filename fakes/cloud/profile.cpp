// The table of providers. See profile.hpp.
#include "fakes/cloud/profile.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace watershed::cloud {

namespace {

using namespace std::chrono_literals;

constexpr std::array<std::string_view, 4> exchange_stamps = {
    "X-MS-Exchange-Organization-AuthSource: {host}",
    "X-MS-Exchange-Organization-AuthAs: {auth}",
    "X-MS-Exchange-Organization-MessageDirectionality: {direction}",
    "X-MS-Exchange-Organization-SCL: {scl}",
};
constexpr std::array<std::string_view, 5> online_stamps = {
    "X-MS-Exchange-Organization-AuthSource: {host}",
    "X-MS-Exchange-Organization-AuthAs: {auth}",
    "X-MS-Exchange-Organization-MessageDirectionality: {direction}",
    "X-MS-Exchange-Organization-SCL: {scl}",
    "X-Forefront-Antispam-Report: CIP:{client};SCL:{scl};SFV:{sfv};H:{helo};CAT:{cat};DIR:INB;",
};
constexpr std::array<std::string_view, 1> google_stamps = {"X-Received: by {host}; {date}"};

// What Exchange says on premises and online alike.
Profile exchange() {
  Profile row;
  row.greeting = "{host} Microsoft ESMTP MAIL Service ready";
  row.starttls = true;
  row.mail_ok = {250, "2.1.0", "Sender OK"};
  row.rcpt_ok = {250, "2.1.5", "Recipient OK"};
  row.data_go = {354, "", "Start mail input; end with <CRLF>.<CRLF>"};
  row.queued = {250, "2.6.0", "<{id}> Queued mail for delivery"};
  row.too_large = {552, "5.3.4", "Message size exceeds fixed maximum message size"};
  row.filter_down = {451, "4.3.2", "Temporary server error. Please try again later"};
  row.recipient_not_found = {550, "5.1.10",
                             "RESOLVER.ADR.RecipientNotFound; Recipient {address} not found by SMTP address lookup"};
  row.external_forward = {550, "5.7.520",
                          "Access denied, Your organization does not allow external forwarding. Please contact your "
                          "administrator for further assistance. AS(7555)"};
  row.group_is_internal = {550, "5.7.133",
                           "RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required; "
                           "Delivery restriction check failed because the sender was not authenticated "
                           "when sending to this group"};
  row.group_sender = {550, "5.7.124", "Sender not in allowed-senders list"};
  row.mailbox_is_internal = {550, "5.7.134", "RESOLVER.RST.SenderNotAuthenticatedForMailbox; authentication required"};
  row.contact_is_internal = {550, "5.7.136", "RESOLVER.RST.SenderNotAuthenticatedForMailUser; authentication required"};
  row.unavailable = {421, "4.3.2", "Service not available"};
  row.storage_unavailable = {432, "4.3.2", "STOREDRV.Deliver; recipient thread limit exceeded"};
  row.false_unknown = {550, "5.1.1", "The email account that you tried to reach does not exist"};
  row.received_program = "Microsoft SMTP Server";
  row.junk_folder = "Junk Email";
  row.failed_subject = "Undeliverable: {subject}";
  row.delayed_subject = "Delivery delayed: {subject}";
  row.notice_from = "postmaster@{domain}";
  row.plus_addressing = true;
  return row;
}

Profile exchange_on_premises() {
  Profile row = exchange();
  row.name = "exchange_on_premises";
  row.unknown_recipient = {550, "5.1.10",
                           "RESOLVER.ADR.RecipientNotFound; Recipient {address} not found by SMTP address lookup"};
  row.relay_denied = {550, "5.7.54", "SMTP; Unable to relay recipient in non-accepted domain"};
  row.restricted = {550, "5.7.1", "Client does not have permissions to send to this server"};
  row.direct_send = {550, "5.7.60", "SMTP; Client does not have permissions to send as this sender"};
  row.throttled = {421, "4.4.2", "Message submission rate for this client has exceeded the configured limit"};
  row.too_many_recipients = {452, "4.5.3", "Too many recipients"};
  row.hop_count = {554, "5.4.6", "Hop count exceeded - possible mail loop"};
  row.loop = row.hop_count;
  row.spam = {550, "5.7.1", "Message rejected as spam by Content Filtering."};
  row.expired = {550, "4.4.7", "QUEUE.Expired; message expired"};
  row.stamps = exchange_stamps;
  row.external_forwarding = true;
  row.plus_addressing = false;
  row.limits = {36ULL << 20, 60, 0};
  row.queue = {10min, 10min, 48h, 4h};
  return row;
}

Profile exchange_online() {
  Profile row = exchange();
  row.name = "exchange_online";
  row.unknown_recipient = {550, "5.4.1", "[{address}]: Recipient address rejected: Access denied [{host}]"};
  row.relay_denied = {550, "5.7.64", "TenantAttribution; Relay Access Denied [{host}]"};
  row.restricted = {550, "5.7.51",
                    "TenantInboundAttribution; Rejecting. Recipient has a partner connector with "
                    "RestrictDomainsToIPAddresses or RestrictDomainsToCertificate set [{host}]"};
  row.direct_send = {
      550, "5.7.68",
      "TenantInboundAttribution; Direct Send not allowed for this organization from unauthorized sources "
      "[{host}]"};
  row.throttled = {451, "4.7.500", "Server busy. Please try again later from [{client}]. (AS77712) [{host}]"};
  row.too_many_recipients = {452, "4.5.3", "Too many recipients (AS780090) [{host}]"};
  row.hop_count = {554, "5.4.14", "Hop count exceeded - possible mail loop ATTR34 [{host}]"};
  row.loop = row.hop_count;
  row.spam = {550, "5.7.1", "Message rejected as spam [{host}]"};
  row.expired = {550, "5.4.300", "Message expired"};
  row.stamps = online_stamps;
  row.bare_newlines = mail::BareNewlinePolicy::reject;
  row.duplicate_suppression = true;
  row.sender_rewriting = true;
  row.limits = {157'286'400, 30, 200};
  row.queue = {15min, 60min, 24h, 0h};
  return row;
}

Profile google_workspace() {
  Profile row;
  row.name = "google_workspace";
  row.greeting = "{host} ESMTP - gsmtp";
  row.dsn = false;
  row.binary_mime = false;
  row.one_domain_per_transaction = true;
  row.mail_ok = {250, "2.1.0", "OK - gsmtp"};
  row.rcpt_ok = {250, "2.1.5", "OK - gsmtp"};
  row.data_go = {354, "", "Go ahead - gsmtp"};
  row.queued = {250, "2.0.0", "OK {id} - gsmtp"};
  row.unknown_recipient = {550, "5.1.1",
                           "The email account that you tried to reach does not exist. Please try double-checking the "
                           "recipient's email address for typos or unnecessary spaces. - gsmtp"};
  row.relay_denied = {550, "5.7.1", "Relaying denied - gsmtp"};
  row.restricted = {421, "4.7.0", "IP not in whitelist for RCPT domain, closing connection. - gsmtp"};
  row.direct_send = {550, "5.7.26", "This mail has been blocked because the sender is unauthenticated. - gsmtp"};
  row.throttled = {421, "4.7.0",
                   "Our system has detected an unusual rate of unsolicited mail originating from your IP address. - "
                   "gsmtp"};
  row.too_many_recipients = {452, "4.5.3",
                             "Domain policy size per transaction exceeded, please try this recipient in a separate "
                             "transaction. - gsmtp"};
  row.several_domains = {451, "4.3.0", "Multiple destination domains per transaction is unsupported. - gsmtp"};
  row.too_large = {552, "5.3.4", "Your message exceeded Google's message size limits. - gsmtp"};
  row.hop_count = {554, "5.4.6", "Message exceeded 50 hops, this may indicate a mail loop. - gsmtp"};
  row.loop = row.hop_count;
  row.spam = {550, "5.7.1", "Our system has detected that this message is likely unsolicited mail. - gsmtp"};
  row.filter_down = {421, "4.3.0", "Temporary System Problem. Try again later. - gsmtp"};
  row.recipient_not_found = row.unknown_recipient;
  row.external_forward = {550, "5.7.1", "Automatic forwarding has been disabled by the administrator. - gsmtp"};
  row.group_is_internal = {
      550, "5.7.1",
      "We're writing to let you know that the group you tried to contact may not exist, or you may "
      "not have permission to post messages to the group."};
  row.group_sender = row.group_is_internal;
  row.mailbox_is_internal = {550, "5.7.1", "The user is restricted to mail from inside the organization. - gsmtp"};
  row.contact_is_internal = row.mailbox_is_internal;
  row.expired = {550, "4.4.7", "The recipient server did not accept our requests to connect."};
  row.unavailable = {421, "4.3.0", "Temporary System Problem. Try again later. - gsmtp"};
  row.storage_unavailable = {450, "4.2.1", "The user you are trying to contact is receiving mail too quickly. - gsmtp"};
  row.false_unknown = {550, "5.1.1", "The email account that you tried to reach does not exist. - gsmtp"};
  row.received_program = {};
  row.stamps = google_stamps;
  row.junk_folder = "Spam";
  row.notice_from = "mailer-daemon@{domain}";
  row.failed_subject = "Delivery Status Notification (Failure)";
  row.delayed_subject = "Delivery Status Notification (Delay)";
  row.bare_newlines = mail::BareNewlinePolicy::reject;
  row.external_forwarding = true;
  row.sender_rewriting = true;
  row.limits = {157'286'400, 50, 100};
  row.queue = {15min, 60min, 72h, 24h};
  return row;
}

}  // namespace

std::span<const Profile> profiles() {
  static const std::array<Profile, 3> table = {exchange_on_premises(), exchange_online(), google_workspace()};
  return table;
}

const Profile* find_profile(std::string_view name) {
  const std::span<const Profile> table = profiles();
  const auto found = std::find_if(table.begin(), table.end(), [&](const Profile& row) { return row.name == name; });
  return found == table.end() ? nullptr : &*found;
}

Tenant default_tenant(const Profile& profile) {
  Tenant tenant;
  tenant.profile = &profile;
  tenant.sender_rewriting = profile.sender_rewriting;
  tenant.external_forwarding.is_allowed = profile.external_forwarding;
  if (profile.duplicate_suppression) tenant.duplicate_window = 168h;
  tenant.plus_addressing = profile.plus_addressing;
  tenant.bare_newlines = profile.bare_newlines;
  tenant.limits = profile.limits;
  tenant.queue = profile.queue;
  return tenant;
}

mail::Reply fill(const ReplyForm& form, const ReplyWords& words) {
  const std::string text =
      fmt::format(fmt::runtime(form.text), fmt::arg("address", words.address), fmt::arg("domain", words.domain),
                  fmt::arg("host", words.host), fmt::arg("client", words.client), fmt::arg("id", words.id));
  return mail::make_reply(form.code, form.status, text);
}

}  // namespace watershed::cloud
