// Reverse-path and forward-path: the two addresses of an envelope, as types that cannot be mixed up. RFC 5321 §4.1.2.
#pragma once

#include "mail/address.hpp"

#include <optional>

namespace watershed::mail {

/// Where failures are reported (RFC5321.MailFrom). Null (`<>`) for notices: RFC 5321 §4.5.5, never answered by a DSN.
class ReversePath {
 public:
  ReversePath() = default;  ///< the null reverse-path
  explicit ReversePath(Address address) : address_(std::move(address)) {}

  bool is_null() const { return !address_.has_value(); }
  const Address& address() const { return *address_; }  ///< only when not null

  auto operator<=>(const ReversePath&) const = default;

 private:
  std::optional<Address> address_;
};

/// Where this copy of the message goes (RFC5321.RcptTo).
class ForwardPath {
 public:
  explicit ForwardPath(Address address) : address_(std::move(address)) {}

  const Address& address() const { return address_; }

  auto operator<=>(const ForwardPath&) const = default;

 private:
  Address address_;
};

/// Read `<a@b>`, `<>` (reverse only), `<@r1,@r2:a@b>` (the source route is dropped, RFC 5321 appendix F.2). `text`
/// holds the path alone.
Result<ReversePath, Error> parse_reverse_path(std::string_view text);
Result<ForwardPath, Error> parse_forward_path(std::string_view text);

/// With angle brackets, as on the wire: `<>`, `<a@b>`.
std::string to_string(const ReversePath& path);
std::string to_string(const ForwardPath& path);

/// Without brackets, for journals and reports; `<>` for the null reverse-path.
std::string display(const ReversePath& path);
std::string display(const ForwardPath& path);

}  // namespace watershed::mail
