// ASCII text helpers that mail needs: protocol keywords are ASCII and case-insensitive whatever the locale (RFC 5321
// §2.4).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace watershed {

char to_lower(char c);
std::string to_lower(std::string_view text);
bool equal_ignoring_case(std::string_view a, std::string_view b);
bool starts_with_ignoring_case(std::string_view text, std::string_view prefix);

/// Without leading and trailing blanks, tabs, CR and LF.
std::string_view trim(std::string_view text);

/// Parts between any of `separators`; empty parts are dropped.
std::vector<std::string_view> split(std::string_view text, std::string_view separators);

/// Length of the valid UTF-8 sequence at the start of a non-empty `text` (RFC 3629 §4), or 0 when there is none.
std::size_t utf8_sequence_length(std::string_view text);

/// True if all of `text` is valid UTF-8 (ASCII included).
bool is_utf8(std::string_view text);

/// The text with control characters and bytes over 0x7e that are not valid UTF-8 shown as `\xHH`: safe for a terminal.
std::string printable(std::string_view text);

}  // namespace watershed
