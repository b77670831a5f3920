// See srs.hpp.
#include "fakes/cloud/srs.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <array>

namespace watershed::cloud {

namespace {

constexpr std::string_view marker = "+SRS=";
constexpr std::string_view digits = "abcdefghijklmnopqrstuvwxyz234567";
constexpr std::size_t hash_length = 5;
constexpr std::size_t timestamp_length = 2;
constexpr std::int64_t timestamp_days = 1024;      // two digits of base 32
constexpr std::size_t local_part_octets_max = 64;  // RFC 5321 §4.5.3.1.1

// FNV-1a over the parts, folded: a local part may come back in another case.
std::string hash_of(std::string_view secret, std::string_view timestamp, std::string_view domain,
                    std::string_view local_part) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const std::string_view part : {secret, timestamp, domain, local_part, secret}) {
    for (const char c : part) hash = (hash ^ static_cast<unsigned char>(to_lower(c))) * 0x100000001b3ULL;
    hash = (hash ^ 0x100U) * 0x100000001b3ULL;
  }
  std::string text;
  for (std::size_t index = 0; index < hash_length; ++index) {
    text += digits[(hash >> (20 + 5 * index)) % digits.size()];
  }
  return text;
}

std::int64_t day_of(std::int64_t unix_seconds) { return (unix_seconds / 86400) % timestamp_days; }

std::string timestamp_of(std::int64_t unix_seconds) {
  const auto day = static_cast<std::size_t>(day_of(unix_seconds));
  return {digits[day / digits.size()], digits[day % digits.size()]};
}

// The next part up to `=`; nothing when there is no more `=`.
bool take_part(std::string_view& rest, std::string_view& part) {
  const std::size_t end = rest.find('=');
  if (end == std::string_view::npos) return false;
  part = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  return true;
}

std::size_t find_marker(std::string_view local_part) { return to_lower(local_part).find(to_lower(marker)); }

}  // namespace

mail::Address srs_encode(const mail::Address& reverse_path, const mail::Address& forwarder,
                         std::string_view default_domain, const SrsKey& key) {
  const std::string timestamp = timestamp_of(key.unix_seconds);
  const std::string hash = hash_of(key.secret, timestamp, reverse_path.domain, reverse_path.local_part);
  mail::Address rewritten{fmt::format("{}{}{}={}={}={}", forwarder.local_part, marker, hash, timestamp,
                                      reverse_path.domain, reverse_path.local_part),
                          forwarder.domain};
  const std::size_t wire_octets = to_string(rewritten).size() - rewritten.domain.size() - 1;
  if (wire_octets <= local_part_octets_max) return rewritten;
  return {fmt::format("bounces{}{}={}", marker, hash, timestamp), std::string(default_domain)};
}

bool is_srs(const mail::Address& address) { return find_marker(address.local_part) != std::string::npos; }

Result<mail::Address, Error> srs_decode(const mail::Address& address, const SrsKey& key) {
  const std::size_t start = find_marker(address.local_part);
  if (start == std::string::npos) return Error{"no SRS address"};
  std::string_view rest = address.local_part;
  rest.remove_prefix(start + marker.size());
  std::string_view hash;
  std::string_view timestamp;
  std::string_view domain;
  if (!take_part(rest, hash)) return Error{"SRS address without a timestamp"};
  if (!take_part(rest, timestamp)) return Error{"SRS address in the long form, which names no reverse-path"};
  if (!take_part(rest, domain) || domain.empty() || rest.empty()) {
    return Error{"SRS address without the original address"};
  }
  if (timestamp.size() != timestamp_length) return Error{"SRS address with a malformed timestamp"};
  if (!equal_ignoring_case(hash, hash_of(key.secret, timestamp, domain, rest))) {
    return Error{"SRS address with a wrong hash"};
  }
  const std::size_t high = digits.find(to_lower(timestamp[0]));
  const std::size_t low = digits.find(to_lower(timestamp[1]));
  if (high == std::string_view::npos || low == std::string_view::npos) {
    return Error{"SRS address with a malformed timestamp"};
  }
  const auto day = static_cast<std::int64_t>(high * digits.size() + low);
  const std::int64_t age = (day_of(key.unix_seconds) - day + timestamp_days) % timestamp_days;
  if (age > srs_valid_days) return Error{"SRS address that has expired"};
  // What was folded in may be anything that the hash covers: it must still be an address.
  return mail::parse_address(to_string(mail::Address{std::string(rest), std::string(domain)}));
}

}  // namespace watershed::cloud
