// The client's half of the command codec: what the server offered, and the commands that keep to it. RFC 5321 §4.1.1.1
// (EHLO reply), RFC 3461 §4 (xtext).
#include "base/text.hpp"
#include "mail/smtp_command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace watershed::mail {

namespace {

// RFC 3461 §4: xchar is printable ASCII without "+" and "=".
bool is_xchar(char c) { return c > 0x20 && c < 0x7f && c != '+' && c != '='; }

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

void read_keyword(std::string_view line, Capabilities& offered) {
  const std::vector<std::string_view> words = split(line, " =");  // "SIZE=n" is an old spelling that servers still use
  if (words.empty()) return;
  const auto is = [&](std::string_view keyword) { return equal_ignoring_case(words[0], keyword); };
  if (is("PIPELINING")) offered.pipelining = true;
  if (is("8BITMIME")) offered.eight_bit_mime = true;
  if (is("BINARYMIME")) offered.binary_mime = true;
  if (is("CHUNKING")) offered.chunking = true;
  if (is("DSN")) offered.dsn = true;
  if (is("ENHANCEDSTATUSCODES")) offered.enhanced_status_codes = true;
  if (is("SMTPUTF8")) offered.smtputf8 = true;
  if (is("STARTTLS")) offered.starttls = true;
  if (!is("SIZE")) return;
  offered.size = true;
  if (words.size() < 2) return;
  std::uint64_t limit = 0;
  const auto [end, fault] = std::from_chars(words[1].data(), words[1].data() + words[1].size(), limit);
  if (fault == std::errc() && end == words[1].data() + words[1].size()) offered.size_limit_octets = limit;
}

std::string notify_value(const DsnNotify& notify) {
  if (notify.never) return "NEVER";
  std::string value;
  const auto add = [&](bool wanted, std::string_view word) {
    if (!wanted) return;
    if (!value.empty()) value += ',';
    value += word;
  };
  add(notify.success, "SUCCESS");
  add(notify.failure, "FAILURE");
  add(notify.delay, "DELAY");
  return value.empty() ? "NEVER" : value;
}

}  // namespace

Capabilities parse_capabilities(const Reply& ehlo_reply) {
  Capabilities offered;
  offered.esmtp = ehlo_reply.is_positive();
  if (!offered.esmtp) return offered;
  // RFC 5321 §4.1.1.1: the first line names the server, each further one an extension.
  for (std::size_t index = 1; index < ehlo_reply.lines.size(); ++index) read_keyword(ehlo_reply.lines[index], offered);
  return offered;
}

std::string compose_mail(const Envelope& envelope, std::uint64_t size_octets, const Capabilities& offered) {
  std::string line;
  line.reserve(128);
  line += "MAIL FROM:";
  line += to_string(envelope.reverse_path);
  if (offered.size) {
    line += " SIZE=";
    const fmt::format_int size(size_octets);
    line.append(size.data(), size.size());
  }
  if (envelope.body_type == BodyType::eight_bit_mime && offered.eight_bit_mime) line += " BODY=8BITMIME";
  if (envelope.body_type == BodyType::binary_mime && offered.binary_mime) line += " BODY=BINARYMIME";
  if (envelope.smtputf8 && offered.smtputf8) line += " SMTPUTF8";
  if (offered.dsn) {
    if (envelope.dsn_return == DsnReturn::full) line += " RET=FULL";
    if (envelope.dsn_return == DsnReturn::headers) line += " RET=HDRS";
    if (!envelope.envelope_id.empty()) line += " ENVID=" + encode_xtext(envelope.envelope_id);
  }
  line += "\r\n";
  return line;
}

std::string compose_rcpt(const Recipient& recipient, const Capabilities& offered) {
  std::string line;
  line.reserve(128);
  line += "RCPT TO:";
  line += to_string(recipient.forward_path);
  if (offered.dsn) {
    if (recipient.notify.specified) line += " NOTIFY=" + notify_value(recipient.notify);
    const std::string_view original = recipient.original_recipient;
    const std::size_t semicolon = original.find(';');
    if (semicolon != std::string_view::npos) {
      const std::string_view address = original.substr(semicolon + 1);
      line += fmt::format(" ORCPT={};", original.substr(0, semicolon));
      // RFC 6533 §3: the type utf-8 has an encoding of its own, in which the value is held.
      line += starts_with_ignoring_case(original, "utf-8;") ? std::string(address) : encode_xtext(address);
    }
  }
  line += "\r\n";
  return line;
}

std::string encode_xtext(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (is_xchar(c)) {
      out += c;
    } else {
      out += fmt::format("+{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

Result<std::string, Error> decode_xtext(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t index = 0; index < text.size(); ++index) {
    if (is_xchar(text[index])) {
      out += text[index];
      continue;
    }
    const int high = index + 2 < text.size() ? hex_digit(text[index + 1]) : -1;
    const int low = index + 2 < text.size() ? hex_digit(text[index + 2]) : -1;
    if (text[index] != '+' || high < 0 || low < 0) {
      return Error{fmt::format("'{}' is no xtext: '+' and two hexadecimal digits stand for a character outside ! to ~",
                               printable(text.substr(0, 100)))};
    }
    out += static_cast<char>(high * 16 + low);
    index += 2;
  }
  return text_result(std::move(out));
}

}  // namespace watershed::mail
