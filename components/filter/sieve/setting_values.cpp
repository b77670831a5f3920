// Values of settings. See setting_values.hpp.
#include "components/filter/sieve/setting_values.hpp"

#include "base/text.hpp"

#include <charconv>
#include <string>

namespace watershed::sieve {

std::optional<std::uint64_t> leading_number(std::string_view text, std::string_view& rest) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{}) return std::nullopt;
  rest = trim(text.substr(static_cast<std::size_t>(end - text.data())));
  return number;
}

// `10`, `10k`, `1M`. Zero stands for no limit.
std::optional<std::uint64_t> size_octets(std::string_view text) {
  std::string_view unit;
  const auto number = leading_number(trim(text), unit);
  if (!number) return std::nullopt;
  const std::string folded = to_lower(unit.substr(0, 1));
  const unsigned shift = folded == "k" ? 10 : folded == "m" ? 20 : folded == "g" ? 30 : 0;
  if (!unit.empty() && shift == 0 && folded != "b") return std::nullopt;
  return *number << shift;
}

// `30s`, `5m`, `2h`, `1d`, `1w`, also with the units written out; without one seconds.
std::optional<std::int64_t> duration_seconds(std::string_view text) {
  std::string_view unit;
  const auto number = leading_number(trim(text), unit);
  if (!number || *number > 1'000'000'000) return std::nullopt;
  const std::string folded = to_lower(unit);
  std::int64_t factor = 1;
  if (folded.empty() || folded == "s" || folded.starts_with("sec")) {
    factor = 1;
  } else if (folded == "m" || folded.starts_with("min")) {
    factor = 60;
  } else if (folded == "h" || folded.starts_with("hour")) {
    factor = 3600;
  } else if (folded == "d" || folded.starts_with("day")) {
    factor = 86'400;
  } else if (folded == "w" || folded.starts_with("week")) {
    factor = 7 * 86'400;
  } else {
    return std::nullopt;
  }
  return static_cast<std::int64_t>(*number) * factor;
}

std::optional<bool> boolean(std::string_view text) {
  const std::string folded = to_lower(trim(text));
  if (folded == "yes" || folded == "y" || folded == "true" || folded == "1" || folded == "on") return true;
  if (folded == "no" || folded == "n" || folded == "false" || folded == "0" || folded == "off") return false;
  return std::nullopt;
}

}  // namespace watershed::sieve
