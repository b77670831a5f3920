// Folding for i;unicode-casemap, with GNU libunistring's tables. RFC 5051. See comparator.hpp.
#include "base/text.hpp"
#include "components/filter/sieve/comparator.hpp"
#include "components/filter/sieve/utf8.hpp"

#include <unicase.h>
#include <uninorm.h>
#include <unistr.h>

#include <array>

namespace watershed::sieve {

namespace {

/// RFC 5051 §2 step 2 (b): decompose, and what comes of that again, until nothing changes.
void append_decomposed(std::string& out, ucs4_t character) {
  std::array<ucs4_t, UC_DECOMPOSITION_MAX_LENGTH> parts{};
  int tag = 0;
  const int count = uc_decomposition(character, &tag, parts.data());
  if (count <= 0) {
    append_utf8(out, character);
    return;
  }
  for (std::size_t index = 0; index < static_cast<std::size_t>(count); ++index) append_decomposed(out, parts[index]);
}

}  // namespace

std::string fold_unicode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = utf8_sequence_length(text);
    if (length <= 1) {
      const char c = text[0];
      out += c >= 'a' && c <= 'z' ? static_cast<char>(c - ('a' - 'A')) : c;  // also octets that are no UTF-8
      text.remove_prefix(1);
      continue;
    }
    std::array<std::uint8_t, 4> octets{};
    for (std::size_t index = 0; index < length; ++index) octets[index] = static_cast<std::uint8_t>(text[index]);
    ucs4_t character = 0;
    u8_mbtouc(&character, octets.data(), length);
    append_decomposed(out, uc_totitle(character));
    text.remove_prefix(length);
  }
  return out;
}

}  // namespace watershed::sieve
