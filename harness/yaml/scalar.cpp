// See scalar.hpp. Exact integer arithmetic: 0.1s is 100000000 ns, not almost.
#include "harness/yaml/scalar.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <limits>
#include <span>
#include <string>

namespace watershed::yaml {

namespace {

__extension__ using Wide = unsigned __int128;

struct Unit {
  std::string_view symbol;
  std::uint64_t factor;
};

constexpr std::uint64_t second_ns = 1'000'000'000;
constexpr Unit duration_units[] = {
    {"us", 1'000},
    {"ms", 1'000'000},
    {"s", second_ns},
    {"m", 60 * second_ns},
    {"h", 3'600 * second_ns},
    {"d", 86'400 * second_ns},
    {"w", 604'800 * second_ns},
};
constexpr Unit size_units[] = {
    {"B", 1},          {"KB", 1'000},     {"MB", 1'000'000}, {"GB", 1'000'000'000},
    {"KiB", 1U << 10}, {"MiB", 1U << 20}, {"GiB", 1U << 30},
};
constexpr Unit rate_units[] = {{"/s", 1}, {"/m", 60}, {"/h", 3'600}, {"/d", 86'400}};

struct Words {
  std::string_view singular;
  std::string_view carries;  // what to say when the unit is missing
};
constexpr Words duration_words{"duration", "durations carry units: 5s, 200ms"};
constexpr Words size_words{"size", "sizes carry units: 10KB, 1MiB"};
constexpr Words rate_words{"rate", "rates carry units: 50/s, 1200/h"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::size_t digits_at(std::string_view text) {
  std::size_t count = 0;
  while (count < text.size() && is_digit(text[count])) ++count;
  return count;
}

Error named(std::string_view text, std::string_view what) {
  constexpr std::size_t shown_max = 60;
  return Error{fmt::format("'{}' {}", printable(text.substr(0, shown_max)), what)};
}

struct Quantity {
  std::uint64_t whole = 0;
  std::uint64_t fraction = 0;        // the digits after the point …
  std::uint64_t fraction_scale = 1;  // … divided by this
  std::uint64_t factor = 1;          // of the unit
};

Result<Quantity, Error> parse_quantity(std::string_view text, std::span<const Unit> units, const Words& words) {
  constexpr std::size_t digits_max = 18;  // 10^18 fits into 64 bits
  Quantity quantity;
  const std::size_t whole_digits = digits_at(text);
  std::string_view rest = text.substr(whole_digits);
  if (whole_digits == 0) return named(text, fmt::format("is not a {}; {}", words.singular, words.carries));
  std::size_t fraction_digits = 0;
  if (rest.starts_with('.')) {
    fraction_digits = digits_at(rest.substr(1));
    if (fraction_digits == 0) return named(text, fmt::format("is not a {}; {}", words.singular, words.carries));
  }
  if (whole_digits > digits_max || fraction_digits > digits_max) return named(text, "has too many digits");
  for (const char c : text.substr(0, whole_digits))
    quantity.whole = quantity.whole * 10 + static_cast<unsigned>(c - '0');
  if (fraction_digits > 0) {
    for (const char c : rest.substr(1, fraction_digits)) {
      quantity.fraction = quantity.fraction * 10 + static_cast<unsigned>(c - '0');
      quantity.fraction_scale *= 10;
    }
    rest.remove_prefix(1 + fraction_digits);
  }
  if (rest.empty()) return named(text, fmt::format("has no unit; {}", words.carries));
  std::string known;
  for (const Unit& unit : units) {
    if (unit.symbol == rest) {
      quantity.factor = unit.factor;
      return quantity;
    }
    known += fmt::format("{}{}", known.empty() ? "" : ", ", unit.symbol);
  }
  return named(text, fmt::format("has an unknown unit; a {} ends in one of: {}", words.singular, known));
}

// whole.fraction × factor as an exact number of the base unit.
Result<std::uint64_t, Error> in_base_unit(std::string_view text, const Quantity& quantity, std::uint64_t max,
                                          std::string_view too_fine) {
  const Wide fraction = Wide{quantity.fraction} * quantity.factor;
  if (fraction % quantity.fraction_scale != 0) return named(text, too_fine);
  const Wide total = Wide{quantity.whole} * quantity.factor + fraction / quantity.fraction_scale;
  if (total > max) return named(text, "is too large");
  return static_cast<std::uint64_t>(total);
}

}  // namespace

Result<std::int64_t, Error> parse_integer(std::string_view text) {
  const std::string_view digits = text.substr(text.starts_with('-') ? 1 : 0);
  if (digits.empty() || digits_at(digits) != digits.size()) return named(text, "is not a whole number");
  if (digits.size() > 1 && digits[0] == '0')
    return named(text, "has a leading zero, which YAML versions read differently");
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return named(text, "is too large for a whole number");
  return value;
}

Result<double, Error> parse_number(std::string_view text) {
  const std::string_view digits = text.substr(text.starts_with('-') ? 1 : 0);
  if (digits.empty() || !is_digit(digits[0]) || !is_digit(digits.back())) return named(text, "is not a number");
  if (digits.size() > 1 && digits[0] == '0' && is_digit(digits[1])) {
    return named(text, "has a leading zero, which YAML versions read differently");
  }
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) {
    return named(text, "is not a number");
  }
  return value;
}

Result<bool, Error> parse_boolean(std::string_view text) {
  if (text == "true") return true;
  if (text == "false") return false;
  return named(text, "is neither true nor false");
}

Result<std::chrono::nanoseconds, Error> parse_duration(std::string_view text) {
  const auto quantity = parse_quantity(text, duration_units, duration_words);
  if (!quantity) return quantity.error();
  constexpr auto max = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  const auto total = in_base_unit(text, *quantity, max, "is finer than a nanosecond");
  if (!total) return total.error();
  return std::chrono::nanoseconds(static_cast<std::int64_t>(*total));
}

Result<std::uint64_t, Error> parse_size(std::string_view text) {
  const auto quantity = parse_quantity(text, size_units, size_words);
  if (!quantity) return quantity.error();
  return in_base_unit(text, *quantity, std::numeric_limits<std::uint64_t>::max(), "is not a whole number of bytes");
}

Result<double, Error> parse_rate(std::string_view text) {
  const auto quantity = parse_quantity(text, rate_units, rate_words);
  if (!quantity) return quantity.error();
  const double count = static_cast<double>(quantity->whole) +
                       static_cast<double>(quantity->fraction) / static_cast<double>(quantity->fraction_scale);
  if (count <= 0) return named(text, "is no rate; it must be more than nothing");
  return count / static_cast<double>(quantity->factor);
}

}  // namespace watershed::yaml
