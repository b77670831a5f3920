// See scalar_check.hpp.
#include "harness/yaml/scalar_check.hpp"

#include "base/diagnostic.hpp"
#include "base/ip_address.hpp"
#include "harness/yaml/scalar.hpp"
#include "mail/address.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <type_traits>

namespace watershed::yaml {

namespace {

using Misfit = std::optional<std::string>;

struct Check {
  const Node& node;

  Misfit operator()(const TextRule& rule) const {
    if (node.text.empty()) return rule.may_be_empty ? Misfit() : Misfit("the text is empty");
    if (rule.pattern && !rule.pattern->matches(node.text)) return Misfit("");
    return std::nullopt;
  }

  Misfit operator()(const IntegerRule& rule) const { return in_range(parse_integer(node.text), rule.min, rule.max); }
  Misfit operator()(const NumberRule& rule) const { return in_range(parse_number(node.text), rule.min, rule.max); }

  Misfit operator()(const BooleanRule&) const {
    if (node.is_quoted) return Misfit("quotes make it text");
    return parse_boolean(node.text) ? Misfit() : Misfit("");
  }

  Misfit operator()(const DurationRule& rule) const { return quantity(parse_duration(node.text), rule.min, rule.max); }
  Misfit operator()(const SizeRule& rule) const {
    return quantity(parse_size(node.text), rule.bytes_min, rule.bytes_max);
  }
  Misfit operator()(const RateRule&) const {
    const auto parsed = parse_rate(node.text);
    return parsed ? Misfit() : Misfit(parsed.error().message);
  }

  Misfit operator()(const EnumerationRule& rule) const {
    if (std::find(rule.members.begin(), rule.members.end(), node.text) != rule.members.end()) return std::nullopt;
    constexpr std::size_t word_max = 64;  // comparing is quadratic, and a longer word is no slip
    if (node.text.size() > word_max) return Misfit("");
    const std::vector<std::string_view> members(rule.members.begin(), rule.members.end());
    const std::string nearest = nearest_match(node.text, members);
    return nearest.empty() ? Misfit("") : Misfit(fmt::format("did you mean '{}'?", nearest));
  }

  Misfit operator()(const AddressRule&) const {
    const auto parsed = mail::parse_address(node.text);
    return parsed ? Misfit() : Misfit(parsed.error().message);
  }
  Misfit operator()(const IpAddressRule&) const { return parse_ip_address(node.text) ? Misfit() : Misfit(""); }
  Misfit operator()(const AnythingRule&) const { return std::nullopt; }

  template <class Structure>
  Misfit operator()(const Structure&) const {
    return Misfit("");
  }

 private:
  template <class Number>
  Misfit in_range(const Result<Number, Error>& parsed, Number min, Number max) const {
    if (node.is_quoted) return Misfit("quotes make it text");
    return quantity(parsed, min, max);
  }

  template <class Value>
  static Misfit quantity(const Result<Value, Error>& parsed, Value min, Value max) {
    if (!parsed) return Misfit(parsed.error().message);
    if (*parsed < min) return Misfit("it is too small");
    if (*parsed > max) return Misfit("it is too large");
    return std::nullopt;
  }
};

}  // namespace

std::optional<std::string> misfit(const Node& node, const Rule& rule) { return std::visit(Check{node}, rule); }

}  // namespace watershed::yaml
