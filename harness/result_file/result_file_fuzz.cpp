// Fuzz target: any bytes as a result file. What is read must be written and read again as the same.
#include "harness/result_file/result_file.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace watershed;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (harness::from_utf8(harness::to_utf8(text)) != text) std::abort();
  if (const auto run = harness::read_scenario_result(text, "input")) {
    const auto again = harness::read_scenario_result(harness::to_json(*run), "again");
    if (!again || *again != *run) std::abort();
  }
  const auto outcome = harness::read_outcome(text, "input");
  if (!outcome) return 0;
  std::string out;
  JsonWriter json(out);
  json.begin_object().member("schema_version", harness::result_schema_version);
  harness::append_members(json, *outcome);
  json.end_object();
  const auto again = harness::read_outcome(out, "again");
  if (!again || *again != *outcome) std::abort();
  return 0;
}
