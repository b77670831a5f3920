// How fast the fakes talk over real sockets: a fake sender to a fake receiver on loopback, each in a thread of its own,
// as smtp-source(1) and smtp-sink(1) are two processes. Every message is timed and its content checked at the far end.
//
//   loopback [--messages N] [--octets N] [--sessions N] [--lock-step]
//
// Prints one `name value` pair a line; exits 1 when a message was lost, doubled or altered.
#include "fakes/mta/mta.hpp"
#include "stage/tcp_network.hpp"

#include <fmt/format.h>

#include <atomic>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace watershed {
namespace {

struct Settings {
  std::size_t messages = 100'000;
  std::size_t octets = 1024;  // of the body, as `smtp-source -l`
  std::size_t sessions = 20;
  bool lock_step = false;
};

// One thread's world.
struct World {
  explicit World(stage::ConnectionRegistry& registry) : network(executor, journal, registry) {
    journal.keep_facts(false);
    journal.add_host("host");
  }
  ~World() { executor.shut_down(); }

  stage::RealExecutor executor;
  stage::Journal journal;
  stage::Random random{1};
  stage::TcpNetwork network;
  stage::Stage stage{executor, random, network, journal};
};

constexpr std::size_t number_digits = 10;

// A body that starts with the message's number, in lines of 80 octets.
std::string make_body(std::size_t number, std::size_t octets) {
  std::string body = fmt::format("{:0{}}\r\n", number, number_digits);
  while (body.size() + 2 < octets)
    body += std::string(std::min<std::size_t>(78, octets - body.size() - 2), 'X') + "\r\n";
  return body;
}

mail::Message make_message(std::size_t number, std::size_t octets) {
  return mail::Message::parse(
      "Received: from bench by bench; Fri, 20 Nov 2026 06:00:00 +0000\r\nFrom: <a@sender.example>\r\n"
      "To: <b@receiver.example>\r\nSubject: loopback\r\n\r\n" +
      make_body(number, octets));
}

struct Tally {
  std::vector<std::uint64_t> expected_hashes;  // by message number
  std::vector<std::uint8_t> arrivals;          // by message number
  std::size_t altered = 0;
  std::size_t arrived = 0;

