// The patterns by which fakes pick out mail: addresses and client networks. Compiled once, asked for every message.
#pragma once

#include "base/ip_address.hpp"
#include "base/result.hpp"
#include "mail/path.hpp"

#include <string>
#include <string_view>

namespace watershed::talk {

/// `a@b` that address; `*@b` every address in a domain; `*@*.b` every address below it; `a@*` that local part anywhere;
/// `*` or nothing every address; `<>` the null reverse-path. Without regard to case, as routers look addresses up.
class AddressPattern {
 public:
  AddressPattern() = default;  ///< matches everything
  /// Fails when `text` is none of the forms above.
  static Result<AddressPattern, Error> compile(std::string_view text);

  bool matches(const mail::Address& address) const;
  bool matches(const mail::ReversePath& path) const;
  bool matches_all() const { return kind_ == Kind::all; }
  /// True if `domain` is one that this pattern has addresses in.
  bool covers_domain(std::string_view domain) const;

 private:
  enum class Kind { all, null, address };
  Kind kind_ = Kind::all;
  std::string local_part_;  // "*": any
  std::string domain_;      // "*": any; ".b": below b
};

/// `192.0.2.1`, `192.0.2.0/24`, `2001:db8::/32`. Nothing matches all.
class NetworkPattern {
 public:
  NetworkPattern() = default;
  static Result<NetworkPattern, Error> compile(std::string_view text);

  bool matches(const IpAddress& address) const {
    return prefix_bits_ < 0 || in_network(address, network_, prefix_bits_);
  }
  bool matches_all() const { return prefix_bits_ < 0; }

 private:
  IpAddress network_;
  int prefix_bits_ = -1;
};

}  // namespace watershed::talk
