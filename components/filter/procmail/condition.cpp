// See condition.hpp.
#include "components/filter/procmail/condition.hpp"

#include "components/filter/procmail/regex.hpp"
#include "components/filter/procmail/scanner.hpp"

#include <charconv>
#include <cmath>
#include <cstdlib>

namespace watershed::procmail {

namespace {

std::string_view without_blanks(std::string_view text) {
  while (!text.empty() && (is_blank(text.front()) || text.front() == '\n')) text.remove_prefix(1);
  return text;
}

/// Digits with a sign and a point; procmailsc(5): no engineering format. Nothing where no digit stands.
std::optional<double> real(std::string_view& text) {
  std::size_t end = 0;
  bool has_digit = false;
  std::string digits;
  if (end < text.size() && (text[end] == '+' || text[end] == '-')) {
    if (text[end] == '-') digits += '-';
    ++end;
  }
  for (bool has_point = false; end < text.size(); ++end) {
    const char c = text[end];
    if (c == '.' && !has_point) {
      has_point = true;
    } else if (c >= '0' && c <= '9') {
      has_digit = true;
    } else {
      break;
    }
    digits += c;
  }
  if (!has_digit) return std::nullopt;
  text.remove_prefix(end);
  return std::strtod(digits.c_str(), nullptr);
}

/// `w^x` at the start; `text` goes on behind it.
std::optional<Weight> weight(std::string_view& text) {
  std::string_view rest = text;
  const std::optional<double> base = real(rest);
  if (!base) return std::nullopt;
  rest = without_blanks(rest);
  if (!rest.starts_with('^')) return std::nullopt;
  rest.remove_prefix(1);
  rest = without_blanks(rest);
  const std::optional<double> exponent = real(rest);
  if (!exponent) return std::nullopt;
  text = rest;
  return Weight{*base, *exponent};
}

/// `name ??` at the start.
std::string area(std::string_view& text) {
  std::size_t end = 0;
  if (text.empty() || !is_name_start(text.front())) return {};
  while (end < text.size() && is_name_part(text[end])) ++end;
  const std::string_view rest = without_blanks(text.substr(end));
  if (!rest.starts_with("??")) return {};
  std::string name(text.substr(0, end));
  text = rest.substr(2);
  return name;
}

void size(Condition& condition, std::string_view text) {
  text = without_blanks(text);
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), condition.octets);
  condition.has_number = status == std::errc();
  if (status == std::errc::result_out_of_range) condition.octets = UINT64_MAX;
  condition.text = std::string(end, text.data() + text.size());
}

}  // namespace

Condition parse_condition(std::string_view text, Condition before) {
  Condition condition = std::move(before);
  while (true) {
    text = without_blanks(text);
    const char c = text.empty() ? '\0' : text.front();
    if (c == '!') {
      condition.inverted = !condition.inverted;
      text.remove_prefix(1);
      continue;
    }
    if (c == '$' || c == '?' || c == '<' || c == '>') {
      text.remove_prefix(1);
      condition.kind = c == '$'   ? Condition::Kind::substituted
                       : c == '?' ? Condition::Kind::program
                       : c == '<' ? Condition::Kind::smaller
                                  : Condition::Kind::larger;
      if (c == '<' || c == '>') {
        size(condition, text);
      } else {
        condition.text = std::string(without_blanks(text));
      }
      return condition;
    }
    if (!condition.weight) {
      if (auto found = weight(text)) {
        condition.weight = *found;
        continue;
      }
    }
    if (condition.area.empty()) {
      condition.area = area(text);
      if (!condition.area.empty()) continue;
    }
    // A backslash in front takes the special meaning from what follows it, and is no part of the expression.
    if (c == '\\') text.remove_prefix(1);
    condition.kind = Condition::Kind::expression;
    condition.text = std::string(text);
    return condition;
  }
}

std::string defect_of(std::string_view text) {
  const Condition condition = parse_condition(text);
  if (condition.kind != Condition::Kind::expression) return {};
  const auto regex = Regex::parse(with_macros(condition.text), true);
  return regex ? regex->defect() : regex.error().message;
}

}  // namespace watershed::procmail
