// See composition.hpp.
#include "fakes/cloud/composition.hpp"

#include "base/text.hpp"
#include "fakes/cloud/delivery.hpp"
#include "mail/trace.hpp"

#include <fmt/format.h>

#include <array>

namespace watershed::cloud {

namespace {

constexpr std::size_t subject_octets_max = 255;     // what Exchange keeps of one
constexpr std::size_t references_octets_max = 900;  // one line stays below 998 octets (RFC 5322 §2.1.1)

// The first address in a From or Reply-To value: what stands in angle brackets, else the whole text.
std::optional<mail::Address> first_address(std::string_view value) {
  const std::size_t open = value.rfind('<', value.find('>'));
  std::string_view text = value;
  if (open != std::string_view::npos) {
    const std::size_t close = value.find('>', open);
    if (close == std::string_view::npos) return std::nullopt;
    text = value.substr(open + 1, close - open - 1);
  }
  const auto address = mail::parse_address(trim(text));
  if (!address) return std::nullopt;
  return *address;
}

}  // namespace

std::string subject_line(std::string_view form, const mail::Message& message) {
  std::string subject = message.value("Subject");
  if (subject.size() > subject_octets_max) {
    std::size_t end = subject_octets_max;
    while (end > 0 && (static_cast<unsigned char>(subject[end]) & 0xc0) == 0x80) --end;
    subject.resize(end);
  }
  return fmt::format(fmt::runtime(form), fmt::arg("subject", subject));
}

std::string from_field(const Mailbox& owner) {
  const std::string address = to_string(owner.address);
  if (owner.display_name.empty()) return address;
  std::string quoted;
  for (const char c : owner.display_name) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return fmt::format("\"{}\" <{}>", quoted, address);
}

std::string thread_fields(const mail::Message& original) {
  const std::string id = original.value("Message-ID");
  if (id.empty() || id.size() > references_octets_max) return {};
  std::string references = original.value("References");
  if (references.empty()) references = original.value("In-Reply-To");
  if (references.empty() || references.size() + id.size() > references_octets_max) {
    references = id;
  } else {
    references += ' ' + id;
  }
  return fmt::format("In-Reply-To: {}\r\nReferences: {}\r\n", id, references);
}

std::optional<mail::Address> answer_address(const mail::Message& original) {
  if (auto address = first_address(original.value("Reply-To"))) return address;
  return first_address(original.value("From"));
}

mail::Message compose_answer(const Mailbox& owner, const mail::Message& original, const mail::Address& to,
                             std::string_view body, const Identity& identity) {
  const bool is_answer = starts_with_ignoring_case(original.value("Subject"), "Re:");
  std::string bytes = fmt::format(
      "From: {}\r\nTo: {}\r\nSubject: {}\r\nDate: {}\r\nMessage-ID: <{}>\r\n{}MIME-Version: 1.0\r\n"
      "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n",
      from_field(owner), to_string(to), subject_line(is_answer ? "{subject}" : "Re: {subject}", original),
      mail::date_time(identity.unix_seconds), identity.message_id, thread_fields(original));
  bytes += body;
  if (!body.ends_with('\n')) bytes += "\r\n";
  return mail::Message::parse(std::move(bytes));
}

mail::Message compose_rule_forward(const Mailbox& owner, const mail::Message& original, const mail::Address& to,
                                   const Identity& identity) {
  mail::Message forward = original;
  const std::string fields = fmt::format(
      "From: {}\r\nTo: {}\r\nSubject: {}\r\nDate: {}\r\nMessage-ID: <{}>\r\n{}{}: {}\r\n", from_field(owner),
      to_string(to), subject_line("FW: {subject}", original), mail::date_time(identity.unix_seconds),
      identity.message_id, thread_fields(original), rules_loop_field, to_string(owner.address));
  static constexpr std::array<std::string_view, 12> replaced = {
      "From",    "Sender", "Reply-To",   "To",          "Cc",         "Bcc",
      "Subject", "Date",   "Message-ID", "In-Reply-To", "References", "Return-Path"};
  for (const std::string_view name : replaced) {
    while (forward.remove(name, 0)) {
    }
  }
  forward.prepend(fields);
  return forward;
}

mail::Message mark_redirect(const Mailbox& owner, const mail::Message& original, const mail::Address& to,
                            const Identity& identity) {
  mail::Message redirect = original;
  redirect.prepend(
      fmt::format("Resent-From: {}\r\nResent-To: {}\r\nResent-Date: {}\r\nResent-Message-ID: <{}>\r\n"
                  "{}: {}\r\n",
                  from_field(owner), to_string(to), mail::date_time(identity.unix_seconds), identity.message_id,
                  rules_loop_field, to_string(owner.address)));
  return redirect;
}

}  // namespace watershed::cloud
