// Writing a delivery status notification. RFC 3464 §2 (structure and fields), RFC 6522 (multipart/report), RFC 6533
// (the utf-8 address type), RFC 3834 §5 (Auto-Submitted).
//
// Much of what goes in was written by strangers: every value is put on one line and cleaned, and the boundary is one
// that occurs in none of the parts, so nothing returned can end its part.
#include "mail/dsn.hpp"

#include "base/text.hpp"
#include "mail/trace.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

namespace watershed::mail {

namespace {

constexpr std::size_t folding_octets = 76;        // RFC 5322 §2.1.1: 78 with the line end
constexpr std::size_t unbroken_octets_max = 900;  // RFC 5322 §2.1.1: no line over 998, folded by force if need be
constexpr std::size_t blanks_max = 64;            // a longer run of blanks is cut to this
constexpr std::size_t host_octets_max = 255;      // shown of a host name (RFC 5321 §4.5.3.1.2)

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// One line of text: control characters become '?', and so do bytes over 0x7f where they are no UTF-8 or not allowed.
std::string clean(std::string_view text, bool utf8_allowed) {
  const bool keep_non_ascii = utf8_allowed && is_utf8(text);
  std::string out;
  std::size_t blanks = 0;
  for (const char c : trim(text)) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_blank = c == ' ' || c == '\t';
    blanks = is_blank ? blanks + 1 : 0;
    if (blanks > blanks_max) continue;
    const bool is_replaced = byte < 0x20 || byte == 0x7f || (byte >= 0x80 && !keep_non_ascii);
    out += is_blank ? ' ' : is_replaced ? '?' : c;
  }
  return out;
}

// `name: value` folded at blanks, so that unfolding gives the value back.
void append_field(std::string_view name, std::string_view value, std::string& out) {
  out += name;
  out += ": ";
  std::size_t column = name.size() + 2;
  while (!value.empty()) {
    const std::size_t blanks = std::min(value.find_first_not_of(' '), value.size());
    const std::size_t word_end = std::min({value.find(' ', blanks), value.size(), blanks + unbroken_octets_max});
    const std::string_view piece = value.substr(0, word_end);  // the blanks before a word and the word
    const bool fits = column + piece.size() <= folding_octets || column == name.size() + 2;
    if (!fits && piece[0] == ' ') {
      out += "\r\n";
      column = 0;
    } else if (!fits && column >= unbroken_octets_max) {
      out += "\r\n ";
      column = 1;
    }
    out += piece;
    column += piece.size();
    value.remove_prefix(word_end);
  }
  out += "\r\n";
}

bool is_global(const DeliveryReport& report) {
  return !std::all_of(report.recipients.begin(), report.recipients.end(), [](const DsnRecipient& recipient) {
    return is_ascii(recipient.final_recipient) && is_ascii(recipient.original_recipient);
  });
}

std::string_view subject(DsnAction action) {
  switch (action) {
    case DsnAction::failed:
      return "Undelivered Mail Returned to Sender";
    case DsnAction::delayed:
      return "Delayed Mail (still being retried)";
    case DsnAction::delivered:
      return "Successful Mail Delivery Report";
    case DsnAction::relayed:
      return "Mail Relayed Without Further Reports";
    case DsnAction::expanded:
      return "Mail Delivered to a List or Alias";
  }
  return "";
}

std::string_view what_happened(DsnAction action) {
  switch (action) {
    case DsnAction::failed:
      return "could not be delivered, and no further attempt will be made";
    case DsnAction::delayed:
      return "could not be delivered yet; attempts go on and nothing needs to be done";
    case DsnAction::delivered:
      return "was delivered";
    case DsnAction::relayed:
      return "was passed on to a system that sends no further reports";
    case DsnAction::expanded:
      return "was delivered to an alias or list and sent on from there";
  }
  return "";
}

// The action that matters most to the reader: a failure before a delay before the rest.
DsnAction worst_action(const DeliveryReport& report) {
  DsnAction worst = report.recipients.empty() ? DsnAction::failed : report.recipients.front().action;
  for (const DsnRecipient& recipient : report.recipients) worst = std::min(worst, recipient.action);
  return worst;
}

std::string explanation(const DeliveryReport& report, bool utf8) {
  std::string out = fmt::format("This is the mail system at host {}.\r\n", clean(report.reporting_mta, utf8));
  for (const DsnRecipient& recipient : report.recipients) {
    out += fmt::format("\r\nYour message to <{}> {}", clean(recipient.final_recipient, utf8),
                       what_happened(recipient.action));
    const std::string diagnostic = clean(recipient.diagnostic_text, utf8);
    out += ".\r\n";
    if (diagnostic.empty()) continue;
    const std::string host = clean(recipient.remote_mta.substr(0, host_octets_max), utf8);
    append_field(host.empty() ? "Reason" : "Host " + host + " said", diagnostic, out);
  }
  return out;
}

// RFC 3461 §6.3 (Diagnostic-Code of type smtp is an SMTP reply); a text that is none has a type of its own.
std::string diagnostic_code(std::string_view text) {
  const bool is_reply =
      text.size() >= 3 && std::all_of(text.begin(), text.begin() + 3, [](char c) { return c >= '0' && c <= '9'; });
  return fmt::format("{}; {}", is_reply ? "smtp" : "X-Local", text);
}

std::string delivery_status(const DeliveryReport& report, bool utf8) {
  std::string out;
  const auto add = [&](std::string_view name, std::string_view value) {
    if (const std::string text = clean(value, utf8); !text.empty()) append_field(name, text, out);
  };
  add("Original-Envelope-Id", report.envelope_id);
  add("Reporting-MTA", "dns; " + report.reporting_mta);
  if (report.arrival_unix_seconds != 0) add("Arrival-Date", date_time(report.arrival_unix_seconds));
  for (const DsnRecipient& recipient : report.recipients) {
    out += "\r\n";
    add("Original-Recipient", recipient.original_recipient);
    // RFC 6533 §3: an address beyond ASCII is of the type utf-8.
    add("Final-Recipient", (is_ascii(recipient.final_recipient) ? "rfc822; " : "utf-8; ") + recipient.final_recipient);
    add("Action", to_string(recipient.action));
    add("Status", to_string(recipient.status));
    if (!recipient.remote_mta.empty()) add("Remote-MTA", "dns; " + recipient.remote_mta);
    if (!recipient.diagnostic_text.empty()) add("Diagnostic-Code", diagnostic_code(recipient.diagnostic_text));
  }
  return out;
}

// A boundary of legal characters (RFC 2046 §5.1.1) that is in none of `parts`. Where the wished one occurs it gets
// eight more digits that never follow it there: one pass, whatever the returned message was made to contain.
std::string free_boundary(std::string_view wished, const std::array<std::string_view, 3>& parts) {
  constexpr std::string_view legal_marks = "'()+_,-./:=?";
  constexpr std::size_t octets_max = 60;  // of 70, so that it can grow
  constexpr std::size_t digits = 8;
  std::string boundary(wished.substr(0, octets_max));
  for (char& c : boundary) {
    const char lower = to_lower(c);
    const bool is_legal =
        (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || legal_marks.find(c) != std::string::npos;
    if (!is_legal) c = '_';
  }
  if (boundary.empty()) boundary = "notice";
  std::set<std::string_view> taken;
  const std::string delimiter = "--" + boundary;
  for (const std::string_view part : parts) {
    for (std::size_t at = part.find(delimiter); at != part.npos; at = part.find(delimiter, at + 1)) {
      taken.insert(part.substr(at + delimiter.size(), digits));
    }
  }
  if (taken.empty()) return boundary;
  for (std::uint64_t number = 0;; ++number) {
    const std::string suffix = fmt::format("{:08}", number);
    if (!taken.contains(suffix)) return boundary + suffix;
  }
}

std::string header_section(const NoticeOptions& options, DsnAction action, std::string_view boundary,
                           bool is_eight_bit) {
  std::string out;
  append_field("Date", date_time(options.unix_seconds), out);
  append_field("From", clean(options.from, true), out);
  append_field("Subject", subject(action), out);
  append_field("To", clean(options.to, true), out);
  // RFC 3464 §2 asks only for a null reverse-path; RFC 3834 §5 lets every automatic answerer know without it.
  append_field("Auto-Submitted", "auto-replied", out);
  append_field("Message-ID", fmt::format("<{}>", clean(options.message_id, true)), out);
  append_field("MIME-Version", "1.0", out);
  append_field("Content-Type", fmt::format("multipart/report; report-type=delivery-status; boundary=\"{}\"", boundary),
               out);
  if (is_eight_bit) append_field("Content-Transfer-Encoding", "8bit", out);
  return out;
}

void append_part(std::string_view boundary, std::string_view type, std::string_view content, std::string& out) {
  out += fmt::format("--{}\r\nContent-Type: {}\r\n", boundary, type);
  if (!is_ascii(content)) out += "Content-Transfer-Encoding: 8bit\r\n";
  out += "\r\n";
  out += content;
  out += "\r\n";  // RFC 2046 §5.1.1: this line end belongs to the delimiter that follows
}

}  // namespace

Message compose_dsn(const DeliveryReport& report, const NoticeOptions& options, const Message& original) {
  const bool utf8 = is_global(report);
  const std::string text = explanation(report, utf8);
  const std::string status = delivery_status(report, utf8);
  const std::string returned = options.full_message ? original.bytes() : std::string(original.header_section());
  const std::string boundary = free_boundary(options.boundary, {text, status, returned});
  const bool is_eight_bit = utf8 || !is_ascii(returned);

  std::string out = header_section(options, worst_action(report), boundary, is_eight_bit);
  out.reserve(out.size() + text.size() + status.size() + returned.size() + 1024);
  out += "\r\nThis is a MIME-encapsulated message.\r\n\r\n";
  append_part(boundary, utf8 ? "text/plain; charset=utf-8" : "text/plain; charset=us-ascii", text, out);
  append_part(boundary, utf8 ? "message/global-delivery-status" : "message/delivery-status", status, out);
  append_part(boundary, options.full_message ? "message/rfc822" : "text/rfc822-headers", returned, out);
  out += fmt::format("--{}--\r\n", boundary);
  return Message::parse(std::move(out));
}

std::string to_string(DsnAction action) {
  switch (action) {
    case DsnAction::failed:
      return "failed";
    case DsnAction::delayed:
      return "delayed";
    case DsnAction::delivered:
      return "delivered";
    case DsnAction::relayed:
      return "relayed";
    case DsnAction::expanded:
      return "expanded";
  }
  return "";
}

}  // namespace watershed::mail
