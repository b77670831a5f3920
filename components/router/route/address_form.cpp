// See address_form.hpp.
#include "components/router/route/address_form.hpp"

#include "base/ip_address.hpp"
#include "base/text.hpp"

namespace watershed::router {

namespace {

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

bool is_atom_character(char c) {
  switch (c) {
    case '(':
    case ')':
    case '<':
    case '>':
    case '[':
    case ']':
    case ':':
    case ';':
    case '@':
    case '\\':
    case ',':
    case '.':
    case '"':
    case ' ':
      return false;
    default:
      return !is_control(c);
  }
}

}  // namespace

std::string internal_form(const mail::Address& address) {
  std::string out;
  out.reserve(address.local_part.size() + 1 + address.domain.size());
  out += address.local_part;
  if (address.domain.empty()) return out;
  out += '@';
  out += address.domain;
  return out;
}

std::string_view local_part_of(std::string_view internal) { return internal.substr(0, internal.rfind('@')); }

std::string_view domain_of(std::string_view internal) {
  const std::size_t at = internal.rfind('@');
  return at == std::string_view::npos ? std::string_view{} : internal.substr(at + 1);
}

mail::Address address_from_internal(std::string_view internal) {
  return {std::string(local_part_of(internal)), std::string(domain_of(internal))};
}

bool needs_quotes(std::string_view local_part) {
  if (local_part.empty()) return true;
  bool after_dot = true;
  for (const char c : local_part) {
    if (c == '.') {
      if (after_dot) return true;
      after_dot = true;
    } else {
      if (!is_atom_character(c)) return true;
      after_dot = false;
    }
  }
  return after_dot;
}

std::string external_form(std::string_view internal) {
  const std::string_view local = local_part_of(internal);
  if (internal.empty() || !needs_quotes(local)) return std::string(internal);
  std::string quoted = "\"";
  for (const char c : local) {
    if (c == '"' || c == '\\' || c == '\r') quoted += '\\';
    quoted += c;
  }
  quoted += '"';
  quoted += internal.substr(local.size());
  return quoted;
}

std::optional<std::size_t> ExtensionRule::split(std::string_view local_part) const {
  if (delimiters.empty()) return std::nullopt;
  for (const std::string_view name :
       {std::string_view("postmaster"), std::string_view("mailer-daemon"), std::string_view(double_bounce_sender)}) {
    if (equal_ignoring_case(local_part, name)) return std::nullopt;
  }
  if (owner_request_special && delimiters.find('-') != std::string::npos) {
    constexpr std::string_view request = "-request";
    if (starts_with_ignoring_case(local_part, "owner-")) return std::nullopt;
    if (local_part.size() > request.size() &&
        equal_ignoring_case(local_part.substr(local_part.size() - request.size()), request)) {
      return std::nullopt;
    }
  }
  const std::size_t at = local_part.find_first_of(delimiters);
  if (at == std::string_view::npos || at == 0) return std::nullopt;
  return at;
}

bool is_valid_hostname(std::string_view name) {
  constexpr std::size_t name_max = 255;
  constexpr std::size_t label_max = 63;
  if (name.empty() || name.size() > name_max) return false;
  bool has_letter = false;
  std::size_t label_length = 0;
  for (std::size_t at = 0; at < name.size(); ++at) {
    const char c = name[at];
    const bool is_last = at + 1 == name.size();
    const bool is_digit = c >= '0' && c <= '9';
    const char lower = to_lower(c);
    if (is_digit || (lower >= 'a' && lower <= 'z') || c == '_' || static_cast<unsigned char>(c) >= 0x80) {
      if (++label_length > label_max) return false;
      has_letter = has_letter || !is_digit;
    } else if (c == '.') {
      if (label_length == 0 || is_last) return false;
      label_length = 0;
    } else if (c == '-') {
      if (label_length == 0 || is_last || name[at + 1] == '.') return false;
      ++label_length;
      has_letter = true;
    } else {
      return false;
    }
  }
  return has_letter;
}

bool is_valid_address_literal(std::string_view literal) {
  if (!literal.starts_with('[') || !literal.ends_with(']')) return false;
  literal = literal.substr(1, literal.size() - 2);
  const bool tagged = starts_with_ignoring_case(literal, "IPv6:");
  if (tagged) literal.remove_prefix(5);
  const auto address = parse_ip_address(literal);
  return address && address->is_v6 == tagged;
}

}  // namespace watershed::router
