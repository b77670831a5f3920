// Fuzz target: any bytes as an IMS2.0 body. What was checked must add up; nothing may crash or run away.
#include "harness/content/ims2.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  const auto checks = watershed::harness::check_waveforms(body);
  if (!checks) return 0;
  for (const auto& check : *checks) {
    if (check.samples_found < 0 || check.checksum_found < 0) std::abort();
  }
  return 0;
}
