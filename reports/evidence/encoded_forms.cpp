// See encoded_forms.hpp.
#include "reports/evidence/encoded_forms.hpp"

#include "base/text.hpp"
#include "components/filter/sieve/header_value.hpp"
#include "components/filter/sieve/mime_part.hpp"
#include "mail/message.hpp"

#include <fmt/format.h>

namespace watershed::reports {

namespace {

constexpr std::size_t base64_min = 16;  // twelve octets: the shortest stretch that counts as content

// RFC 4648 §4 and §5.
bool is_base64(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
}

void read_part(const sieve::MimePart& part, std::vector<std::string>& found) {
  for (const sieve::MimePart& child : part.children) read_part(child, found);
  if (part.is_multipart()) return;
  // Header fields of a message in a message are content whatever they are called.
  if (!part.path.empty()) found.push_back(sieve::decode_encoded_words(part.header));
  std::string body = sieve::decoded_body(part);
  std::string text = sieve::decoded_text(part);
  if (text != body) found.push_back(std::move(text));
  if (body != part.body) found.push_back(std::move(body));
}

}  // namespace

std::vector<std::string> decoded_bodies(std::string_view message) {
  const mail::Message parsed = mail::Message::parse(std::string(message));
  std::vector<std::string> found;
  read_part(sieve::parse_mime(parsed, sieve::Limits{}), found);
  return found;
}

std::string decoded_value(std::string_view raw) {
  auto decoded = sieve::decode_header_value(raw);
  return decoded ? std::move(*decoded) : std::string(trim(raw));
}

std::string quoted_form(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c != '\r') {
      out += c;
    }
  }
  return out;
}

std::size_t encoded_length(std::string_view text, std::size_t at) {
  // RFC 2047 §2: `=?charset?encoding?encoded-text?=`, no blank in it.
  if (text.substr(at).starts_with("=?")) {
    const std::size_t charset_end = text.find('?', at + 2);
    const std::size_t encoding_end =
        charset_end == std::string_view::npos ? charset_end : text.find('?', charset_end + 1);
    const std::size_t end = encoding_end == std::string_view::npos ? encoding_end : text.find("?=", encoding_end + 1);
    const std::size_t length = end == std::string_view::npos ? 0 : end + 2 - at;
    const bool is_word = length > 0 && encoding_end == charset_end + 2 &&
                         text.substr(at, length).find_first_of(" \t\r\n") == std::string_view::npos;
    return is_word ? length : 0;
  }
  if (!is_base64(text[at]) || (at > 0 && is_base64(text[at - 1]))) return 0;
  std::size_t end = at;
  while (end < text.size() && is_base64(text[end])) ++end;
  return end - at >= base64_min ? end - at : 0;
}

std::vector<std::string> readings(std::string_view encoded) {
  if (encoded.starts_with("=?")) return {sieve::decode_encoded_words(encoded)};
  std::vector<std::string> found;
  for (std::size_t skipped = 0; skipped < 4; ++skipped) {
    const std::string_view rest = encoded.substr(skipped);
    found.push_back(sieve::decode_base64(rest.substr(0, rest.size() - rest.size() % 4)));
  }
  return found;
}

}  // namespace watershed::reports
