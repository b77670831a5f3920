// See paint.hpp.
#include "reports/paint.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::reports {

namespace {

std::string_view code(Color color) {
  switch (color) {
    case Color::red:
      return "1;31";
    case Color::green:
      return "32";
    case Color::yellow:
      return "33";
    case Color::bold:
      return "1";
    case Color::dim:
      return "2";
  }
  return "0";
}

std::size_t character_length(std::string_view text) { return std::max<std::size_t>(1, utf8_sequence_length(text)); }

}  // namespace

std::string paint(std::string_view text, Color color, bool enabled) {
  return enabled ? fmt::format("\x1b[{}m{}\x1b[0m", code(color), text) : std::string(text);
}

std::size_t columns(std::string_view text) {
  std::size_t count = 0;
  for (; !text.empty(); text.remove_prefix(character_length(text))) ++count;
  return count;
}

std::string padded(std::string_view text, std::size_t width) {
  const std::size_t used = columns(text);
  return std::string(text) + std::string(used < width ? width - used : 0, ' ');
}

std::string wrapped(std::string_view text, std::size_t width, std::size_t indent) {
  std::string out;
  std::size_t used = 0;
  for (const std::string_view word : split(text, " ")) {
    const std::size_t length = columns(word);
    if (out.empty()) {
      out.append(indent, ' ').append(word);
      used = indent + length;
    } else if (used + 1 + length <= width) {
      out.append(" ").append(word);
      used += 1 + length;
    } else {
      out.append("\n").append(indent, ' ').append(word);
      used = indent + length;
    }
  }
  return out;
}

std::string cut(std::string_view text, std::size_t width) {
  if (columns(text) <= width) return std::string(text);
  std::string out;
  for (std::size_t used = 1; used < width; ++used) {
    const std::size_t length = character_length(text);
    out += text.substr(0, length);
    text.remove_prefix(length);
  }
  return width == 0 ? std::string() : out + "…";
}

}  // namespace watershed::reports
