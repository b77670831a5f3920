// What a pass through a router costs: client → router → router → sink in one process on the virtual clock, journal
// observed but not kept. Items are messages over the whole path.
#include "components/router/engine/router.hpp"
#include "components/router/postfix/config.hpp"
#include "stage/memory_network.hpp"
#include "talk/smtp_client.hpp"
#include "talk/smtp_server.hpp"

#include <benchmark/benchmark.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace watershed::router {
namespace {

IpAddress ip(std::string_view text) { return *parse_ip_address(text); }

std::shared_ptr<const RouteDecider> decider(const std::string& hostname, const IpAddress& address,
                                            const std::string& next_hop) {
  const auto folder = std::filesystem::temp_directory_path() / ("watershed_router_bench_" + hostname);
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "main.cf") << "compatibility_level = 3.6\nmyhostname = " << hostname
                                    << "\nmydestination =\nalias_maps =\nlocal_recipient_maps =\n"
                                       "mynetworks = 192.0.2.0/24\nsmtpd_peername_lookup = no\n"
                                       "transport_maps = hash:/etc/postfix/transport\n";
  std::ofstream(folder / "transport") << "b.example smtp:" << next_hop << "\n";
  postfix::LoadOptions options;
  options.addresses = {address};
  auto config = postfix::load_postfix(folder, options);
  std::filesystem::remove_all(folder);
  if (!config) std::abort();
  return std::make_shared<const RouteDecider>(std::move(*config));
}

class SinkConversation final : public talk::SmtpConversation {
 public:
  explicit SinkConversation(std::size_t& taken) : taken_(taken) {}
  stage::Task<std::vector<talk::Answer>> on_content(talk::ReceivedContent) override {
    ++taken_;
    std::vector<talk::Answer> answers(1, talk::answer(250, "2.0.0", "Taken"));
    co_return answers;
  }

 private:
  std::size_t& taken_;
};

stage::Task<void> send_many(stage::Stage& stage, stage::HostId host, std::size_t count, mail::Envelope envelope,
                            const mail::Message& message) {
  talk::SmtpClientOptions options;
  options.helo = "client.example";
  options.peer_name = "one";
  auto client = co_await talk::SmtpClient::open(stage, host, ip("192.0.2.1"), Endpoint{ip("192.0.2.25"), 25}, options);
  if (!client) std::abort();
  for (std::size_t sent = 0; sent < count; ++sent) {
    const auto outcomes = co_await (*client)->send(envelope, message, stage.journal.new_custody());
    if (!outcomes.front().is_accepted()) std::abort();
  }
  co_await (*client)->quit();
}

void BM_TwoRouters(benchmark::State& state) {
  constexpr std::size_t connections = 10;
  constexpr std::size_t messages_each = 1000;
  std::string content = "From: a@c.example\r\nSubject: waveform\r\nMessage-ID: <1@c.example>\r\nDate: x\r\n\r\n";
  while (content.size() < 1024) content += "BEGIN IMS2.0 MSG_TYPE REQUEST 0123456789 0123456789\r\n";
  const mail::Message message = mail::Message::parse(content);
  mail::Envelope envelope;
  envelope.reverse_path = mail::ReversePath({"a", "c.example"});
  envelope.recipients.push_back({mail::ForwardPath({"r", "b.example"}), {}, {}});
  const auto first = decider("one.example", ip("192.0.2.25"), "[192.0.2.26]");
  const auto second = decider("two.example", ip("192.0.2.26"), "[192.0.2.30]");
  for (auto _ : state) {
    stage::VirtualExecutor executor;
    stage::Journal journal;
    journal.keep_facts(false);
    stage::MemoryNetwork network(executor, journal);
    stage::Random random(1);
    stage::Stage stage{executor, random, network, journal};
    const stage::HostId hosts[] = {journal.add_host("client"), journal.add_host("one"), journal.add_host("two"),
                                   journal.add_host("sink")};
    const char* const addresses[] = {"192.0.2.1", "192.0.2.25", "192.0.2.26", "192.0.2.30"};
    for (std::size_t index = 0; index < 4; ++index) network.add_address(ip(addresses[index]), hosts[index]);
    RouterOptions one_options;
    one_options.addresses = {ip(addresses[1])};
    RouterOptions two_options;
    two_options.addresses = {ip(addresses[2])};
    Router one(stage, hosts[1], one_options, first);
    Router two(stage, hosts[2], two_options, second);
    if (!one.start() || !two.start()) std::abort();
    std::size_t taken = 0;
    talk::SmtpServerOptions sink_options;
    sink_options.profile.hostname = "sink";
    const auto listener = std::move(*network.listen(Endpoint{ip(addresses[3]), 25}));
    const talk::ConversationFactory open = [&](const talk::Connection&) {
      return std::make_unique<SinkConversation>(taken);
    };
    executor.spawn(talk::serve_smtp(stage, hosts[3], sink_options, *listener, open));
    for (std::size_t index = 0; index < connections; ++index) {
      executor.spawn(send_many(stage, hosts[0], messages_each, envelope, message));
    }
    executor.run_until(std::chrono::hours(24));
    if (taken != connections * messages_each) state.SkipWithError("messages are missing");
    executor.shut_down();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(connections * messages_each));
}
BENCHMARK(BM_TwoRouters)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace watershed::router
