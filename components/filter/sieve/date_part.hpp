// Date parts as strings. RFC 5260 §4.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace watershed::sieve {

enum class DatePart { year, month, day, date, julian, hour, minute, second, time, iso8601, std11, zone, weekday };

/// By its name (any case), e.g. "iso8601".
std::optional<DatePart> find_date_part(std::string_view name);

/// `"+hhmm"` or `"-hhmm"` in minutes east of UTC, nothing for anything else.
std::optional<int> parse_zone(std::string_view text);

/// The part of that instant as a clock in the given zone shows it.
std::string format_date_part(DatePart part, std::int64_t unix_seconds, int zone_minutes);

/// A date in a header field, with the zone it was written in.
struct WrittenDate {
  std::int64_t unix_seconds = 0;
  int zone_minutes = 0;
};

/// The date-time of a field's unfolded value: all of it, or what follows the last semicolon, as in Received
/// (RFC 5260 §4). Nothing where there is none.
std::optional<WrittenDate> parse_written_date(std::string_view value);

}  // namespace watershed::sieve
