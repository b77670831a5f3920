// How many messages a second the simulated lane carries over phase 2's longest path (MX lookup, spam filter, two
// routers, Sieve, mailbox), journal on, and whether memory stays flat. Prints one JSON object; checks its answers: a
// figure for a run that lost a message is not a figure.
//
//   simulated_load SCENARIOS_FOLDER [MESSAGES]
#include "harness/content/message_template.hpp"
#include "harness/lanes/simulated_world.hpp"
#include "stage/signal.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

namespace {

using namespace watershed;

double resident_mb() {
  std::ifstream status("/proc/self/statm");
  std::size_t total = 0;
  std::size_t resident = 0;
  status >> total >> resident;
  return static_cast<double>(resident) * 4096.0 / 1e6;
}

// A closed loop: so many messages are under way at any time, a new one starts when one is stored. The lane is measured,
// not the length of a queue.
struct Load {
  harness::SimulatedWorld& world;
  stage::Signal& stored;
  const std::uint64_t& stored_count;
  std::uint64_t messages;
  harness::MessageTemplate content;
};

constexpr std::uint64_t under_way_max = 100;

stage::Task<void> send_all(Load& load) {
  const mail::Address from{"op", "station.example"};
  const mail::Address to{"autodrm", "ctbto.int"};
  const std::uint64_t stored_before = load.stored_count;
  for (std::uint64_t sent = 0; sent < load.messages; ++sent) {
    while (sent - (load.stored_count - stored_before) >= under_way_max) co_await load.stored.wait();
    harness::Submission submission;
    submission.label = "load";
    submission.message_class = "verification";
    submission.author = from;
    submission.envelope.reverse_path = mail::ReversePath(from);
    submission.envelope.recipients.push_back({mail::ForwardPath(to), {}, {}});
    submission.message = make_message(load.content, {.from = to_string(from),
                                                     .to = to_string(to),
                                                     .message_id = fmt::format("<load.{}@station.example>", sent),
                                                     .unix_seconds = load.world.executor().unix_seconds()});
    if (auto error = load.world.submit(std::move(submission))) {
      std::fprintf(stderr, "%s\n", error->c_str());
      std::exit(1);
    }
  }
}

struct Counted {
  std::uint64_t delivered = 0;
  std::uint64_t altered = 0;
};

}  // namespace

int main(int argument_count, char** arguments) {
  const std::string scenarios = argument_count > 1 ? arguments[1] : "scenarios";
  const std::uint64_t messages = argument_count > 2 ? std::strtoull(arguments[2], nullptr, 10) : 1'000'000;
  auto loaded = harness::load_world(scenarios + "/worlds/phase2", scenarios + "/worlds/phase2");
  if (!loaded) {
    std::fprintf(stderr, "%s", render(loaded.error()).c_str());
    return 3;
  }
  harness::SimulatedWorld world(*loaded, 1, 0);
  world.journal().keep_facts(false);
  world.keep_offered(false);
  Counted counted;
  world.lineage().forget_finished(1000, [&](const harness::RootMessage& root, const harness::Lineage&) {
    for (const harness::Delivery& delivery : root.deliveries) {
      ++counted.delivered;
      if (delivery.body_hash != root.body_hash) ++counted.altered;
    }
  });
  if (auto error = world.start()) {
    std::fprintf(stderr, "%s\n", error->c_str());
    return 1;
  }
  std::uint64_t stored_count = 0;
  stage::Signal stored(world.executor());
  world.journal().observe([&](const stage::Fact& fact) {
    if (fact.kind != stage::FactKind::stored) return;
    ++stored_count;
    stored.notify();
  });
  Load load{world, stored, stored_count, messages, {}};
  load.content.bytes =
      harness::padded("Subject: load\r\n\r\nBEGIN IMS2.0\r\nMSG_TYPE REQUEST\r\nMSG_ID load TST_NDC\r\nSTOP\r\n", 1024);
  // A first part warms caches and fills queues to their working size; growth is measured from there.
  Load warm_up = load;
  warm_up.messages = std::max<std::uint64_t>(messages / 20, 2000);
  world.spawn(send_all(warm_up));
  world.run_until(std::chrono::hours(1));
  const double memory_before_mb = resident_mb();
  const auto started = std::chrono::steady_clock::now();
  world.spawn(send_all(load));
  world.run_until(std::chrono::hours(24));
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  const double growth_mb = resident_mb() - memory_before_mb;
  for (const auto& [index, root] : world.lineage().roots()) {
    for (const harness::Delivery& delivery : root.deliveries) {
      ++counted.delivered;
      if (delivery.body_hash != root.body_hash) ++counted.altered;
    }
  }
  const std::uint64_t expected = messages + warm_up.messages;
  if (counted.delivered != expected || counted.altered != 0 || !world.lineage().anomalies().empty()) {
    std::fprintf(stderr, "%s\n",
                 fmt::format("{} of {} messages delivered, {} altered, {} anomalies: no figure", counted.delivered,
                             expected, counted.altered, world.lineage().anomalies().size())
                     .c_str());
    return 1;
  }
  std::printf(
      "{\"simulated_messages_per_second\": %.0f, \"simulated_rss_growth_mb\": %.1f, \"simulated_facts\": %llu}\n",
      static_cast<double>(messages) / seconds, growth_mb,
      static_cast<unsigned long long>(world.journal().fact_count()));
  return 0;
}
