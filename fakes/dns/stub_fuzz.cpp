// Any bytes as a query: the stub stays silent or answers a message that a client can read and that fits.
#include "fakes/dns/stub.hpp"
#include "talk/dns_message.hpp"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace watershed;
  static dns::DnsStub stub(*dns::load_zones(
      "$ORIGIN a.\n$TTL 5\n@ SOA b c 1 2 3 4 5\n@ MX 1 m\nm A 192.0.2.1\n*.w A 192.0.2.2\nl CNAME l2\nl2 CNAME l\n"
      "t TXT "
      "\"0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789\"\n",
      "z"));
  const std::string_view query(reinterpret_cast<const char*>(data), size);
  for (const bool over_tcp : {false, true}) {
    const dns::StubAnswer answer = stub.answer(query, over_tcp, {}, {});
    if (!answer.wire) continue;
    const auto decoded = talk::decode_answer(*answer.wire);
    if (!decoded || !decoded->is_response || decoded->rcode != answer.rcode) std::abort();
    if (!over_tcp && answer.wire->size() > 4096) std::abort();
  }
  return 0;
}
