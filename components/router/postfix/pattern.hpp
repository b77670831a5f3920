// One pattern of a regexp:, pcre: or cidr: table. regexp_table(5) runs on the C library's regcomp(3), pcre_table(5) on
// PCRE2: the engines that Postfix itself uses.
#pragma once

#include "base/ip_address.hpp"
#include "base/result.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace watershed::postfix {

/// What a group matched, as offsets into the subject. Index 0 is the whole match.
struct Group {
  bool matched = false;
  std::size_t begin = 0;
  std::size_t end = 0;
};
using Groups = std::vector<Group>;

/// A lookup key, prepared once for all patterns of a table.
class PatternSubject {
 public:
  explicit PatternSubject(std::string_view text) : text_(text) {}
  std::string_view text() const { return text_; }
  /// The key as an address, read when first asked for.
  const std::optional<IpAddress>& address() const;

 private:
  std::string_view text_;
  mutable bool address_read_ = false;
  mutable std::optional<IpAddress> address_;
};

class Pattern {
 public:
  virtual ~Pattern() = default;
  /// Error: the engine gave up (PCRE2's match limit).
  virtual Result<bool, Error> match(const PatternSubject& subject, Groups& groups) const = 0;
  virtual int group_count() const { return 0; }
};
using PatternPtr = std::shared_ptr<const Pattern>;

/// Takes a pattern (with its delimiters and flags) from the front of `text`. `type` is regexp, pcre or cidr.
Result<PatternPtr, Error> take_pattern(std::string_view type, std::string_view& text);

/// `192.0.2.0/24`, `[2001:db8::]/32`, `192.0.2.1`; host bits must be zero. cidr_table(5).
struct Network {
  IpAddress address;
  int prefix_bits = 0;

  bool contains(const IpAddress& other) const { return in_network(other, address, prefix_bits); }
};
Result<Network, Error> parse_network(std::string_view text);

}  // namespace watershed::postfix
