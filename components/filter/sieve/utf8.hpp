// UTF-8 where Sieve needs it: repair, cutting between characters, composing one character. RFC 3629.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace watershed::sieve {

bool is_ascii(std::string_view text);

/// Invalid octets become U+FFFD, one for each run, so that every value a script sees is UTF-8.
std::string repair_utf8(std::string_view text);

/// The longest prefix of at most `octets_max` octets that does not end within a character.
std::string_view utf8_prefix(std::string_view text, std::size_t octets_max);

/// Number of characters; an invalid octet counts as one.
std::size_t utf8_count(std::string_view text);

/// False for surrogates and values over U+10FFFF, which append nothing.
bool append_utf8(std::string& text, std::uint32_t code_point);

}  // namespace watershed::sieve
