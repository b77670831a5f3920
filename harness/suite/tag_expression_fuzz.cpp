// Fuzz target: any bytes as a tag expression.
#include "harness/suite/tag_expression.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::vector<std::string> tags = {"a", "b"};
  const auto ignored = watershed::harness::matches_tags({reinterpret_cast<const char*>(data), size}, tags);
  static_cast<void>(ignored);
  return 0;
}
