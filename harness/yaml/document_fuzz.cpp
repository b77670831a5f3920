// Hostile YAML: whatever the bytes, reading ends, and what is accepted can be read, walked and shown.
#include "harness/yaml/load.hpp"
#include "harness/yaml/sample_shape.hpp"
#include "harness/yaml/validate.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace watershed;
  static const yaml::Shape shape = yaml::sample_shape();
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto loaded = yaml::load_text(text, "fuzz.yaml", shape);
  if (!loaded) {
    if (loaded.error().empty()) std::abort();  // an error without a diagnostic would pass silently
    render(loaded.error());
    return 0;
  }
  if (!yaml::validate(*loaded, shape).empty()) std::abort();  // with its defaults it must still fit
  return 0;
}
