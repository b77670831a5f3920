// What a shape expects, in words. See describe() in shape.hpp.
#include "harness/yaml/shape.hpp"

#include <fmt/format.h>

namespace watershed::yaml {

namespace {

template <class Number>
std::string range(Number min, Number max) {
  const bool has_min = min != std::numeric_limits<Number>::lowest();
  const bool has_max = max != std::numeric_limits<Number>::max();
  if (has_min && has_max) return fmt::format(" from {} to {}", min, max);
  if (has_min) return fmt::format(" of at least {}", min);
  return has_max ? fmt::format(" of at most {}", max) : std::string();
}

struct Describe {
  std::string operator()(const TextRule& rule) const { return rule.what; }
  std::string operator()(const IntegerRule& rule) const { return "a whole number" + range(rule.min, rule.max); }
  std::string operator()(const NumberRule& rule) const { return "a number" + range(rule.min, rule.max); }
  std::string operator()(const BooleanRule&) const { return "true or false"; }
  std::string operator()(const DurationRule&) const { return "a duration such as 5s or 200ms"; }
  std::string operator()(const SizeRule&) const { return "a size such as 10KB or 1MiB"; }
  std::string operator()(const RateRule&) const { return "a rate such as 50/s"; }
  std::string operator()(const EnumerationRule& rule) const {
    if (rule.members.size() == 1) return fmt::format("'{}'", rule.members[0]);
    return fmt::format("one of: {}", fmt::join(rule.members, ", "));
  }
  std::string operator()(const AddressRule&) const { return "an address such as someone@host.example"; }
  std::string operator()(const IpAddressRule&) const { return "an IP address such as 192.0.2.1"; }
  std::string operator()(const AnythingRule&) const { return "anything"; }
  std::string operator()(const ListRule&) const { return "a list"; }
  std::string operator()(const MapRule&) const { return "a map"; }
  std::string operator()(const EitherRule& rule) const {
    std::string words;
    for (const Shape& alternative : rule.alternatives) {
      if (!words.empty()) words += " or ";
      words += describe(alternative);
    }
    return words;
  }
  std::string operator()(const ReferenceRule& rule) const { return fmt::format("a {}", rule.name); }
};

}  // namespace

std::string describe(const Shape& shape) { return std::visit(Describe{}, shape->rule); }

}  // namespace watershed::yaml
