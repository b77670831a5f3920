// masquerade_domains: `user@host.example.com` becomes `user@example.com`. ADDRESS_REWRITING_README "Address
// masquerading".
#pragma once

#include "components/router/postfix/match_list.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace watershed::router {

class Masquerade {
 public:
  Masquerade(const postfix::PostfixConfig& config, const postfix::Parameters& parameters);

  struct Masked {
    std::string address;
    postfix::DecidedBy decided_by;
    std::optional<postfix::LookupError> failure;
  };
  /// Takes and gives internal form; the same address when nothing applies.
  Masked apply(std::string_view internal) const;

 private:
  std::vector<std::string> domains_;
  postfix::DecidedBy decided_by_;
  postfix::MatchList exceptions_;
};

}  // namespace watershed::router
