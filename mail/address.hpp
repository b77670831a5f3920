// A mailbox address: local-part and domain. RFC 5321 §4.1.2 (syntax), RFC 6531 (UTF-8), RFC 5322 §3.4.1.
#pragma once

#include "base/result.hpp"

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace watershed::mail {

/// `local_part` is held in its unquoted meaning: the wire forms `a b`@x (quoted) and `a\ b` are the same value.
/// `domain` is held as written, without a trailing dot; an address literal keeps its brackets. An empty domain is legal
/// only for the reserved mailbox <Postmaster> (RFC 5321 §4.5.1) and for unqualified local names inside a router's
/// tables.
struct Address {
  std::string local_part;
  std::string domain;

  auto operator<=>(const Address&) const = default;
};

/// Reads `local@domain` without angle brackets. Accepts quoted-string local parts, UTF-8 in both parts and address
/// literals; refuses source routes, bare local parts (but `postmaster`), and lengths over RFC 5321 §4.5.3.1 (64 octets
/// for the local part, 255 for the domain).
Result<Address, Error> parse_address(std::string_view text);

/// Reads a domain or an address literal; one trailing dot is dropped. Labels hold letters, digits, hyphens, underscores
/// (Postfix valid_hostname() takes them too) and UTF-8, 63 octets at most.
Result<std::string, Error> parse_domain(std::string_view text);

/// The wire form; the local part is quoted only where the syntax needs it.
std::string to_string(const Address& address);

/// `local@domain` in lower case: the key under which mail systems look addresses up. RFC 5321 §2.4 leaves the case of a
/// local part to its receiver; Postfix and every provider modelled here fold it.
std::string folded(const Address& address);

/// True where both name the same mailbox: domains compare without case, local parts exactly.
bool same_mailbox(const Address& a, const Address& b);

/// True if either part holds a byte over 0x7f, so that SMTPUTF8 is needed (RFC 6531 §3.2).
bool needs_smtputf8(const Address& address);

}  // namespace watershed::mail
