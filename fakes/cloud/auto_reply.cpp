// See auto_reply.hpp.
#include "fakes/cloud/auto_reply.hpp"

#include "base/text.hpp"
#include "fakes/cloud/composition.hpp"
#include "fakes/cloud/profile.hpp"
#include "mail/trace.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace watershed::cloud {

namespace {

// Local parts of programs. RFC 3834 §2: no automatic response to addresses that look like a list's or a program's.
bool is_program(std::string_view local_part) {
  static constexpr std::array<std::string_view, 6> names = {"mailer-daemon", "postmaster", "majordomo",
                                                            "listserv",      "noreply",    "no-reply"};
  const bool named = std::any_of(names.begin(), names.end(),
                                 [&](std::string_view name) { return equal_ignoring_case(name, local_part); });
  return named || starts_with_ignoring_case(local_part, "owner-") || to_lower(local_part).ends_with("-request");
}

bool suppresses_replies(const mail::Message& message) {
  const std::string words = message.value("X-Auto-Response-Suppress");
  for (const std::string_view word : split(words, ", ")) {
    if (equal_ignoring_case(word, "oof") || equal_ignoring_case(word, "all")) return true;
  }
  return false;
}

}  // namespace

bool may_answer(const mail::Message& message, const mail::ReversePath& reverse_path) {
  if (reverse_path.is_null() || is_program(reverse_path.address().local_part)) return false;
  // RFC 3834 §2: any Auto-Submitted value but "no".
  const std::string auto_submitted = message.value("Auto-Submitted");
  if (!auto_submitted.empty() && !equal_ignoring_case(auto_submitted, "no")) return false;
  const std::string precedence = to_lower(message.value("Precedence"));
  if (precedence == "bulk" || precedence == "list" || precedence == "junk") return false;
  mail::FieldCursor fields(message.header_section());
  mail::HeaderField field;
  while (fields.next(field)) {
    if (starts_with_ignoring_case(field.name, "List-")) return false;  // RFC 2369, RFC 2919
  }
  return !suppresses_replies(message);
}

mail::Message compose_auto_reply(const Mailbox& owner, const mail::Message& original, const mail::Address& to,
                                 std::string_view text, const Identity& identity) {
  // RFC 3834 §3.1.7 (Auto-Submitted), §3.1.5 (Subject), §3.1.6 (threading).
  std::string bytes = fmt::format(
      "From: {}\r\nTo: {}\r\nSubject: {}\r\nDate: {}\r\nMessage-ID: <{}>\r\n{}"
      "Auto-Submitted: auto-replied\r\nX-Auto-Response-Suppress: All\r\nMIME-Version: 1.0\r\n"
      "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n",
      from_field(owner), to_string(to), subject_line("Automatic reply: {subject}", original),
      mail::date_time(identity.unix_seconds), identity.message_id, thread_fields(original));
  bytes += text;
  if (!text.ends_with('\n')) bytes += "\r\n";
  return mail::Message::parse(std::move(bytes));
}

}  // namespace watershed::cloud
