// The thin coroutine around the stub: serves it over UDP and TCP at one address and writes the journal.
// RFC 1035 §4.2, RFC 7766 (many queries on one TCP connection).
#pragma once

#include "fakes/dns/stub.hpp"
#include "stage/stage.hpp"

#include <memory>
#include <string>
#include <vector>

namespace watershed::dns {

class DnsServer {
 public:
  /// All must outlive the server's tasks. Facts are written in the name of `host`: one `answered_query` for each query
  /// (recipient = name, detail = type, text = decision and rcode, decided_by), and one `fault` when a fault took
  /// effect.
  DnsServer(stage::Stage& stage, stage::HostId host, DnsStub& stub);

  /// Opens UDP and TCP at `at` (port 0 takes a free one, the same for both) and serves them as long as the stage runs.
  /// Returns the endpoint.
  Result<Endpoint, Error> start(Endpoint at);

  DnsStub& stub() { return stub_; }

 private:
  stage::Task<std::optional<std::string>> answer(std::string query, IpAddress client, bool over_tcp);
  stage::Task<void> accept_streams();
  stage::Task<void> serve_stream(std::unique_ptr<stage::Stream> stream);
  void record(const StubAnswer& answer);

  stage::Stage& stage_;
  stage::HostId host_;
  DnsStub& stub_;
  std::unique_ptr<stage::Listener> listener_;
};

}  // namespace watershed::dns
