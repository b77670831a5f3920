// What cleanup(8) does to addresses in the header section with canonical maps and masquerade domains: it rewrites them
// in mail that a program on the host submits, that the host makes itself, and that comes from the clients of
// local_header_rewrite_clients. ADDRESS_REWRITING_README, postconf(5) canonical_classes, masquerade_classes.
#pragma once

#include "components/router/route/address_rules.hpp"
#include "components/router/route/masquerade.hpp"
#include "mail/message.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace watershed::router {

/// Header sections keep their bytes here, so such a rewriting is not modelled; this finds out where one was due.
class HeaderRewriting {
 public:
  HeaderRewriting(const PostfixConfig& config, const postfix::Parameters& cleanup, bool address_mappings);

  /// One line for each field with an address that a map or a masquerade domain would change; empty for nearly all mail.
  std::vector<NotUnderstood> due(const mail::Message& message) const;

 private:
  /// What applies to fields that name who sent the message, or to whom.
  struct Side {
    std::vector<postfix::Maps> canonical;
    bool masquerades = false;
    bool empty() const { return canonical.empty() && !masquerades; }
  };

  static Side side_of(const PostfixConfig& config, const postfix::Parameters& cleanup, std::string_view own_maps,
                      std::string_view header_class);
  std::optional<DecidedBy> change_of(const Side& side, std::string_view internal) const;

  AddressRules rules_;
  Masquerade masquerade_;
  bool propagates_extension_;
  Side senders_;
  Side recipients_;
};

}  // namespace watershed::router
