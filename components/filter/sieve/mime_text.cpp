// Bodies of MIME parts as octets and as text: transfer encodings, charsets, HTML. RFC 2045 §6. See mime_part.hpp.
#include "base/text.hpp"
#include "components/filter/sieve/header_value.hpp"
#include "components/filter/sieve/mime_part.hpp"
#include "components/filter/sieve/utf8.hpp"

#include <array>
#include <charconv>
#include <utility>

namespace watershed::sieve {

namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = to_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// RFC 2045 §6.7: blanks at the end of a line go, `=` at its end joins it with the next.
std::string decode_quoted_printable(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t newline = text.find('\n');
    std::string_view line = text.substr(0, newline);
    const bool has_end = newline != std::string_view::npos;
    text.remove_prefix(has_end ? newline + 1 : text.size());
    while (!line.empty() && (line.back() == ' ' || line.back() == '\t' || line.back() == '\r')) line.remove_suffix(1);
    bool is_joined = false;
    for (std::size_t at = 0; at < line.size(); ++at) {
      if (line[at] != '=') {
        out += line[at];
        continue;
      }
      is_joined = at + 1 == line.size();
      const int high = at + 2 < line.size() ? hex_digit(line[at + 1]) : -1;
      const int low = high >= 0 ? hex_digit(line[at + 2]) : -1;
      if (low >= 0) {
        out += static_cast<char>(static_cast<unsigned char>(high * 16 + low));
        at += 2;
      } else if (!is_joined) {
        out += '=';
      }
    }
    if (has_end && !is_joined) out += "\r\n";
  }
  return out;
}

struct Entity {
  std::string_view name;
  std::string_view text;
};
constexpr std::array<Entity, 6> entities = {
    {{"amp", "&"}, {"lt", "<"}, {"gt", ">"}, {"quot", "\""}, {"apos", "'"}, {"nbsp", " "}}};

/// The character reference at the start of `html` (which is `&…;`), or nothing.
std::optional<std::pair<std::string, std::size_t>> reference(std::string_view html) {
  const std::size_t end = html.substr(0, 12).find(';');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view name = html.substr(1, end - 1);
  for (const Entity& entity : entities) {
    if (entity.name == name) return std::pair(std::string(entity.text), end + 1);
  }
  if (!name.starts_with('#') || name.size() < 2) return std::nullopt;
  const bool is_hex = to_lower(name[1]) == 'x';
  const std::string_view digits = name.substr(is_hex ? 2 : 1);
  std::uint32_t value = 0;
  const auto [last, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, is_hex ? 16 : 10);
  std::string out;
  if (error != std::errc{} || last != digits.data() + digits.size() || !append_utf8(out, value)) return std::nullopt;
  return std::pair(std::move(out), end + 1);
}

/// Octets of an element whose content is no text, such as `<script>…</script>`, at the start of `html`; else 0.
std::size_t hidden_length(std::string_view html) {
  for (const std::string_view name : {std::string_view("script"), std::string_view("style")}) {
    if (!starts_with_ignoring_case(html.substr(1), name)) continue;
    const std::string lower = to_lower(html);
    const std::size_t end = lower.find("</" + std::string(name));
    return end == std::string::npos ? html.size() : end;
  }
  if (!html.starts_with("<!--")) return 0;
  const std::size_t end = html.find("-->");
  return end == std::string_view::npos ? html.size() : end + 3;
}

}  // namespace

std::string decoded_body(const MimePart& part) {
  const auto encoding = field_of(part, "Content-Transfer-Encoding");
  const std::string name = encoding ? parse_mime_field(*encoding).value : "";
  if (name == "base64") return decode_base64(part.body.substr(0, part.body.find('\0')));
  if (name == "quoted-printable") return decode_quoted_printable(part.body);
  return std::string(part.body);
}

std::string decoded_text(const MimePart& part) {
  return to_utf8(decoded_body(part), part.content_type.parameter("charset"));
}

std::string text_of_html(std::string_view html) {
  std::string out;
  while (!html.empty()) {
    if (html[0] == '<') {
      const std::size_t hidden = hidden_length(html);
      const std::size_t end = html.find('>');
      html.remove_prefix(hidden > 0 ? hidden : end == std::string_view::npos ? html.size() : end + 1);
      continue;
    }
    const auto found = html[0] == '&' ? reference(html) : std::nullopt;
    out += found ? found->first : std::string(1, html[0]);
    html.remove_prefix(found ? found->second : 1);
  }
  return out;
}

}  // namespace watershed::sieve
