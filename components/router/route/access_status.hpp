// Enhanced status codes as smtpd(8) treats those that tables give. access(5), RFC 3463.
#pragma once

#include <string>
#include <string_view>

namespace watershed::router {

/// Splits `5.7.1 text` into its enhanced status and text; `fallback` when the text starts with none.
struct StatusAndText {
  std::string dsn;
  std::string text;
};
StatusAndText split_status(std::string_view text, std::string_view fallback);

/// The x.1.y statuses speak of one address; Postfix bends those that speak of the wrong one. `5.1.1` from a sender
/// table becomes 5.1.7, `5.1.8` from a recipient table 5.1.2, any of them from a client or HELO table 5.0.0.
std::string fitting_status(std::string_view dsn, std::string_view class_name);

}  // namespace watershed::router
