// Lists of patterns: mydestination, relay_domains, mynetworks, … postconf(5) "mydestination", match_list(3): elements
// are names, `!name` exclusions, `/file` includes, `type:table` lookups and networks; first match wins.
#pragma once

#include "base/ip_address.hpp"
#include "components/router/postfix/config.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace watershed::postfix {

enum class MatchFlavor {
  domain,      ///< names; `.parent` and, when parent matching is on, subdomains
  name_exact,  ///< exact, case-insensitive
  network,     ///< addresses, net/mask, and client names (mynetworks)
};

/// A match: where it came from. When a table failed, `failure` is set and `matched` is false.
struct MatchResult {
  bool matched = false;
  DecidedBy decided_by;
  std::optional<LookupError> failure;
};

class MatchList {
 public:
  MatchList();

  /// Compiles the value of `parameter`. `parent_matches_subdomains`: parent_domain_matches_subdomains lists it.
  MatchList(const PostfixConfig& config, const Parameters& parameters, const std::string& parameter, MatchFlavor flavor,
            bool parent_matches_subdomains);
  ~MatchList();
  MatchList(MatchList&&) noexcept;
  MatchList& operator=(MatchList&&) noexcept;

  /// `name` is a domain or a client name; `address` only for the network flavour.
  MatchResult match(std::string_view name, const IpAddress* address = nullptr) const;

 private:
  struct Pattern;
  void add(const PostfixConfig& config, std::string_view element, const DecidedBy& decided_by, bool negated, int depth);
  bool match_text(const Pattern& pattern, std::string_view name, const IpAddress* address) const;
  bool match_table(const Pattern& pattern, std::string_view name, std::string_view address_text,
                   MatchResult& result) const;

  std::vector<Pattern> patterns_;
  MatchFlavor flavor_ = MatchFlavor::name_exact;
  bool parent_matches_subdomains_ = false;
};

}  // namespace watershed::postfix
