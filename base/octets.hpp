// Quick looks at many octets, a word at a time, for texts that are nearly always harmless. base: no mail in here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace watershed {

namespace octets_detail {
inline constexpr std::uint64_t each_octet = 0x0101010101010101U;
inline constexpr std::uint64_t each_high_bit = 0x8080808080808080U;

// The last, shorter word is filled up with blanks.
template <class Test>
bool all_words(std::string_view text, Test test) {
  const char* at = text.data();
  std::size_t left = text.size();
  for (; left >= sizeof(std::uint64_t); left -= sizeof(std::uint64_t), at += sizeof(std::uint64_t)) {
    std::uint64_t word;
    std::memcpy(&word, at, sizeof word);
    if (!test(word)) return false;
  }
  std::uint64_t word = each_octet * ' ';
  if (left > 0) std::memcpy(&word, at, left);
  return test(word);
}

inline bool no_control(std::uint64_t word) {
  // An octet below 0x20 borrows from its high bit; octets over 0x7f have theirs set already.
  return ((word - each_octet * 0x20) & ~word & each_high_bit) == 0;
}
}  // namespace octets_detail

/// True when no octet is below 0x20.
inline bool has_no_control(std::string_view text) { return octets_detail::all_words(text, octets_detail::no_control); }

/// True when every octet is from 0x20 to 0x7e.
inline bool is_printable_ascii(std::string_view text) {
  return octets_detail::all_words(text, [](std::uint64_t word) {
    using namespace octets_detail;
    // Adding one carries 0x7f into the high bit.
    return no_control(word) && ((word | (word + each_octet)) & each_high_bit) == 0;
  });
}

}  // namespace watershed
