// See server.hpp.
#include "fakes/dns/server.hpp"

#include <fmt/format.h>

#include <utility>

namespace watershed::dns {

namespace {
constexpr auto idle_time_max = std::chrono::seconds(30);  // RFC 7766 §6.2.3: a few seconds to some tens of seconds
}

DnsServer::DnsServer(stage::Stage& stage, stage::HostId host, DnsStub& stub)
    : stage_(stage), host_(host), stub_(stub) {}

Result<Endpoint, Error> DnsServer::start(Endpoint at) {
  const Result<Endpoint, Error> udp = stage_.network.serve_datagrams(
      at, [this](std::string query, Endpoint from) { return answer(std::move(query), from.address, false); });
  if (!udp) return udp;
  Result<std::unique_ptr<stage::Listener>, Error> listener = stage_.network.listen(*udp);
  if (!listener) return listener.error();
  listener_ = std::move(*listener);
  stage_.executor.spawn(accept_streams());
  return udp;
}

stage::Task<std::optional<std::string>> DnsServer::answer(std::string query, IpAddress client, bool over_tcp) {
  StubAnswer answer = stub_.answer(query, over_tcp, client, stage_.executor.now());
  record(answer);
  if (answer.delay > stage::Duration::zero()) co_await stage_.executor.sleep_for(answer.delay);
  co_return std::move(answer.wire);
}

stage::Task<void> DnsServer::accept_streams() {
  for (;;) {
    std::unique_ptr<stage::Stream> stream = co_await listener_->accept();
    if (!stream) co_return;
    stage_.executor.spawn(serve_stream(std::move(stream)));
  }
}

stage::Task<void> DnsServer::serve_stream(std::unique_ptr<stage::Stream> stream) {
  std::string received;
  for (;;) {
    // RFC 1035 §4.2.2: two octets of length before each message.
    const std::size_t size = received.size() < 2
                                 ? 0
                                 : static_cast<std::size_t>(static_cast<unsigned char>(received[0])) * 256 +
                                       static_cast<unsigned char>(received[1]);
    if (received.size() < 2 || received.size() < 2 + size) {
      const stage::IoStatus status = co_await stream->read(received, stage_.executor.now() + idle_time_max);
      if (status != stage::IoStatus::ok) co_return;
      continue;
    }
    std::string query = received.substr(2, size);
    received.erase(0, 2 + size);
    const std::optional<std::string> wire = co_await answer(std::move(query), stream->peer().address, true);
    if (!wire) continue;
    std::string framed;
    framed += static_cast<char>(wire->size() >> 8);
    framed += static_cast<char>(wire->size() & 0xff);
    framed += *wire;
    const stage::IoStatus status = co_await stream->write(framed, stage_.executor.now() + idle_time_max);
    if (status != stage::IoStatus::ok) co_return;
  }
}

void DnsServer::record(const StubAnswer& answer) {
  const stage::Time now = stage_.executor.now();
  if (!answer.fault.empty()) {
    stage_.journal.record({.kind = stage::FactKind::fault, .host = host_, .at = now, .detail = answer.fault});
  }
  std::string outcome = fmt::format("{}: {}", to_string(answer.decision),
                                    answer.wire ? talk::to_string(answer.rcode) : std::string("silence"));
  if (answer.truncated) outcome += ", truncated";
  if (!answer.outside.empty()) outcome += "; in no zone: " + answer.outside;
  stage_.journal.record({.kind = stage::FactKind::answered_query,
                         .host = host_,
                         .at = now,
                         .recipient = answer.name,
                         .detail = talk::to_string(answer.type),
                         .text = std::move(outcome),
                         .decided_by = answer.decided_by});
}

}  // namespace watershed::dns
