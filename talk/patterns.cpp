// See patterns.hpp.
#include "talk/patterns.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <charconv>

namespace watershed::talk {

Result<AddressPattern, Error> AddressPattern::compile(std::string_view text) {
  AddressPattern pattern;
  if (text.empty() || text == "*") return pattern;
  if (text == "<>") {
    pattern.kind_ = Kind::null;
    return pattern;
  }
  const std::size_t at = text.rfind('@');
  const bool is_whole = at != std::string_view::npos && at > 0 && at + 1 < text.size();
  std::string_view domain = is_whole ? text.substr(at + 1) : std::string_view();
  if (domain.starts_with("*.") && domain.size() > 2) domain.remove_prefix(1);
  if (!is_whole || (domain != "*" && domain.find('*') != std::string_view::npos)) {
    return Error{
        fmt::format("'{}' is no address pattern; expected 'local@domain', '*@domain', '*@*.domain', "
                    "'local@*', '*' or '<>'",
                    printable(text))};
  }
  pattern.kind_ = Kind::address;
  pattern.local_part_ = text.substr(0, at);
  pattern.domain_ = domain;
  return pattern;
}

bool AddressPattern::covers_domain(std::string_view domain) const {
  if (kind_ == Kind::null) return false;
  if (kind_ == Kind::all || domain_ == "*") return true;
  if (!domain_.starts_with('.')) return equal_ignoring_case(domain_, domain);
  return domain.size() > domain_.size() && equal_ignoring_case(domain.substr(domain.size() - domain_.size()), domain_);
}

bool AddressPattern::matches(const mail::Address& address) const {
  if (kind_ != Kind::address) return kind_ == Kind::all;
  return covers_domain(address.domain) && (local_part_ == "*" || equal_ignoring_case(local_part_, address.local_part));
}

bool AddressPattern::matches(const mail::ReversePath& path) const {
  if (path.is_null()) return kind_ != Kind::address;
  return matches(path.address());
}

Result<NetworkPattern, Error> NetworkPattern::compile(std::string_view text) {
  NetworkPattern pattern;
  if (text.empty()) return pattern;
  const std::size_t slash = text.find('/');
  const auto network = parse_ip_address(text.substr(0, slash));
  if (!network) return network.error();
  const int width = network->is_v6 ? 128 : 32;
  pattern.network_ = *network;
  pattern.prefix_bits_ = width;
  if (slash == std::string_view::npos) return pattern;
  const std::string_view digits = text.substr(slash + 1);
  const char* const end = digits.data() + digits.size();
  const auto [stop, problem] = std::from_chars(digits.data(), end, pattern.prefix_bits_);
  if (problem != std::errc() || stop != end || pattern.prefix_bits_ < 0 || pattern.prefix_bits_ > width) {
    return Error{fmt::format("'{}' is no prefix length; expected 0 to {}", printable(digits), width)};
  }
  return pattern;
}

}  // namespace watershed::talk
