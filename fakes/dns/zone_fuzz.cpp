// Any text as a zone file or as a record never crashes the reader; what it accepts, the stub can serve.
#include "fakes/dns/stub.hpp"

#include "talk/dns_message.hpp"
#include "talk/dns_name.hpp"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace watershed;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto record = dns::parse_record(text, {"fuzz", 1, 1});
  if (!record && record.error().empty()) std::abort();
  const auto zones = dns::load_zones(text, "fuzz");
  if (!zones) {
    if (zones.error().empty()) std::abort();
    return 0;
  }
  dns::DnsStub stub(*zones);
  for (const dns::Record& served : zones->records) {
    const auto query = talk::encode_query(1, talk::to_text_name(served.owner), served.type, 1232);
    if (!query) std::abort();
    const dns::StubAnswer answer = stub.answer(*query, true, {}, {});
    if (!answer.wire || !talk::decode_answer(*answer.wire)) std::abort();
  }
  return 0;
}
