// The rules for addresses that all of smtpd, cleanup, trivial-rewrite and local share: what is local, how an address is
// completed, and which keys are asked of a table. ADDRESS_REWRITING_README, canonical(5), virtual(5) "TABLE SEARCH
// ORDER".
#pragma once

#include "components/router/postfix/config.hpp"
#include "components/router/postfix/match_list.hpp"
#include "components/router/route/address_form.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace watershed::router {

using postfix::DecidedBy;
using postfix::NotUnderstood;
using postfix::PostfixConfig;
using postfix::TransportKind;

/// A table's answer for an address. `extension` is the unmatched one, with its delimiter, when the key without it
/// matched.
struct AddressHit {
  std::string value;
  DecidedBy decided_by;
  std::string extension;
};

using AddressLookup = Result<std::optional<AddressHit>, postfix::LookupError>;

/// One address that a table value expands to.
struct MappedAddress {
  std::string internal;
  DecidedBy decided_by;
};
using MappedAddresses = Result<std::vector<MappedAddress>, postfix::LookupError>;

ExtensionRule extension_rule_of(const postfix::Parameters& parameters);

class AddressRules {
 public:
  /// `asking` are the parameters of the program that asks tables for addresses, and with its mydestination and
  /// myorigin decides which are local; addresses are completed by trivial-rewrite(8), with the parameters of that.
  AddressRules(const PostfixConfig& config, const postfix::Parameters& asking);

  /// resolve_local(): mydestination, or a literal of one of this host's addresses. Names what decided.
  postfix::MatchResult match_local(std::string_view domain) const;

  /// rewrite(8) in the local context: source route, `site!user`, `user%site`, missing domain, missing parent domain,
  /// trailing dot. Takes and gives internal form.
  std::string complete(std::string_view internal) const;

  /// user+ext@domain, user@domain, user+ext and user (for local domains), @domain; pattern tables are asked only for
  /// the first.
  AddressLookup find(const postfix::Maps& maps, std::string_view internal) const;

  /// The value of `find` as completed addresses; `@domain` keeps the user; the unmatched extension is added when
  /// `propagate_extension`. Empty when nothing was found.
  MappedAddresses map(const postfix::Maps& maps, std::string_view internal, bool propagate_extension) const;

  const ExtensionRule& extension_rule() const { return extension_rule_; }
  bool swaps_bangpath() const { return swap_bangpath_; }
  bool percent_hack() const { return percent_hack_; }

 private:
  AddressLookup find_key(const postfix::Maps& maps, std::string_view internal_key, bool fixed_keys_only) const;

  postfix::MatchList mydestination_;
  std::vector<IpAddress> own_addresses_;
  ExtensionRule extension_rule_;
  bool append_at_myorigin_ = true;
  bool append_dot_mydomain_ = true;
  bool swap_bangpath_ = true;
  bool percent_hack_ = true;
  std::string myorigin_;  // of who asks
  std::string completed_with_;
  std::string mydomain_;
};

}  // namespace watershed::router
