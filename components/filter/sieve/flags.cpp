// Lists of IMAP flags. See flags.hpp.
#include "components/filter/sieve/flags.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>

namespace watershed::sieve {

namespace {

constexpr std::array<std::string_view, 5> system_flags = {"\\Answered", "\\Flagged", "\\Deleted", "\\Seen", "\\Draft"};

auto find(Flags& flags, std::string_view flag) {
  return std::find_if(flags.begin(), flags.end(),
                      [&](const std::string& known) { return equal_ignoring_case(known, flag); });
}

}  // namespace

bool is_flag(std::string_view flag) {
  if (flag.empty()) return false;
  if (flag[0] == '\\') {
    return std::any_of(system_flags.begin(), system_flags.end(),
                       [&](std::string_view known) { return equal_ignoring_case(known, flag); });
  }
  return std::all_of(flag.begin(), flag.end(), [](char c) {
    return c > 0x20 && c < 0x7f && std::string_view("(){%*\"\\]").find(c) == std::string_view::npos;
  });
}

void add_flags(Flags& flags, std::string_view text) {
  for (const std::string_view flag : split(text, " \t\r\n")) {
    if (is_flag(flag) && find(flags, flag) == flags.end()) flags.emplace_back(flag);
  }
}

void remove_flags(Flags& flags, std::string_view text) {
  for (const std::string_view flag : split(text, " \t\r\n")) {
    const auto found = find(flags, flag);
    if (found != flags.end()) flags.erase(found);
  }
}

std::string joined(const Flags& flags) {
  std::string out;
  for (const std::string& flag : flags) out.append(out.empty() ? "" : " ").append(flag);
  return out;
}

}  // namespace watershed::sieve
