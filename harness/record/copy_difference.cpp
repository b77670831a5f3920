// See copy_difference.hpp.
#include "harness/record/copy_difference.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <map>

namespace watershed::harness {

namespace {

constexpr std::size_t field_octets_max = 2000;
constexpr std::size_t fields_max = 100;

std::string shown(const mail::HeaderField& field) {
  std::string text = fmt::format("{}: {}", field.name, mail::unfold(field.value.substr(0, field_octets_max)));
  if (field.value.size() > field_octets_max) text += fmt::format(" … ({} octets)", field.value.size());
  return text;
}

// RFC 8601 (Authentication-Results), RFC 7208 §9.1 (Received-SPF), RFC 8617 (ARC).
bool tells_authentication(std::string_view name) {
  return equal_ignoring_case(name, "Authentication-Results") || equal_ignoring_case(name, "Received-SPF") ||
         equal_ignoring_case(name, "ARC-Authentication-Results");
}

}  // namespace

CopyDifference difference_of(const mail::Message& offered, const mail::Message& stored) {
  CopyDifference difference;
  difference.body_unchanged = offered.body() == stored.body();
  std::map<std::string_view, int> left;  // by the field's bytes: how many of the offered are not yet found again
  const std::vector<mail::HeaderField> before = offered.fields();
  for (const mail::HeaderField& field : before) ++left[trim(field.raw)];
  for (const mail::HeaderField& field : stored.fields()) {
    if (tells_authentication(field.name)) difference.authentication.push_back(shown(field));
    const auto same = left.find(trim(field.raw));
    if (same != left.end() && same->second > 0) {
      --same->second;
    } else if (difference.header.size() < fields_max) {
      difference.header.push_back({true, shown(field)});
    }
  }
  for (const mail::HeaderField& field : before) {
    int& count = left[trim(field.raw)];
    if (count <= 0 || difference.header.size() >= fields_max) continue;
    --count;
    difference.header.push_back({false, shown(field)});
  }
  return difference;
}

}  // namespace watershed::harness
