// See line_scan.hpp. Loops without a branch, which the compiler turns into vector code (CMakeLists.txt asks it to).
#include "mail/line_scan.hpp"

#include <cstddef>

namespace watershed::mail {

bool is_plain(std::string_view text) {
  if (text.empty()) return true;
  const char* const octets = text.data();
  const std::size_t last = text.size() - 1;
  unsigned char care = octets[0] == '\n' || octets[0] == '.' || octets[last] == '\r' ? 1 : 0;
  for (std::size_t index = 0; index < last; ++index) {
    const auto after_return = static_cast<unsigned char>(octets[index] == '\r');
    const auto after_feed = static_cast<unsigned char>(octets[index] == '\n');
    const auto is_feed = static_cast<unsigned char>(octets[index + 1] == '\n');
    const auto is_dot = static_cast<unsigned char>(octets[index + 1] == '.');
    care = static_cast<unsigned char>(care | (after_return ^ is_feed) | (after_feed & is_dot));
  }
  return care == 0;
}

bool has_leading_dot(std::string_view text) {
  if (text.empty()) return false;
  const char* const octets = text.data();
  unsigned char found = octets[0] == '.' ? 1 : 0;
  for (std::size_t index = 0; index + 1 < text.size(); ++index) {
    const auto is_feed = static_cast<unsigned char>(octets[index] == '\n');
    const auto is_dot = static_cast<unsigned char>(octets[index + 1] == '.');
    found = static_cast<unsigned char>(found | (is_feed & is_dot));
  }
  return found != 0;
}

}  // namespace watershed::mail
