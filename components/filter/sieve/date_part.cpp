// Date parts. See date_part.hpp.
#include "components/filter/sieve/date_part.hpp"

#include "base/text.hpp"
#include "mail/trace.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>

namespace watershed::sieve {

namespace {

// In the order of the enumeration.
constexpr std::array<std::string_view, 13> part_names = {"year",  "month",  "day",    "date", "julian",
                                                         "hour",  "minute", "second", "time", "iso8601",
                                                         "std11", "zone",   "weekday"};

std::string zone_text(int zone_minutes, std::string_view separator) {
  const int minutes = std::abs(zone_minutes);
  return fmt::format("{}{:02}{}{:02}", zone_minutes < 0 ? '-' : '+', minutes / 60, separator, minutes % 60);
}

}  // namespace

std::optional<DatePart> find_date_part(std::string_view name) {
  const auto* const found = std::find_if(part_names.begin(), part_names.end(),
                                         [&](std::string_view known) { return equal_ignoring_case(known, name); });
  if (found == part_names.end()) return std::nullopt;
  return static_cast<DatePart>(found - part_names.begin());
}

std::optional<int> parse_zone(std::string_view text) {
  if (text.size() != 5 || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  int digits = 0;
  for (const char c : text.substr(1)) {
    if (c < '0' || c > '9') return std::nullopt;
    digits = digits * 10 + (c - '0');
  }
  if (digits % 100 > 59 || digits / 100 > 23) return std::nullopt;
  const int minutes = (digits / 100) * 60 + digits % 100;
  return text[0] == '-' ? -minutes : minutes;
}

std::string format_date_part(DatePart part, std::int64_t unix_seconds, int zone_minutes) {
  const std::chrono::sys_seconds local{std::chrono::seconds(unix_seconds + std::int64_t{zone_minutes} * 60)};
  const auto days = std::chrono::floor<std::chrono::days>(local);
  const std::chrono::year_month_day date(days);
  const std::chrono::hh_mm_ss time(local - days);
  const int year = static_cast<int>(date.year());
  const unsigned month = static_cast<unsigned>(date.month());
  const unsigned day = static_cast<unsigned>(date.day());
  const auto clock = [&] {
    return fmt::format("{:02}:{:02}:{:02}", time.hours().count(), time.minutes().count(), time.seconds().count());
  };
  switch (part) {
    case DatePart::year:
      return fmt::format("{:04}", year);
    case DatePart::month:
      return fmt::format("{:02}", month);
    case DatePart::day:
      return fmt::format("{:02}", day);
    case DatePart::date:
      return fmt::format("{:04}-{:02}-{:02}", year, month, day);
    // RFC 5260 §4: the Modified Julian Day, which is 40587 on 1970-01-01.
    case DatePart::julian:
      return fmt::format("{}", days.time_since_epoch().count() + 40587);
    case DatePart::hour:
      return fmt::format("{:02}", time.hours().count());
    case DatePart::minute:
      return fmt::format("{:02}", time.minutes().count());
    case DatePart::second:
      return fmt::format("{:02}", time.seconds().count());
    case DatePart::time:
      return clock();
    case DatePart::iso8601:
      return fmt::format("{:04}-{:02}-{:02}T{}{}", year, month, day, clock(),
                         zone_minutes == 0 ? "Z" : zone_text(zone_minutes, ":"));
    case DatePart::std11: {
      // With two digits for the day, as Pigeonhole writes it; RFC 5322 §3.3 takes both.
      constexpr std::string_view days_of_week[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
      constexpr std::string_view months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                             "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
      return fmt::format("{}, {:02} {} {:04} {} {}", days_of_week[std::chrono::weekday(days).c_encoding()], day,
                         months[month - 1], year, clock(), zone_text(zone_minutes, ""));
    }
    case DatePart::zone:
      return zone_text(zone_minutes, "");
    case DatePart::weekday:
      break;
  }
  return fmt::format("{}", std::chrono::weekday(days).c_encoding());
}

std::optional<WrittenDate> parse_written_date(std::string_view value) {
  const std::size_t semicolon = value.rfind(';');
  std::string_view text = semicolon == std::string_view::npos ? value : value.substr(semicolon + 1);
  const auto instant = mail::parse_date_time(text);
  if (!instant) return std::nullopt;
  // The same date with its zone taken for UTC tells how far the zone is from UTC.
  const std::size_t clock = std::min(text.find(':'), text.size());
  text = trim(text.substr(0, text.find('(', clock)));
  const std::size_t zone = text.find_last_of(" \t");
  if (zone == std::string_view::npos) return WrittenDate{*instant, 0};
  const auto as_utc = mail::parse_date_time(std::string(text.substr(0, zone)) + " +0000");
  return WrittenDate{*instant, as_utc ? static_cast<int>((*as_utc - *instant) / 60) : 0};
}

}  // namespace watershed::sieve
