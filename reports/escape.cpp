// See escape.hpp.
#include "reports/escape.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::reports {

namespace {

constexpr std::size_t line_octets_max = 4096;
constexpr std::size_t terminal_octets_max = 2000;

// Means nothing in markup, and can be seen.
bool is_plain(char c) { return c >= 0x20 && c < 0x7f && c != '&' && c != '<' && c != '>' && c != '"' && c != '\''; }

// Every occurrence of one of these characters as `%HH`.
std::string percent_encoded(std::string_view text, std::string_view characters) {
  std::string out;
  for (const char c : text) {
    if (characters.find(c) == std::string_view::npos) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

}  // namespace

std::string clipped(std::string_view text, std::size_t octets_max) {
  if (text.size() <= octets_max) return std::string(text);
  std::size_t end = octets_max;
  const std::size_t end_min = octets_max > 3 ? octets_max - 3 : 0;  // no character is longer than four octets
  while (end > end_min && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return fmt::format("{} … ({} octets left out)", text.substr(0, end), text.size() - end);
}

std::string visible(std::string_view text, std::size_t octets_max) { return printable(clipped(text, octets_max)); }

std::string shown(std::string_view text) { return visible(text, terminal_octets_max); }

// XML 1.0 §2.2: control characters, surrogates, U+FFFE and U+FFFF may not occur, not even as references. Mail holds
// them all, so they are shown as `\xHH`. Attribute values would turn a newline into a blank; it is shown as well.
void append_xml_text(std::string& out, std::string_view text, std::size_t octets_max) {
  if (text.size() <= octets_max && std::all_of(text.begin(), text.end(), is_plain)) {
    out += text;
    return;
  }
  const std::string safe = visible(text, octets_max);
  out.reserve(out.size() + safe.size());
  for (std::size_t index = 0; index < safe.size(); ++index) {
    switch (safe[index]) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;  // `]]>` may not stand in character data either
      case '"':
        out += "&quot;";
        break;
      case '\xef':
        if (safe.compare(index, 3, "\xef\xbf\xbe") == 0 || safe.compare(index, 3, "\xef\xbf\xbf") == 0) {
          out += safe[index + 2] == '\xbe' ? R"(\xef\xbf\xbe)" : R"(\xef\xbf\xbf)";
          index += 2;
          break;
        }
        [[fallthrough]];
      default:
        out += safe[index];
    }
  }
}

std::string xml_text(std::string_view text, std::size_t octets_max) {
  std::string out;
  append_xml_text(out, text, octets_max);
  return out;
}

std::string markdown_code(std::string_view text, std::size_t octets_max) {
  const std::string safe = visible(text, octets_max);
  std::size_t longest = 0;
  std::size_t run = 0;
  std::string out;
  for (const char c : safe) {
    run = c == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
    if (c == '|') out += '\\';  // GFM §4.10: a cell ends at every pipe that has no backslash, code span or not
    out += c;
  }
  // A span needs a fence that does not occur in it, and blanks where a backtick would stand at its end.
  const std::string fence(longest + 1, '`');
  const bool needs_blanks = out.empty() || out.front() == '`' || out.back() == '`';
  const std::string_view blank = needs_blanks ? " " : "";
  return fmt::format("{}{}{}{}{}", fence, blank, out, blank, fence);
}

std::string tap_description(std::string_view text) {
  std::string out;
  for (const char c : visible(text, line_octets_max)) {
    if (c == '#' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

std::string github_message(std::string_view text) { return percent_encoded(visible(text, line_octets_max), "%\r\n"); }

std::string github_property(std::string_view text) {
  return percent_encoded(visible(text, line_octets_max), "%\r\n:,");
}

std::string uri_path(std::string_view path) {
  std::string out;
  for (const char c : path) {
    const bool is_unreserved = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                               std::string_view("-._~/").find(c) != std::string_view::npos;
    if (is_unreserved) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

}  // namespace watershed::reports
