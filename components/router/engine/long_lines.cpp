// See long_lines.hpp.
#include "components/router/engine/long_lines.hpp"

#include <algorithm>
#include <string>

namespace watershed::router {

std::size_t longest_line_octets(std::string_view text) {
  std::size_t longest = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::size_t length = end > 0 && text[end - 1] == '\r' ? end - 1 : end;
    longest = std::max(longest, length);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return longest;
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
