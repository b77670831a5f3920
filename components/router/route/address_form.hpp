// Addresses as Postfix's daemons pass them around: one string, the local part unquoted, `local@domain`, split at the
// last `@`
// ("internal form"), or quoted as on the wire ("external form"). ADDRESS_REWRITING_README; RFC 5322 §3.4.1 for quoting.
#pragma once

#include "mail/address.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace watershed::router {

std::string internal_form(const mail::Address& address);
mail::Address address_from_internal(std::string_view internal);

/// The local part in double quotes where RFC 5322 needs it.
std::string external_form(std::string_view internal);
/// True when `local_part` is not a dot-atom (bytes over 0x7f count as atom text).
bool needs_quotes(std::string_view local_part);

/// Before and after the last `@`; an absent domain is empty.
std::string_view local_part_of(std::string_view internal);
std::string_view domain_of(std::string_view internal);

/// postconf(5) recipient_delimiter. Names that are never split: postmaster, mailer-daemon, double-bounce; owner-x and
/// x-request when the delimiter is `-` and owner_request_special is on.
struct ExtensionRule {
  std::string delimiters;
  bool owner_request_special = true;
  std::string double_bounce_sender = "double-bounce";

  /// Where the extension (with its delimiter) starts in a local part; nothing when there is none.
  std::optional<std::size_t> split(std::string_view local_part) const;
};

/// valid_hostname(3): letters, digits, `-`, `_`, labels up to 63 octets, not all numeric. Bytes over 0x7f count as
/// letters.
bool is_valid_hostname(std::string_view name);
/// `[192.0.2.1]` or `[IPv6:2001:db8::1]`.
bool is_valid_address_literal(std::string_view literal);

}  // namespace watershed::router
