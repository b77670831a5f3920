// Who gets an automatic reply. See vacation.hpp; the reply itself is in vacation_reply.cpp.
#include "base/text.hpp"
#include "components/filter/sieve/address_list.hpp"
#include "components/filter/sieve/header_value.hpp"
#include "components/filter/sieve/vacation.hpp"
#include "mail/address.hpp"

#include <algorithm>
#include <array>

namespace watershed::sieve {

namespace {

constexpr std::size_t addresses_max = 10'000;

// RFC 5230 §4.6: addresses that only programs have.
bool is_address_of_program(std::string_view local_part) {
  constexpr std::array<std::string_view, 3> programs = {"MAILER-DAEMON", "LISTSERV", "majordomo"};
  const bool is_known = std::any_of(programs.begin(), programs.end(),
                                    [&](std::string_view name) { return equal_ignoring_case(local_part, name); });
  return is_known || starts_with_ignoring_case(local_part, "owner-") || to_lower(local_part).ends_with("-request");
}

bool is_recipient_field(std::string_view name) {
  constexpr std::array<std::string_view, 6> fields = {"To", "Cc", "Bcc", "Resent-To", "Resent-Cc", "Resent-Bcc"};
  return std::any_of(fields.begin(), fields.end(),
                     [&](std::string_view known) { return equal_ignoring_case(known, name); });
}

/// What the field says against an answer; nothing when it says nothing.
std::optional<std::string> objection(const mail::HeaderField& field) {
  // RFC 5230 §4.6 and RFC 2369: whatever came over a mailing list.
  if (starts_with_ignoring_case(field.name, "List-"))
    return "it came over a mailing list (" + std::string(field.name) + ")";
  const std::string value = to_lower(trim(field.value));
  if (equal_ignoring_case(field.name, "Auto-Submitted")) {
    // RFC 3834 §5: everything but "no" was sent by a program. Comments and parameters may follow.
    const std::string_view keyword = std::string_view(value).substr(0, value.find_first_of(" \t\r\n;("));
    if (keyword != "no") return "it was sent by a program (Auto-Submitted)";
  }
  if (equal_ignoring_case(field.name, "Precedence") && (value == "junk" || value == "bulk" || value == "list")) {
    return "it has Precedence: " + value;
  }
  if (equal_ignoring_case(field.name, "X-Auto-Response-Suppress")) {
    const auto words = split(value, ", \t\r\n");
    const auto asks = [&](std::string_view word) { return std::find(words.begin(), words.end(), word) != words.end(); };
    if (asks("all") || asks("oof") || asks("autoreply")) return "it asks for no reply (X-Auto-Response-Suppress)";
  }
  return std::nullopt;
}

std::vector<std::string> folded_own_addresses(const VacationQuestion& question,
                                              std::span<const std::string> addresses) {
  std::vector<std::string> own = {mail::folded(question.forward_path.address())};
  const bool uses_original = question.settings.vacation_uses_original_recipient;
  if (uses_original && question.original_forward_path != nullptr) {
    own.push_back(mail::folded(question.original_forward_path->address()));
  }
  if (!question.settings.user_email.empty()) own.push_back(to_lower(question.settings.user_email));
  for (const std::string& address : question.own_addresses) own.push_back(to_lower(address));
  for (const std::string& address : addresses) {
    const auto parsed = parse_single_address(address);
    own.push_back(to_lower(parsed.empty() ? address : parsed.front().all()));
  }
  return own;
}

bool names_one_of(const mail::Message& message, const std::vector<std::string>& folded_addresses) {
  mail::FieldCursor cursor(message.header_section());
  for (mail::HeaderField field; cursor.next(field);) {
    if (!is_recipient_field(field.name)) continue;
    for (const MailboxAddress& address : parse_address_list(field.value, addresses_max)) {
      const std::string folded = to_lower(address.all());
      if (std::find(folded_addresses.begin(), folded_addresses.end(), folded) != folded_addresses.end()) return true;
    }
  }
  return false;
}

}  // namespace

std::optional<std::string> named_alias(const VacationQuestion& question, std::span<const std::string> addresses) {
  if (names_one_of(question.message, folded_own_addresses(question, {}))) return std::nullopt;
  for (const std::string& address : addresses) {
    const auto parsed = parse_single_address(address);
    if (!parsed.empty() && names_one_of(question.message, {to_lower(parsed.front().all())}))
      return parsed.front().all();
  }
  return std::nullopt;
}

std::optional<std::string> why_not_answered(const VacationQuestion& question, std::span<const std::string> addresses) {
  // RFC 5230 §4.6, RFC 3834 §2: never to the null reverse-path.
  if (question.reverse_path.is_null()) return "the reverse-path is null";
  const mail::Address& author = question.reverse_path.address();
  if (is_address_of_program(author.local_part)) return "the reverse-path is that of a program";
  const std::vector<std::string> own = folded_own_addresses(question, addresses);
  const auto is_own = [&](const std::string& address) {
    return std::find(own.begin(), own.end(), address) != own.end();
  };
  if (is_own(mail::folded(author))) return "the reverse-path is the recipient's own";

  mail::FieldCursor cursor(question.message.header_section());
  for (mail::HeaderField field; cursor.next(field);) {
    if (auto why = objection(field)) return why;
  }
  // RFC 5230 §4.5: the user must be named in the message, or it may be a list's or a blind copy.
  if (!names_one_of(question.message, own) && question.settings.vacation_checks_recipient)
    return "no recipient field names the recipient";
  return std::nullopt;
}

}  // namespace watershed::sieve
