// Any bytes as an answer, and any text as a name, never crash the client; a name that was read is written back the
// same.
#include "talk/dns_cache.hpp"
#include "talk/dns_message.hpp"
#include "talk/dns_name.hpp"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace watershed::talk;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (const auto answer = decode_answer(bytes)) {
    const DnsLookup lookup = interpret(*answer, answer->question_name, answer->question_type);
    for (const DnsRecord& record : lookup.records) {
      if (record.name != lookup.canonical_name) std::abort();
    }
  }
  if (const auto name = to_wire_name(bytes)) {
    const auto again = to_wire_name(to_text_name(*name));
    if (!again || *again != *name || wire_name_length(*name) != name->size()) std::abort();
    if (!encode_query(1, bytes, RecordType::mx, 1232)) std::abort();
  }
  return 0;
}
