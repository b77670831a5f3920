// Messages that actions make. See response.hpp.
#include "components/filter/sieve/response.hpp"

#include "base/text.hpp"
#include "components/filter/sieve/address_list.hpp"
#include "components/filter/sieve/header_value.hpp"
#include "components/filter/sieve/utf8.hpp"
#include "mail/address.hpp"
#include "mail/trace.hpp"

#include <fmt/format.h>

namespace watershed::sieve {

namespace {

mail::ReversePath path_of(std::string_view text) {
  const auto found = parse_single_address(text);
  const auto address = found.empty() ? mail::parse_address(text) : mail::parse_address(found.front().all());
  return address ? mail::ReversePath(*address) : mail::ReversePath();
}

}  // namespace

std::string owner_address(const ResponseContext& context) {
  const std::string& email = context.settings.user_email;
  return email.empty() ? mail::to_string(context.forward_path.address()) : email;
}

mail::Message compose_redirect(const mail::Message& message, const ResponseContext& context) {
  mail::Message out = message;
  // As Pigeonhole does it, so that the loop guards of others have something to go by.
  if (!message.field("Message-ID")) out.prepend(fmt::format("Message-ID: {}\r\n", context.message_id));
  out.prepend(
      fmt::format("X-Sieve: Pigeonhole Sieve 0.5.19\r\nX-Sieve-Redirected-From: {}\r\n", owner_address(context)));
  return out;
}

mail::ReversePath redirect_reverse_path(const ResponseContext& context) {
  // RFC 5228 §4.2: a notice stays one.
  if (context.reverse_path.is_null()) return context.reverse_path;
  const std::string setting(trim(context.settings.redirect_envelope_from));
  if (setting == "recipient" || setting == "orig_recipient") return mail::ReversePath(context.forward_path.address());
  if (setting == "user_email") return path_of(owner_address(context));
  if (setting == "postmaster") return path_of("postmaster@" + context.forward_path.address().domain);
  if (setting.starts_with('<')) return path_of(setting);
  return context.reverse_path;
}

mail::ReversePath notify_reverse_path(const ResponseContext& context) {
  // RFC 5436 §2.3: no answer to a notice about a notice.
  if (context.reverse_path.is_null()) return {};
  const std::string setting(trim(context.settings.notify_envelope_from));
  if (setting == "sender") return context.reverse_path;
  if (setting == "recipient" || setting == "orig_recipient") return mail::ReversePath(context.forward_path.address());
  if (setting == "postmaster") return path_of("postmaster@" + context.forward_path.address().domain);
  if (setting.starts_with('<')) return path_of(setting);
  return path_of(owner_address(context));
}

mail::Message compose_rejection(const Reject& reject, const mail::Message& original, const ResponseContext& context) {
  const std::string recipient = mail::to_string(context.forward_path.address());
  const std::string boundary = fmt::format("=_rejected-{}", context.unix_seconds);
  std::string text = fmt::format(
      "Message-ID: {}\r\nDate: {}\r\nFrom: Mail Delivery Subsystem <{}>\r\nTo: <{}>\r\n"
      "Subject: Automatically rejected mail\r\nAuto-Submitted: auto-replied (rejected)\r\nPrecedence: bulk\r\n"
      "MIME-Version: 1.0\r\n"
      "Content-Type: multipart/report; report-type=disposition-notification;\r\n\tboundary=\"{}\"\r\n\r\n",
      context.message_id, mail::date_time(context.unix_seconds), "postmaster@" + context.forward_path.address().domain,
      mail::to_string(context.reverse_path.address()), boundary);
  text += fmt::format(
      "--{0}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
      "Your message to <{1}> was automatically rejected:\r\n{2}\r\n"
      "--{0}\r\nContent-Type: message/disposition-notification\r\n\r\n"
      "Final-Recipient: rfc822; {1}\r\n",
      boundary, recipient, reject.reason);
  const std::string id = original.value("Message-ID");
  if (!id.empty()) text += fmt::format("Original-Message-ID: {}\r\n", id);
  text += fmt::format(
      "Disposition: automatic-action/MDN-sent-automatically; deleted\r\n\r\n"
      "--{0}\r\nContent-Type: message/rfc822\r\n\r\n{1}\r\n--{0}--\r\n",
      boundary, std::string(original.header_section()) + "\r\n");
  return mail::Message::parse(std::move(text));
}

mail::Message compose_notice(const Notify& notify, const ResponseContext& context) {
  std::string text = fmt::format("Message-ID: {}\r\nDate: {}\r\nAuto-Submitted: auto-notified; owner-email=\"{}\"\r\n",
                                 context.message_id, mail::date_time(context.unix_seconds), owner_address(context));
  text += fmt::format("From: {}\r\n", notify.from.empty() ? owner_address(context) : encode_header_value(notify.from));
  text += notify.header;
  text += fmt::format("Subject: {}\r\n", encode_header_value(notify.message));
  // RFC 5436 §2.4: importance as mail programs know it.
  constexpr std::string_view names[] = {"High", "Normal", "Low"};
  const std::string_view name = names[notify.importance - 1];
  text += fmt::format("X-Priority: {} ({})\r\nImportance: {}\r\n", notify.importance * 2 - 1, name, name);
  const std::string body = notify.body.empty() ? "Notification of new message." : notify.body;
  text += fmt::format(
      "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: {}\r\n\r\n{}\r\n",
      is_ascii(body) ? "7bit" : "8bit", body);
  return mail::Message::parse(std::move(text));
}

}  // namespace watershed::sieve
