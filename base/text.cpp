// See text.hpp.
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed {

char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string to_lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    // Without a branch for the usual case the compiler handles many characters at once.
    const bool is_upper = static_cast<unsigned char>(c - 'A') < 26;
    c = static_cast<char>(c + (is_upper ? 'a' - 'A' : 0));
  }
  return out;
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return x == y || to_lower(x) == to_lower(y); });
}

bool starts_with_ignoring_case(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() && equal_ignoring_case(text.substr(0, prefix.size()), prefix);
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view blank = " \t\r\n";
  const std::size_t first = text.find_first_not_of(blank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blank) - first + 1);
}

std::vector<std::string_view> split(std::string_view text, std::string_view separators) {
  // By hand: find_first_of calls the C library once for each character.
  const auto separates = [&](char c) {
    for (const char separator : separators) {
      if (c == separator) return true;
    }
    return false;
  };
  std::vector<std::string_view> parts;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t start = at;
    while (at < text.size() && !separates(text[at])) ++at;
    if (at > start) parts.push_back(text.substr(start, at - start));
    ++at;
  }
  return parts;
}

std::size_t utf8_sequence_length(std::string_view text) {
  const auto byte = [&](std::size_t index) { return static_cast<unsigned char>(text[index]); };
  const unsigned lead = byte(0);
  const std::size_t length = lead < 0x80                   ? 1
                             : lead >= 0xc2 && lead < 0xe0 ? 2
                             : lead >= 0xe0 && lead < 0xf0 ? 3
                             : lead >= 0xf0 && lead < 0xf5 ? 4
                                                           : 0;
  if (length == 0 || length > text.size()) return 0;
  for (std::size_t index = 1; index < length; ++index) {
    if ((byte(index) & 0xc0) != 0x80) return 0;
  }
  if (lead == 0xe0 && byte(1) < 0xa0) return 0;
  if (lead == 0xed && byte(1) > 0x9f) return 0;
  if (lead == 0xf0 && byte(1) < 0x90) return 0;
  if (lead == 0xf4 && byte(1) > 0x8f) return 0;
  return length;
}

bool is_utf8(std::string_view text) {
  for (;;) {
    // Nearly all text is ASCII.
    const auto other = std::find_if(text.begin(), text.end(), [](char c) { return (c & 0x80) != 0; });
    if (other == text.end()) return true;
    text.remove_prefix(static_cast<std::size_t>(other - text.begin()));
    const std::size_t length = utf8_sequence_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
}

std::string printable(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t length = utf8_sequence_length(text);
    const auto lead = static_cast<unsigned char>(text[0]);
    // C1 controls (U+0080 to U+009F) and bidirectional overrides (U+202A-E, U+2066-9) can rewrite what a terminal
    // shows.
    const bool c1 = length == 2 && lead == 0xc2 && static_cast<unsigned char>(text[1]) < 0xa0;
    const bool bidi = length == 3 && lead == 0xe2 &&
                      ((text[1] == '\x80' && text[2] >= '\xaa' && text[2] <= '\xae') ||
                       (text[1] == '\x81' && text[2] >= '\xa6' && text[2] <= '\xa9'));
    if (length == 0 || lead < 0x20 || lead == 0x7f || c1 || bidi) {
      const std::size_t shown = std::max<std::size_t>(length, 1);
      for (const char c : text.substr(0, shown)) out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
      text.remove_prefix(shown);
      continue;
    }
    out += text.substr(0, length);
    text.remove_prefix(length);
  }
  return out;
}

}  // namespace watershed