  void note(const mta::ReceivedTransaction& received) {
    std::size_t number = expected_hashes.size();
    const std::string_view digits = received.message.body().substr(0, number_digits);
    std::from_chars(digits.data(), digits.data() + digits.size(), number);
    ++arrived;
    if (number >= expected_hashes.size() || expected_hashes[number] != received.body_hash) {
      ++altered;
    } else {
      ++arrivals[number];
    }
  }
};

struct SendRun {
  const Settings& settings;
  World& world;
  mta::Sender& sender;
  mail::Envelope envelope;
  std::size_t next = 0;
  std::size_t working = 0;
  std::size_t refused = 0;
  std::vector<std::int64_t> latencies_ns = {};
};

stage::Task<void> work(SendRun& run) {
  while (run.next < run.settings.messages) {
    const stage::Time start = run.world.executor.now();
    mail::Message message = make_message(run.next++, run.settings.octets);
    mail::Envelope envelope = run.envelope;
    const mta::SubmissionResult result = co_await run.sender.submit(std::move(envelope), std::move(message), {}, {});
    run.latencies_ns.push_back((run.world.executor.now() - start).count());
    if (!result.recipients.front().is_accepted) ++run.refused;
  }
  if (--run.working > 0) co_return;
  co_await run.sender.close_idle();
  run.world.executor.stop();
}

IpAddress loopback_address() { return *parse_ip_address("127.0.0.1"); }

void receive(World& world, std::atomic<std::uint16_t>& port, Tally& tally) {
  mta::FakeMtaOptions options;
  options.hostname = "receiver.example";
  options.host = 1;
  options.addresses = {loopback_address()};
  options.port = 0;
  options.retain = 0;
  mta::FakeMta receiver(world.stage, std::move(options));
  receiver.on_received([&](const mta::ReceivedTransaction& received) { tally.note(received); });
  if (!receiver.start()) std::abort();
  port = receiver.endpoints().front().port;
  port.notify_one();
  // Ends when the sender has closed its last session.
  world.executor.spawn([](World& of, Tally& counts) -> stage::Task<void> {
    while (counts.arrived < counts.expected_hashes.size()) {
      co_await of.executor.sleep_for(std::chrono::milliseconds(5));
    }
    of.executor.stop();
  }(world, tally));
  world.executor.run_until(stage::forever);
  world.executor.shut_down();
}

int report(const Settings& settings, SendRun& run, const Tally& tally, stage::Duration took) {
  std::sort(run.latencies_ns.begin(), run.latencies_ns.end());
  const auto percentile_us = [&run](double share) {
    const auto index = static_cast<std::size_t>(share * static_cast<double>(run.latencies_ns.size() - 1));
    return static_cast<double>(run.latencies_ns[index]) / 1e3;
  };
  std::size_t lost = 0;
  std::size_t doubled = 0;
  for (const std::uint8_t count : tally.arrivals) {
    if (count == 0) ++lost;
    if (count > 1) ++doubled;
  }
  fmt::print("messages {}\n", settings.messages);
  fmt::print("messages_per_second {:.0f}\n",
             static_cast<double>(settings.messages) / std::chrono::duration<double>(took).count());
  fmt::print("latency_p50_us {:.1f}\nlatency_p99_us {:.1f}\nlatency_max_us {:.1f}\n", percentile_us(0.5),
             percentile_us(0.99), percentile_us(1.0));
  fmt::print("lost {}\ndoubled {}\naltered {}\nrefused {}\n", lost, doubled, tally.altered, run.refused);
  return lost + doubled + tally.altered + run.refused == 0 ? 0 : 1;
}

int run(const Settings& settings) {
  Tally tally;
  for (std::size_t number = 0; number < settings.messages; ++number) {
    tally.expected_hashes.push_back(make_message(number, settings.octets).body_hash());
  }
  tally.arrivals.resize(settings.messages);
  stage::ConnectionRegistry registry;
  World receiving(registry);
  World sending(registry);
  std::atomic<std::uint16_t> port = 0;
  std::thread receiver([&] { receive(receiving, port, tally); });
  port.wait(0);

  mta::SenderOptions options;
  options.host = 1;
  options.locals = {loopback_address()};
  options.client.helo = "sender.example";
  options.client.pipelining = !settings.lock_step;
  options.smart_host = "127.0.0.1";
  options.port = port;
  options.pool = {.parallel = settings.sessions, .reuse = true};
  mta::Sender sender(sending.stage, std::move(options));
  mail::Envelope envelope;
  envelope.reverse_path = *mail::parse_reverse_path("<a@sender.example>");
  envelope.recipients.push_back({*mail::parse_forward_path("<b@receiver.example>"), {}, {}});
  SendRun send_run{settings, sending, sender, std::move(envelope)};
  send_run.working = settings.sessions;
  send_run.latencies_ns.reserve(settings.messages);
  const stage::Time start = sending.executor.now();
  for (std::size_t worker = 0; worker < settings.sessions; ++worker) sending.executor.spawn(work(send_run));
  sending.executor.run_until(stage::forever);
  const stage::Duration took = sending.executor.now() - start;
  sending.executor.shut_down();
  receiver.join();
  if (!sending.executor.failure().empty() || !receiving.executor.failure().empty()) {
    fmt::print(stderr, "{}{}\n", sending.executor.failure(), receiving.executor.failure());
    return 1;
  }
  return report(settings, send_run, tally, took);
}

int usage() {
  fmt::print(stderr, "usage: loopback [--messages N] [--octets N] [--sessions N] [--lock-step]\n");
  return 2;
}

}  // namespace
}  // namespace watershed

int main(int argc, char** argv) {
  watershed::Settings settings;
  for (int index = 1; index < argc; ++index) {
    const std::string_view option = argv[index];
    if (option == "--lock-step") {
      settings.lock_step = true;
      continue;
    }
    std::size_t* const number = option == "--messages"   ? &settings.messages
                                : option == "--octets"   ? &settings.octets
                                : option == "--sessions" ? &settings.sessions
                                                         : nullptr;
    if (number == nullptr || index + 1 == argc) return watershed::usage();
    const std::string_view value = argv[++index];
    const auto [end, problem] = std::from_chars(value.data(), value.data() + value.size(), *number);
    if (problem != std::errc() || end != value.data() + value.size() || *number == 0) return watershed::usage();
  }
  return watershed::run(settings);
}
