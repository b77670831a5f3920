// Hostile table sources of every kind: the first byte picks the kind, the rest is the file (or the inline text).
#include "components/router/postfix/table.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace watershed::postfix;
  if (size == 0) return 0;
  std::string text(reinterpret_cast<const char*>(data + 1), size - 1);
  constexpr std::array<std::string_view, 9> names = {"hash:f",  "texthash:f", "cidr:f",  "pcre:f",   "regexp:f",
                                                     "inline:", "pipemap:",   "static:", "unionmap:"};
  std::string name(names[data[0] % names.size()]);
  // regcomp(3) itself needs memory without bound for nested repetitions; that is the C library's to answer for.
  if (name == "regexp:f" && text.find('{') != std::string::npos) return 0;
  if (name.ends_with(":")) name += text;
  const TableSource source{[&](std::string_view) { return TableSource::File{"f", text}; }};
  const auto opened = open_table(name, {"main.cf", 1, 1}, source, {false, (data[0] & 0x80) != 0});
  if (!opened) {
    if (opened.error().empty()) __builtin_trap();
    return 0;
  }
  for (const std::string_view key : {"", "a", "user@example.com", "192.0.2.1", "2001:db8::1", "\xff\xfe"})
    opened->table->lookup(key);
  return 0;
}
