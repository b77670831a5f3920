// mailto: URIs as the notification method reads them. RFC 6068 (which replaces RFC 2368), RFC 5436 §2.
#pragma once

#include "base/result.hpp"
#include "mail/path.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace watershed::sieve {

struct Mailto {
  std::vector<mail::ForwardPath> to;
  std::vector<mail::ForwardPath> cc;
  std::vector<mail::ForwardPath> bcc;
  std::optional<std::string> subject;                       ///< UTF-8; may be empty
  std::string body;                                         ///< UTF-8; empty: none
  std::vector<std::pair<std::string, std::string>> fields;  ///< others, in order; reserved ones are left out

  bool has_recipients() const { return !to.empty() || !cc.empty() || !bcc.empty(); }
};

/// `uri` starts with "mailto:" (any case). The error says what is wrong with it.
Result<Mailto, Error> parse_mailto(std::string_view uri);

}  // namespace watershed::sieve
