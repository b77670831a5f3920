// Answers per second of the stub: the common questions (encoded before) and names that nobody asked for yet.
#include "fakes/dns/stub.hpp"
#include "talk/dns_message.hpp"

#include <benchmark/benchmark.h>

namespace {

using namespace watershed;

dns::DnsStub make_stub() {
  return dns::DnsStub(*dns::load_zones(
      "$ORIGIN ctbto.int.\n$TTL 3600\n@ SOA ns h 1 2 3 4 300\n@ MX 10 mx1\n@ MX 20 mx2\nmx1 A 192.0.2.25\n"
      "mx2 A 192.0.2.26\nmx1 AAAA 2001:db8::25\n*.w A 192.0.2.27\n",
      "bench.zone"));
}

void answer_known(benchmark::State& state, std::string_view name, talk::RecordType type) {
  dns::DnsStub stub = make_stub();
  const std::string query = *talk::encode_query(1, name, type, 1232);
  const IpAddress client = *parse_ip_address("192.0.2.1");
  for (auto _ : state) {
    const dns::StubAnswer answer = stub.answer(query, false, client, {});
    if (answer.rcode != talk::Rcode::no_error) state.SkipWithError("not answered");
    benchmark::DoNotOptimize(answer);
  }
  state.SetItemsProcessed(state.iterations());
}

void answer_new_names(benchmark::State& state) {
  dns::DnsStub stub = make_stub();
  const IpAddress client = *parse_ip_address("192.0.2.1");
  std::size_t number = 0;
  for (auto _ : state) {
    const std::string name = std::to_string(number++) + ".w.ctbto.int";
    const dns::StubAnswer answer =
        stub.answer(*talk::encode_query(1, name, talk::RecordType::a, 1232), false, client, {});
    benchmark::DoNotOptimize(answer);
  }
  state.SetItemsProcessed(state.iterations());
}

BENCHMARK_CAPTURE(answer_known, a, "mx1.ctbto.int", talk::RecordType::a);
BENCHMARK_CAPTURE(answer_known, mx, "ctbto.int", talk::RecordType::mx);
BENCHMARK(answer_new_names);

}  // namespace
