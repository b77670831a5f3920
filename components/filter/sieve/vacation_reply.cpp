// The message that vacation sends. RFC 5230 §5, RFC 3834 §3. See vacation.hpp.
#include "base/text.hpp"
#include "components/filter/sieve/header_value.hpp"
#include "components/filter/sieve/utf8.hpp"
#include "components/filter/sieve/vacation.hpp"
#include "mail/trace.hpp"

#include <vector>

namespace watershed::sieve {

namespace {

constexpr std::size_t references_max = 50;

/// The message identifications `<…>` in a field's value; everything else in it is left out.
std::vector<std::string> message_ids(std::string_view value) {
  constexpr std::size_t octets_max = 990;  // RFC 5322 §2.1.1: a line has 998 at most
  std::vector<std::string> ids;
  for (std::string_view rest = value; ids.size() < references_max;) {
    const std::size_t begin = rest.find('<');
    const std::size_t end = begin == std::string_view::npos ? begin : rest.find('>', begin);
    if (end == std::string_view::npos) break;
    const std::string_view id = rest.substr(begin, end + 1 - begin);
    rest.remove_prefix(end + 1);
    const bool is_clean =
        id.find_first_of(" \t\r\n") == std::string_view::npos && is_ascii(id) && id.size() <= octets_max;
    if (is_clean) ids.emplace_back(id);
  }
  return ids;
}

void append_field(std::string& header, std::string_view name, std::string_view value) {
  header.append(name).append(": ").append(value).append("\r\n");
}

// RFC 5230 §5.4, RFC 5322 §3.6.4.
void append_threading(std::string& header, const mail::Message& original) {
  const std::vector<std::string> parent = message_ids(original.value("Message-ID"));
  if (!parent.empty()) append_field(header, "In-Reply-To", parent.front());
  std::vector<std::string> references = message_ids(original.value("References"));
  if (references.empty()) {
    references = message_ids(original.value("In-Reply-To"));
    if (references.size() > 1) references.clear();  // RFC 5322 §3.6.4: several parents make no thread
  }
  if (!parent.empty()) references.push_back(parent.front());
  if (references.empty()) return;
  std::string value;
  for (const std::string& id : references) value.append(value.empty() ? "" : "\r\n ").append(id);
  append_field(header, "References", value);
}

/// A From value for a header: the display name encoded where it needs it, the address as it is.
std::string encode_mailbox(std::string_view from) {
  const std::size_t bracket = from.rfind('<');
  if (bracket == std::string_view::npos || is_ascii(from)) return encode_header_value(from);
  std::string_view name = trim(from.substr(0, bracket));
  if (name.size() >= 2 && name.starts_with('"') && name.ends_with('"')) name = name.substr(1, name.size() - 2);
  return encode_header_value(name) + " " + std::string(from.substr(bracket));
}

}  // namespace

mail::Message compose_vacation(const Vacation& reply, const mail::Message& original, std::string_view message_id,
                               std::int64_t unix_seconds) {
  std::string text;
  append_field(text, "From", encode_mailbox(reply.from));
  append_field(text, "To", mail::to_string(reply.to));
  append_field(text, "Subject", encode_header_value(reply.subject));
  append_field(text, "Date", mail::date_time(unix_seconds));
  append_field(text, "Message-ID", message_id);
  append_threading(text, original);
  append_field(text, "Auto-Submitted", "auto-replied (vacation)");  // RFC 5230 §5.5, RFC 3834 §5.1
  append_field(text, "Precedence", "bulk");
  append_field(text, "MIME-Version", "1.0");
  // RFC 5230 §4.3: with :mime the reason is a MIME entity, its own fields first.
  if (!reply.is_mime) {
    append_field(text, "Content-Type", "text/plain; charset=utf-8");
    append_field(text, "Content-Transfer-Encoding", is_ascii(reply.reason) ? "7bit" : "8bit");
    text += "\r\n";
  }
  text += reply.reason;
  if (!text.ends_with("\r\n")) text += "\r\n";
  return mail::Message::parse(std::move(text));
}

}  // namespace watershed::sieve
