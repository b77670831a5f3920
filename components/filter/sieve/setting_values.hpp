// How dovecot.conf writes sizes, times and switches.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace watershed::sieve {

/// The number at the start; `rest` is what follows it, trimmed.
std::optional<std::uint64_t> leading_number(std::string_view text, std::string_view& rest);

/// `10`, `10k`, `1M`.
std::optional<std::uint64_t> size_octets(std::string_view text);

/// `30s`, `5m`, `2h`, `1d`, `1w`, also with the units written out; without one seconds.
std::optional<std::int64_t> duration_seconds(std::string_view text);

/// `yes`, `true`, `1` … or `no`, `false`, `0` ….
std::optional<bool> boolean(std::string_view text);

}  // namespace watershed::sieve
