// Addresses in a header field, read as leniently as mail needs it. RFC 5322 §3.4 (groups, comments, quoted strings) and
// §4.4 (obsolete routes).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace watershed::sieve {

struct MailboxAddress {
  std::string local_part;  ///< in its meaning, without quotes
  std::string domain;

  /// `local@domain`, quoted where the syntax needs it.
  std::string all() const;
};

/// The valid mailboxes of a field's raw value in order, group members among them; what is broken is left out.
std::vector<MailboxAddress> parse_address_list(std::string_view value, std::size_t addresses_max);

/// The single address of `text` (`a@b`, `<a@b>`, `Name <a@b>`), or nothing; as `redirect` and vacation's :from take it.
std::vector<MailboxAddress> parse_single_address(std::string_view text);

}  // namespace watershed::sieve
