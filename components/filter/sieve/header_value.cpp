// Decoding and encoding of header field values. See header_value.hpp.
#include "components/filter/sieve/header_value.hpp"

#include "base/text.hpp"
#include "components/filter/sieve/utf8.hpp"

#include <iconv.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace watershed::sieve {

namespace {

constexpr std::string_view base64_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// RFC 5322 §2.2.3: the line end goes. A tab that starts the next line becomes a blank, as mail programs show it.
std::string unfold(std::string_view raw) {
  std::string out;
  out.reserve(raw.size());
  for (std::size_t at = 0; at < raw.size(); ++at) {
    if (raw[at] == '\r' && at + 1 < raw.size() && raw[at + 1] == '\n') continue;
    if (raw[at] != '\n') {
      out += raw[at];
    } else if (at + 1 < raw.size() && (raw[at + 1] == ' ' || raw[at + 1] == '\t')) {
      out += ' ';
      ++at;
    }
  }
  return out;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = to_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// RFC 2047 §4.2.
std::string decode_q(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const int high = text[at] == '=' && at + 2 < text.size() ? hex_digit(text[at + 1]) : -1;
    const int low = high >= 0 ? hex_digit(text[at + 2]) : -1;
    if (low >= 0) {
      out += static_cast<char>(static_cast<unsigned char>(high * 16 + low));
      at += 2;
    } else {
      out += text[at] == '_' ? ' ' : text[at];
    }
  }
  return out;
}

struct EncodedWord {
  std::string text;
  std::size_t length = 0;
};

/// The encoded word at the start of `text`: `=?charset[*language]?encoding?encoded?=`.
std::optional<EncodedWord> encoded_word(std::string_view text) {
  if (!text.starts_with("=?")) return std::nullopt;
  const std::size_t charset_end = text.substr(0, 100).find('?', 2);
  if (charset_end == std::string_view::npos || charset_end + 2 >= text.size() || text[charset_end + 2] != '?') {
    return std::nullopt;
  }
  const char encoding = to_lower(text[charset_end + 1]);
  const std::size_t begin = charset_end + 3;
  const std::size_t end = text.find('?', begin);  // RFC 2047 §2: no '?' and no blank within
  if (end == std::string_view::npos || end + 1 >= text.size() || text[end + 1] != '=') return std::nullopt;
  if (encoding != 'q' && encoding != 'b') return std::nullopt;
  std::string_view charset = text.substr(2, charset_end - 2);
  charset = charset.substr(0, charset.find('*'));
  const std::string_view encoded = text.substr(begin, end - begin);
  return EncodedWord{to_utf8(encoding == 'q' ? decode_q(encoded) : decode_base64(encoded), charset), end + 2};
}

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

}  // namespace

std::string to_utf8(std::string_view text, std::string_view charset) {
  const bool is_utf8_already = equal_ignoring_case(charset, "utf-8") || equal_ignoring_case(charset, "us-ascii");
  if (is_utf8_already || charset.empty()) return repair_utf8(text);
  const iconv_t converter = iconv_open("UTF-8", std::string(charset).c_str());
  // NOLINTNEXTLINE: (iconv_t)-1 is how POSIX spells the error
  if (converter == reinterpret_cast<iconv_t>(-1)) return repair_utf8(text);
  std::string out;
  std::string input(text);
  char* from = input.data();
  std::size_t left = input.size();
  std::array<char, 1024> buffer{};
  while (left > 0) {
    char* to = buffer.data();
    std::size_t room = buffer.size();
    const std::size_t left_before = left;
    const std::size_t status = iconv(converter, &from, &left, &to, &room);
    out.append(buffer.data(), buffer.size() - room);
    const bool is_stuck = status == static_cast<std::size_t>(-1) && left == left_before && room == buffer.size();
    if (!is_stuck) continue;
    out.append("\xEF\xBF\xBD");  // an octet that the charset does not have
    ++from;
    --left;
  }
  iconv_close(converter);
  return out;
}

std::string decode_base64(std::string_view text) {
  std::string out;
  std::uint32_t bits = 0;
  unsigned held = 0;
  for (const char c : text) {
    const std::size_t value = base64_alphabet.find(c);
    if (value == std::string_view::npos) continue;  // RFC 2045 §6.8: other characters are ignored
    bits = (bits << 6U) | static_cast<std::uint32_t>(value);
    held += 6;
    if (held < 8) continue;
    held -= 8;
    out += static_cast<char>(static_cast<unsigned char>((bits >> held) & 0xFFU));
  }
  return out;
}

std::string encode_base64(std::string_view octets) {
  std::string out;
  std::uint32_t bits = 0;
  unsigned held = 0;
  for (const char c : octets) {
    bits = (bits << 8U) | static_cast<unsigned char>(c);
    for (held += 8; held >= 6; held -= 6) out += base64_alphabet[(bits >> (held - 6)) & 0x3FU];
  }
  if (held > 0) out += base64_alphabet[(bits << (6 - held)) & 0x3FU];
  while (out.size() % 4 != 0) out += '=';
  return out;
}

std::string decode_encoded_words(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  std::size_t blanks_from = std::string::npos;  // where the blanks since the last encoded word start in `out`
  while (!text.empty()) {
    if (const auto word = encoded_word(text)) {
      // RFC 2047 §6.2: blanks between two encoded words are not shown.
      if (blanks_from != std::string::npos) out.resize(blanks_from);
      out.append(word->text);
      blanks_from = out.size();
      text.remove_prefix(word->length);
      continue;
    }
    if (!is_blank(text[0])) blanks_from = std::string::npos;
    out += text[0];
    text.remove_prefix(1);
  }
  return out;
}

std::optional<std::string> decode_header_value(std::string_view raw) {
  const std::string_view trimmed = trim(raw);
  bool is_plain = true;
  for (const char c : trimmed) is_plain = is_plain && static_cast<unsigned char>(c) - 1U < 0x7F && c != '\n';
  const bool has_words = trimmed.find("=?") != std::string_view::npos;
  if (is_plain && !has_words) return std::nullopt;
  std::string value = unfold(trimmed);
  if (has_words) value = decode_encoded_words(value);
  // A NUL has no place in text; it is shown like any other octet that is no character.
  std::replace(value.begin(), value.end(), '\0', '\xFF');
  return repair_utf8(value);
}

std::string encode_header_value(std::string_view text) {
  std::string plain;
  for (const char c : text) plain += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
  if (is_ascii(plain) && plain.find("=?") == std::string::npos && plain.size() < 900) return plain;
  std::string out;
  std::string_view rest = plain;
  constexpr std::size_t octets_a_word = 45;  // 60 in base64 and 12 around them: RFC 2047 §2 allows 75
  while (!rest.empty()) {
    const std::string_view part = utf8_prefix(rest, octets_a_word);
    if (!out.empty()) out += "\r\n ";
    out.append("=?utf-8?B?").append(encode_base64(part)).append("?=");
    rest.remove_prefix(part.size());
  }
  return out;
}

}  // namespace watershed::sieve
