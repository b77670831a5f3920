// Reading and writing reverse-paths and forward-paths. RFC 5321 §4.1.2, appendix C (source routes).
#include "mail/path.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

namespace watershed::mail {

namespace {

constexpr std::size_t shown_octets_max = 100;

// The text after a source route, or the text itself when there is none. RFC 5321 appendix C: servers MUST accept
// source routes and SHOULD ignore them.
Result<std::string_view, Error> skip_source_route(std::string_view mailbox) {
  if (!mailbox.starts_with('@')) return mailbox;
  std::string_view rest = mailbox;
  while (rest.starts_with('@')) {
    const std::size_t literal_end = rest.starts_with("@[") ? rest.find(']') : 0;  // IPv6 literals hold colons
    const std::size_t end = literal_end == rest.npos ? rest.npos : rest.find_first_of(",:", literal_end);
    if (end == rest.npos || !parse_domain(rest.substr(1, end - 1))) break;
    const bool is_last = rest[end] == ':';
    rest.remove_prefix(end + 1);
    if (is_last && !rest.starts_with('@')) return rest;
    if (is_last) break;
  }
  return Error{fmt::format("path '{}': malformed source route", printable(mailbox.substr(0, shown_octets_max)))};
}

Result<Address, Error> parse_path(std::string_view text) {
  if (text.size() < 2 || text.front() != '<' || text.back() != '>') {
    return Error{fmt::format("path '{}': angle brackets are expected", printable(text.substr(0, shown_octets_max)))};
  }
  const auto mailbox = skip_source_route(text.substr(1, text.size() - 2));
  if (!mailbox) return mailbox.error();
  return parse_address(*mailbox);
}

std::string in_brackets(const Address& address) {
  std::string out;
  out.reserve(address.local_part.size() + address.domain.size() + 5);
  out += '<';
  out += to_string(address);
  out += '>';
  return out;
}

}  // namespace

Result<ReversePath, Error> parse_reverse_path(std::string_view text) {
  if (text == "<>") return ReversePath();
  auto address = parse_path(text);
  if (!address) return address.error();
  // RFC 5321 §4.1.1.3: <Postmaster> without a domain is a forward-path only.
  if (address->domain.empty()) return Error{fmt::format("path '{}': the domain is missing", printable(text))};
  return ReversePath(std::move(*address));
}

Result<ForwardPath, Error> parse_forward_path(std::string_view text) {
  auto address = parse_path(text);
  if (!address) return address.error();
  return ForwardPath(std::move(*address));
}

std::string to_string(const ReversePath& path) { return path.is_null() ? "<>" : in_brackets(path.address()); }
std::string to_string(const ForwardPath& path) { return in_brackets(path.address()); }

std::string display(const ReversePath& path) { return path.is_null() ? "<>" : to_string(path.address()); }
std::string display(const ForwardPath& path) { return to_string(path.address()); }

}  // namespace watershed::mail
