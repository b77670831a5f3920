// No mailto: URI may crash its reader, and none may put a line of its own into a header.
#include "components/filter/sieve/mailto.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto mailto = watershed::sieve::parse_mailto("mailto:" + std::string(data, data + size));
  if (!mailto) return 0;
  for (const auto& [name, value] : mailto->fields) {
    if ((name + value).find_first_of("\r\n") != std::string::npos) std::abort();
  }
  return 0;
}
