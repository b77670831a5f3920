// Dates as mail writes them. RFC 5322 §3.3 (date-time), §4.3 (obsolete forms that must still be read).
#include "base/text.hpp"
#include "mail/trace.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>

namespace watershed::mail {

namespace {

constexpr std::array<std::string_view, 7> day_names = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> month_names = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

// Outside these years RFC 5322 has no form for a date; stamps beyond are taken to the nearest end.
constexpr std::int64_t seconds_min = -62'135'596'800;  // 0001-01-01
constexpr std::int64_t seconds_max = 253'402'300'799;  // 9999-12-31 23:59:59

// By hand rather than by fmt: every hop of every message writes a date.
void append_digits(unsigned value, std::size_t width, std::string& out) {
  if (width == 2 && value < 100) {
    const char two[] = {static_cast<char>('0' + value / 10), static_cast<char>('0' + value % 10)};
    out.append(two, sizeof two);
    return;
  }
  out.append(width, '0');
  for (std::size_t place = out.size(); width-- > 0; value /= 10) out[--place] = static_cast<char>('0' + value % 10);
}

// The text without comments; nested and quoted parentheses are honoured (RFC 5322 §3.2.2).
std::string without_comments(std::string_view text) {
  std::string out;
  int depth = 0;
  for (std::size_t index = 0; index < text.size(); ++index) {
    const char c = text[index];
    if (depth > 0 && c == '\\') {
      ++index;
      continue;
    }
    if (c == '(') ++depth;
    if (depth == 0) out += c;
    if (c == ')' && depth > 0 && --depth == 0) out += ' ';
  }
  return out;
}

std::optional<int> number(std::string_view text, std::size_t digits_min, std::size_t digits_max) {
  if (text.size() < digits_min || text.size() > digits_max) return std::nullopt;
  int value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

std::optional<int> seconds_of_day(std::string_view text) {
  const std::size_t first = text.find(':');
  if (first == std::string_view::npos) return std::nullopt;
  const std::size_t second = text.find(':', first + 1);
  const auto hour = number(text.substr(0, first), 1, 2);
  const auto minute =
      number(text.substr(first + 1, second == std::string_view::npos ? second : second - first - 1), 2, 2);
  const auto leap = second == std::string_view::npos ? std::optional<int>(0) : number(text.substr(second + 1), 2, 2);
  if (!hour || !minute || !leap || *hour > 23 || *minute > 59 || *leap > 60) return std::nullopt;
  return *hour * 3600 + *minute * 60 + *leap;
}

// RFC 5322 §4.3: names other than these, and the military letters, mean -0000.
std::optional<int> zone_offset_seconds(std::string_view text) {
  if (text.size() == 5 && (text[0] == '+' || text[0] == '-')) {
    const auto digits = number(text.substr(1), 4, 4);
    if (!digits || *digits % 100 > 59) return std::nullopt;
    const int seconds = (*digits / 100) * 3600 + (*digits % 100) * 60;
    return text[0] == '-' ? -seconds : seconds;
  }
  struct NamedZone {
    std::string_view name;
    int hours;
  };
  constexpr std::array<NamedZone, 8> zones = {
      {{"EDT", -4}, {"EST", -5}, {"CDT", -5}, {"CST", -6}, {"MDT", -6}, {"MST", -7}, {"PDT", -7}, {"PST", -8}}};
  for (const NamedZone& zone : zones) {
    if (equal_ignoring_case(text, zone.name)) return zone.hours * 3600;
  }
  const bool is_name = text.size() <= 5 && std::all_of(text.begin(), text.end(), [](char c) {
                         const char lower = to_lower(c);
                         return lower >= 'a' && lower <= 'z';
                       });
  return is_name ? std::optional<int>(0) : std::nullopt;
}

std::optional<std::chrono::year_month_day> calendar_date(std::string_view day, std::string_view month,
                                                         std::string_view year) {
  const auto day_number = number(day, 1, 2);
  auto year_number = number(year, 2, 4);
  const auto name = std::find_if(month_names.begin(), month_names.end(),
                                 [&](std::string_view known) { return equal_ignoring_case(known, month); });
  if (!day_number || !year_number || name == month_names.end()) return std::nullopt;
  // RFC 5322 §4.3: 00 to 49 are 2000 to 2049; other years of two or three digits count from 1900.
  if (year.size() == 2 && *year_number < 50) *year_number += 2000;
  if (year.size() < 4 && *year_number < 1000) *year_number += 1900;
  const std::chrono::year_month_day date(std::chrono::year(*year_number),
                                         std::chrono::month(static_cast<unsigned>(name - month_names.begin() + 1)),
                                         std::chrono::day(static_cast<unsigned>(*day_number)));
  return date.ok() ? std::optional(date) : std::nullopt;
}

}  // namespace

std::string date_time(std::int64_t unix_seconds) {
  const std::chrono::sys_seconds at{std::chrono::seconds(std::clamp(unix_seconds, seconds_min, seconds_max))};
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(at - day);
  std::string out(day_names[std::chrono::weekday(day).c_encoding()]);
  out.reserve(32);
  out += ", ";
  append_digits(static_cast<unsigned>(date.day()), static_cast<unsigned>(date.day()) < 10 ? 1 : 2, out);
  out += ' ';
  out += month_names[static_cast<unsigned>(date.month()) - 1];
  out += ' ';
  append_digits(static_cast<unsigned>(static_cast<int>(date.year())), 4, out);
  out += ' ';
  append_digits(static_cast<unsigned>(time.hours().count()), 2, out);
  out += ':';
  append_digits(static_cast<unsigned>(time.minutes().count()), 2, out);
  out += ':';
  append_digits(static_cast<unsigned>(time.seconds().count()), 2, out);
  out += " +0000";
  return out;
}

Result<std::int64_t, Error> parse_date_time(std::string_view text) {
  const auto fault = [&] {
    constexpr std::size_t shown_octets_max = 60;
    return Error{fmt::format("date '{}' is not of the form 'Fri, 20 Nov 2026 06:15:00 +0000'",
                             printable(trim(text).substr(0, shown_octets_max)))};
  };
  const std::string plain = without_comments(text);
  std::vector<std::string_view> words = split(plain, ", \t\r\n");
  const bool starts_with_day_name =
      !words.empty() && std::any_of(day_names.begin(), day_names.end(),
                                    [&](std::string_view name) { return equal_ignoring_case(name, words[0]); });
  if (starts_with_day_name) words.erase(words.begin());
  if (words.size() != 5) return fault();
  const auto date = calendar_date(words[0], words[1], words[2]);
  const auto second = seconds_of_day(words[3]);
  const auto offset = zone_offset_seconds(words[4]);
  if (!date || !second || !offset) return fault();
  return std::chrono::sys_days(*date).time_since_epoch().count() * std::int64_t{86400} + *second - *offset;
}

}  // namespace watershed::mail
