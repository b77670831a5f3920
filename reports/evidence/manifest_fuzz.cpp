// Fuzz target: any bytes as a manifest. What is read is written as the same bytes.
#include "reports/evidence/manifest.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace watershed::reports;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto manifest = read_manifest(text, "manifest");
  if (!manifest) return 0;
  const auto again = read_manifest(write_manifest(*manifest), "again");
  if (!again || *again != *manifest) std::abort();
  return 0;
}
