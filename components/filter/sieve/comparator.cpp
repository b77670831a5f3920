// Comparators. See comparator.hpp.
#include "components/filter/sieve/comparator.hpp"

#include <algorithm>

namespace watershed::sieve {

namespace {

char to_upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - ('a' - 'A')) : c; }

/// The digits at the start without leading zeros; nothing stands for infinity.
std::optional<std::string_view> leading_number(std::string_view text) {
  const std::size_t end = std::min(text.find_first_not_of("0123456789"), text.size());
  if (end == 0) return std::nullopt;
  const std::string_view digits = text.substr(0, end);
  return digits.substr(std::min(digits.find_first_not_of('0'), digits.size()));
}

// RFC 4790 §9.1.1: what does not start with a digit is positive infinity, and infinity equals infinity.
std::strong_ordering compare_numbers(std::string_view a, std::string_view b) {
  const auto first = leading_number(a);
  const auto second = leading_number(b);
  if (!first || !second) return second.has_value() <=> first.has_value();
  if (first->size() != second->size()) return first->size() <=> second->size();
  return *first <=> *second;
}

}  // namespace

std::optional<Comparator> find_comparator(std::string_view name) {
  if (name == "i;octet") return Comparator::octet;
  if (name == "i;ascii-casemap") return Comparator::ascii_casemap;
  if (name == "i;ascii-numeric") return Comparator::ascii_numeric;
  if (name == "i;unicode-casemap") return Comparator::unicode_casemap;
  return std::nullopt;
}

Extension capability(Comparator comparator) {
  if (comparator == Comparator::unicode_casemap) return Extension::comparator_unicode_casemap;
  return comparator == Comparator::ascii_numeric ? Extension::comparator_ascii_numeric : Extension::core;
}

bool has_substrings(Comparator comparator) { return comparator != Comparator::ascii_numeric; }

std::string fold_ascii(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), to_upper);
  return out;
}

std::strong_ordering compare(Comparator comparator, std::string_view a, std::string_view b) {
  switch (comparator) {
    case Comparator::octet:
      return a <=> b;
    case Comparator::ascii_numeric:
      return compare_numbers(a, b);
    case Comparator::unicode_casemap:
      return fold_unicode(a) <=> fold_unicode(b);
    case Comparator::ascii_casemap:
      break;
  }
  const std::size_t shared = std::min(a.size(), b.size());
  for (std::size_t index = 0; index < shared; ++index) {
    const auto first = static_cast<unsigned char>(to_upper(a[index]));
    const auto second = static_cast<unsigned char>(to_upper(b[index]));
    if (first != second) return first <=> second;
  }
  return a.size() <=> b.size();
}

}  // namespace watershed::sieve
