// Reading and writing addresses. RFC 5321 §4.1.2 is the grammar; RFC 6531 §3.3 lets UTF-8 into both parts.
//
// Control characters are refused everywhere, quoted or not: an address ends up in header fields, logs and terminals,
// and a line break in it would be somebody else's header field.
#include "mail/address.hpp"

#include "base/ip_address.hpp"
#include "base/octets.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace watershed::mail {

namespace {

constexpr std::size_t local_part_octets_max = 64;  // RFC 5321 §4.5.3.1.1
constexpr std::size_t domain_octets_max = 255;     // RFC 5321 §4.5.3.1.2
constexpr std::size_t label_octets_max = 63;       // RFC 1035 §2.3.4

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }
bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }
bool is_non_ascii(char c) { return static_cast<unsigned char>(c) >= 0x80; }

// RFC 5322 §3.2.3 atext, with RFC 6531 §3.3 UTF8-non-ascii: what is printable and no special (nor the blank).
constexpr std::array<bool, 256> atext = [] {
  std::array<bool, 256> table{};
  for (std::size_t octet = 0x21; octet < table.size(); ++octet) table[octet] = octet != 0x7f;
  for (const char special : std::string_view("()<>[]:;@\\,.\"")) table[static_cast<unsigned char>(special)] = false;
  return table;
}();
bool is_atext(char c) { return atext[static_cast<unsigned char>(c)]; }

bool is_dot_string(std::string_view text) {
  bool after_dot = true;  // neither at the start nor doubled
  for (const char c : text) {
    if (c == '.' ? after_dot : !is_atext(c)) return false;
    after_dot = c == '.';
  }
  return !after_dot;
}

// Bytes that no part of an address may hold: control characters, U+0080 to U+009F, and what is not UTF-8.
bool is_clean(std::string_view text) {
  if (is_printable_ascii(text)) return true;
  for (std::size_t index = 0; index < text.size(); ++index) {
    if (is_control(text[index])) return false;
    const bool is_c1 =
        text[index] == '\xc2' && index + 1 < text.size() && static_cast<unsigned char>(text[index + 1]) < 0xa0;
    if (is_c1) return false;
  }
  return is_utf8(text);
}

Error fault(std::string_view text, std::string_view reason) {
  constexpr std::size_t shown_octets_max = 100;
  return Error{fmt::format("address '{}': {}", printable(text.substr(0, shown_octets_max)), reason)};
}

struct LocalPart {
  std::string value;
  std::size_t length = 0;  // octets of the text that it took
};

Result<LocalPart, Error> parse_quoted_local_part(std::string_view text) {
  LocalPart local;
  for (std::size_t index = 1; index < text.size(); ++index) {
    if (text[index] == '"') {
      local.length = index + 1;
      return local;
    }
    // RFC 5321 §4.1.2 quoted-pairSMTP: the backslash has no meaning of its own.
    if (text[index] == '\\' && ++index == text.size()) break;
    local.value += text[index];
  }
  return fault(text, "the quoted local part has no end");
}

Result<LocalPart, Error> parse_local_part(std::string_view text) {
  if (text[0] == '"') return parse_quoted_local_part(text);
  const std::size_t length = std::min(text.find('@'), text.size());
  if (!is_dot_string(text.substr(0, length))) return fault(text, "the local part is no dot-string and not quoted");
  return LocalPart{std::string(text.substr(0, length)), length};
}

bool is_label(std::string_view label) {
  if (label.empty() || label.size() > label_octets_max || label.front() == '-' || label.back() == '-') return false;
  return std::all_of(label.begin(), label.end(),
                     [](char c) { return is_letter_or_digit(c) || is_non_ascii(c) || c == '-' || c == '_'; });
}

// RFC 5321 §4.1.3. Only the registered tag "IPv6" is known beside plain IPv4.
bool is_address_literal(std::string_view text) {
  if (text.size() < 2 || text.back() != ']') return false;
  constexpr std::string_view tag = "IPv6:";
  std::string_view inner = text.substr(1, text.size() - 2);
  const bool is_tagged = starts_with_ignoring_case(inner, tag);
  if (is_tagged) inner.remove_prefix(tag.size());
  const auto address = parse_ip_address(inner);
  return address && address->is_v6 == is_tagged;
}

}  // namespace

Result<std::string, Error> parse_domain(std::string_view text) {
  if (text.size() > domain_octets_max + 1) return fault(text, "the domain is longer than 255 octets");
  if (!is_clean(text)) return fault(text, "the domain holds a control character or is not UTF-8");
  if (!text.empty() && text.front() == '[') {
    if (!is_address_literal(text))
      return fault(text, "the address literal is neither [192.0.2.1] nor [IPv6:2001:db8::1]");
    return text_result(std::string(text));
  }
  if (!text.empty() && text.back() == '.') text.remove_suffix(1);
  if (text.size() > domain_octets_max) return fault(text, "the domain is longer than 255 octets");
  std::string_view rest = text;
  while (true) {
    const std::size_t dot = rest.find('.');
    if (!is_label(rest.substr(0, dot))) return fault(text, "the domain is malformed");
    if (dot == std::string_view::npos) return text_result(std::string(text));
    rest.remove_prefix(dot + 1);
  }
}

Result<Address, Error> parse_address(std::string_view text) {
  if (text.empty()) return fault(text, "it is empty");
  if (text[0] == '@') return fault(text, "the local part is missing, or it is a source route");
  if (!is_clean(text)) return fault(text, "it holds a control character or is not UTF-8");
  auto local = parse_local_part(text);
  if (!local) return local.error();
  if (local->value.size() > local_part_octets_max) return fault(text, "the local part is longer than 64 octets");
  if (local->length == text.size()) {
    // RFC 5321 §4.5.1: "postmaster" without a domain is the one bare local part, in any case.
    if (!equal_ignoring_case(text, "postmaster")) return fault(text, "the domain is missing");
    return Address{std::move(local->value), {}};
  }
  if (text[local->length] != '@') return fault(text, "'@' is expected after the local part");
  auto domain = parse_domain(text.substr(local->length + 1));
  if (!domain) return fault(text, domain.error().message);
  return Address{std::move(local->value), std::move(*domain)};
}

std::string to_string(const Address& address) {
  std::string out;
  out.reserve(address.local_part.size() + address.domain.size() + 3);
  if (is_dot_string(address.local_part)) {
    out += address.local_part;
  } else {
    out += '"';
    for (const char c : address.local_part) {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
    out += '"';
  }
  if (address.domain.empty()) return out;
  out += '@';
  out += address.domain;
  return out;
}

std::string folded(const Address& address) {
  std::string out;
  out.reserve(address.local_part.size() + address.domain.size() + 1);
  for (const char c : address.local_part) out += to_lower(c);
  if (!address.domain.empty()) out += '@';
  for (const char c : address.domain) out += to_lower(c);
  return out;
}

bool same_mailbox(const Address& a, const Address& b) {
  return a.local_part == b.local_part && equal_ignoring_case(a.domain, b.domain);
}

bool needs_smtputf8(const Address& address) {
  if (is_printable_ascii(address.local_part) && is_printable_ascii(address.domain)) return false;
  return std::any_of(address.local_part.begin(), address.local_part.end(), is_non_ascii) ||
         std::any_of(address.domain.begin(), address.domain.end(), is_non_ascii);
}

}  // namespace watershed::mail
