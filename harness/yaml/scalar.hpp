// Reads numbers and quantities as people write them in scenario files: 5s, 10KB, 50/s. Units are never implied.
#pragma once

#include "base/result.hpp"

#include <chrono>
#include <cstdint>
#include <string_view>

namespace watershed::yaml {

/// Decimal without leading zeros (YAML 1.1 and 1.2 disagree on 010) and without a plus sign.
Result<std::int64_t, Error> parse_integer(std::string_view text);

/// A finite decimal number: 3, 0.25, -1.5, 1e6.
Result<double, Error> parse_number(std::string_view text);

/// `true` or `false`. The other words of YAML 1.1 (yes, no, on, off) are refused.
Result<bool, Error> parse_boolean(std::string_view text);

/// A number and one of us, ms, s, m (minutes), h, d, w; at most 292 years. Must be a whole number of nanoseconds.
Result<std::chrono::nanoseconds, Error> parse_duration(std::string_view text);

/// A number and one of B, KB, MB, GB (powers of 1000), KiB, MiB, GiB (of 1024). Bytes.
Result<std::uint64_t, Error> parse_size(std::string_view text);

/// A positive number and one of /s, /m, /h, /d. Events per second.
Result<double, Error> parse_rate(std::string_view text);

inline constexpr std::string_view duration_pattern = "[0-9]+(\\.[0-9]+)?(us|ms|s|m|h|d|w)";
inline constexpr std::string_view size_pattern = "[0-9]+(\\.[0-9]+)?(B|KB|MB|GB|KiB|MiB|GiB)";
inline constexpr std::string_view rate_pattern = "[0-9]+(\\.[0-9]+)?/(s|m|h|d)";

}  // namespace watershed::yaml
