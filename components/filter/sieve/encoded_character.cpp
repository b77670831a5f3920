// Encoded characters in strings. See encoded_character.hpp.
#include "components/filter/sieve/encoded_character.hpp"

#include "base/text.hpp"
#include "components/filter/sieve/utf8.hpp"

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <vector>

namespace watershed::sieve {

namespace {

constexpr std::uint32_t beyond_unicode = 0xFFFFFFFF;

/// The hexadecimal numbers in the inside of `${…:…}`, nothing if one has another form or too many digits. What is too
/// large for a number is beyond_unicode.
std::optional<std::vector<std::uint32_t>> numbers(std::string_view inside, std::size_t digits_max) {
  std::vector<std::uint32_t> out;
  for (const std::string_view word : split(inside, " \t\r\n")) {
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value, 16);
    const bool is_too_large = error == std::errc::result_out_of_range;
    const bool is_number = (error == std::errc{} || is_too_large) && end == word.data() + word.size();
    if (!is_number || word.size() > digits_max) return std::nullopt;
    out.push_back(is_too_large ? beyond_unicode : value);
  }
  if (out.empty()) return std::nullopt;
  return out;
}

}  // namespace

Result<std::string, Error> decode_encoded_characters(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::size_t begin = text.find("${");
    out.append(text.substr(0, begin));
    if (begin == std::string_view::npos) break;
    text.remove_prefix(begin);
    const bool is_hex = starts_with_ignoring_case(text, "${hex:");
    const bool is_unicode = starts_with_ignoring_case(text, "${unicode:");
    const std::size_t inside = is_hex ? 6 : 10;
    std::size_t end = 0;
    std::optional<std::vector<std::uint32_t>> values;
    if (is_hex || is_unicode) {
      end = text.find_first_not_of("0123456789abcdefABCDEF \t\r\n", inside);
      const bool is_closed = end != std::string_view::npos && text[end] == '}';
      // RFC 5228 §2.4.2.4: hex-pair = 1*2HEXDIG, unicode-hex = 1*HEXDIG.
      constexpr std::size_t any_number = std::string_view::npos;
      if (is_closed) values = numbers(text.substr(inside, end - inside), is_hex ? 2 : any_number);
    }
    if (!values) {  // RFC 5228 §2.4.2.4: text that does not follow the syntax stands for itself
      out.append(text.substr(0, 2));
      text.remove_prefix(2);
      continue;
    }
    for (const std::uint32_t value : *values) {
      if (is_hex) {
        out += static_cast<char>(static_cast<unsigned char>(value));
      } else if (!append_utf8(out, value)) {
        return Error{fmt::format("U+{:04X} is no character", value)};
      }
    }
    text.remove_prefix(end + 1);
  }
  return {boost::system::in_place_value, std::move(out)};
}

}  // namespace watershed::sieve
