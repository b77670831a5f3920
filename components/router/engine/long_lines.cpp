// See long_lines.hpp.
#include "components/router/engine/long_lines.hpp"

#include <algorithm>
#include <string>

namespace watershed::router {

bool has_longer_line(std::string_view text, std::size_t limit_octets) {
  // From line end to line end in steps of the limit: what lies between two that are near needs no look.
  while (text.size() > limit_octets) {
    const std::size_t last = text.rfind('\n', limit_octets);
    if (last != std::string_view::npos) {
      text.remove_prefix(last + 1);
      continue;
    }
    // As many octets as may be without a line end: the line is as long as it may be if it ends here.
    text.remove_prefix(limit_octets);
    if (text != "\r" && !text.starts_with("\r\n")) return true;
    text.remove_prefix(std::min<std::size_t>(text.size(), 2));
  }
  return false;
}

mail::Message break_long_lines(const mail::Message& message, std::size_t limit_octets) {
  const std::string bytes = message.bytes();
  std::string broken;
  broken.reserve(bytes.size() + bytes.size() / 64);
  std::size_t length = 0;
  for (std::size_t index = 0; index < bytes.size(); ++index) {
    const char c = bytes[index];
    const bool is_end = c == '\n' || (c == '\r' && index + 1 < bytes.size() && bytes[index + 1] == '\n');
    if (!is_end && length == limit_octets) {
      broken += "\r\n ";
      length = 0;
    }
    broken += c;
    length = c == '\n' ? 0 : length + (is_end ? 0 : 1);
  }
  return mail::Message::parse(std::move(broken));
}

}  // namespace watershed::router
