// UTF-8 helpers. See utf8.hpp.
#include "components/filter/sieve/utf8.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace watershed::sieve {

namespace {

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

}  // namespace

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::string repair_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  bool in_run = false;
  while (!text.empty()) {
    const std::size_t length = utf8_sequence_length(text);
    if (length > 0) {
      out.append(text.substr(0, length));
    } else if (!in_run) {
      out.append("\xEF\xBF\xBD");
    }
    in_run = length == 0;
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return out;
}

std::string_view utf8_prefix(std::string_view text, std::size_t octets_max) {
  if (text.size() <= octets_max) return text;
  std::size_t end = octets_max;
  for (std::size_t back = 0; back < 3 && end > 0 && is_continuation(text[end]); ++back) --end;
  return text.substr(0, end);
}

std::size_t utf8_count(std::string_view text) {
  std::size_t count = 0;
  for (; !text.empty(); ++count) text.remove_prefix(std::max<std::size_t>(utf8_sequence_length(text), 1));
  return count;
}

bool append_utf8(std::string& text, std::uint32_t code_point) {
  const auto put = [&text](std::uint32_t octet) { text += static_cast<char>(octet); };
  const auto continuation = [code_point](unsigned shift) { return 0x80U | ((code_point >> shift) & 0x3FU); };
  if (code_point > 0x10FFFF || (code_point >= 0xD800 && code_point <= 0xDFFF)) return false;
  if (code_point < 0x80) {
    put(code_point);
  } else if (code_point < 0x800) {
    put(0xC0U | (code_point >> 6U));
    put(continuation(0));
  } else if (code_point < 0x10000) {
    put(0xE0U | (code_point >> 12U));
    put(continuation(6));
    put(continuation(0));
  } else {
    put(0xF0U | (code_point >> 18U));
    put(continuation(12));
    put(continuation(6));
    put(continuation(0));
  }
  return true;
}

}  // namespace watershed::sieve
