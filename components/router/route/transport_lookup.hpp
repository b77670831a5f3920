// The search order of transport_maps. transport(5) "TABLE SEARCH ORDER", "RESULT FORMAT".
#pragma once

#include "components/router/postfix/config.hpp"
#include "components/router/route/address_form.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace watershed::router {

struct TransportEntry {
  std::string transport;  ///< empty: keep
  std::string nexthop;    ///< empty: keep, or the recipient's domain when the transport changes
  postfix::DecidedBy decided_by;
};

class TransportLookup {
 public:
  TransportLookup(const postfix::PostfixConfig& config, const postfix::Parameters& parameters,
                  bool parent_matches_subdomains);

  struct Answer {
    std::optional<TransportEntry> entry;
    std::optional<postfix::LookupError> failure;
  };

  /// user+ext@domain, user@domain, domain, .parent (or parent), `*`. Takes internal form.
  Answer find(std::string_view recipient, std::string_view domain, const ExtensionRule& extension_rule) const;

 private:
  /// True when the search is over: found, or failed.
  bool ask(std::string_view key, bool fixed_keys_only, Answer& answer) const;

  postfix::Maps maps_;
  bool parent_matches_subdomains_;
};

}  // namespace watershed::router
