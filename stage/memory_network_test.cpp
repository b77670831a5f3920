// The network in memory: bytes and their latency, links that fail, hosts that go down, addresses outside the world.
#include "stage/memory_network.hpp"

#include "stage/simulated_stage.hpp"

#include <gtest/gtest.h>

namespace watershed::stage {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

IpAddress address(std::string_view text) { return *parse_ip_address(text); }

struct World : SimulatedStage {
  World() {
    client = add_host("client.example", from);
    server = add_host("server.example", to.address);
    listener = *network.listen(to);
  }
  ~World() { executor.shut_down(); }

  std::vector<std::string> facts(FactKind kind) const {
    std::vector<std::string> found;
    for (const Fact& fact : journal.facts()) {
      if (fact.kind == kind)
        found.push_back(fmt::format("{} {} {}", journal.host_name(fact.host), fact.detail, fact.text));
    }
    return found;
  }
  void note(std::string what) { log.push_back(fmt::format("{}ms {}", executor.now() / milliseconds(1), what)); }

  IpAddress from = address("192.0.2.1");
  Endpoint to{address("192.0.2.2"), 25};
  HostId client = 0;
  HostId server = 0;
  Link link;
  std::unique_ptr<Listener> listener;
  std::vector<std::string> log;
};

Task<void> echo(World& world) {
  std::unique_ptr<Stream> stream = co_await world.listener->accept();
  if (!stream) co_return;
  world.note(fmt::format("accepted #{} from {}", stream->id(), to_string(stream->peer())));
  std::string bytes;
  for (;;) {
    bytes.clear();
    const IoStatus status = co_await stream->read(bytes, forever);
    if (status != IoStatus::ok) {
      world.note(fmt::format("server: {}", to_string(status)));
      co_return;
    }
    co_await stream->write(bytes, forever);
  }
}

Task<void> talk(World& world, Duration patience) {
  auto stream = co_await world.network.connect(world.from, world.to, world.executor.now() + patience);
  if (!stream) {
    world.note(std::string(to_string(stream.error())));
    co_return;
  }
  world.note(fmt::format("connected #{} to {}", (*stream)->id(), to_string((*stream)->peer())));
  for (const std::string_view line : {"one", "two"}) {
    const IoStatus written = co_await (*stream)->write(line, forever);
    std::string answer;
    const IoStatus status = co_await (*stream)->read(answer, world.executor.now() + patience);
    world.note(fmt::format("{} {} {}", to_string(written), to_string(status), answer));
    if (status != IoStatus::ok) co_return;
    co_await world.executor.sleep_for(milliseconds(100));
  }
  (*stream)->close();
}

TEST(MemoryNetwork, CarriesBytesBothWaysWithoutLatency) {
  World world;
  world.executor.spawn(echo(world));
  world.executor.spawn(talk(world, seconds(5)));
  EXPECT_TRUE(world.executor.run_until(forever));
  EXPECT_EQ(world.log,
            (std::vector<std::string>{"0ms connected #1 to 192.0.2.2:25", "0ms accepted #1 from 192.0.2.1:49152",
                                      "0ms ok ok one", "100ms ok ok two", "200ms server: connection closed"}));
  EXPECT_EQ(world.facts(FactKind::connected), (std::vector<std::string>{"client.example 192.0.2.2:25 "}));
}

TEST(MemoryNetwork, LatencyCountsOnceEachWay) {
  World world;
  world.network.set_links([](IpAddress, IpAddress) { return Link{.latency = milliseconds(10)}; });
  world.executor.spawn(echo(world));
  world.executor.spawn(talk(world, seconds(5)));
  EXPECT_TRUE(world.executor.run_until(forever));
  EXPECT_EQ(world.log,
            (std::vector<std::string>{"20ms connected #1 to 192.0.2.2:25", "20ms accepted #1 from 192.0.2.1:49152",
                                      "40ms ok ok one", "160ms ok ok two", "270ms server: connection closed"}));
}

// Writes while the link is cut and again when it is not.
Task<void> write_across_a_cut(World& world) {
  auto stream = co_await world.network.connect(world.from, world.to, forever);
  co_await world.executor.sleep_until(milliseconds(100));
  co_await (*stream)->write("lost", forever);
  co_await world.executor.sleep_until(milliseconds(200));
  co_await (*stream)->write("after the gap", forever);
  std::string answer;
  const IoStatus status = co_await (*stream)->read(answer, seconds(5));
  world.note(fmt::format("{}{}", to_string(status), answer));
}

TEST(MemoryNetwork, ACutLinkLosesBytesForGood) {
  World world;
  world.network.set_links([&world](IpAddress, IpAddress) {
    return Link{.is_cut = world.executor.now() >= milliseconds(50) && world.executor.now() < milliseconds(150)};
  });
  world.executor.spawn(echo(world));
  world.executor.spawn(write_across_a_cut(world));
  world.executor.run_until(seconds(60));
  EXPECT_EQ(world.log, (std::vector<std::string>{"0ms accepted #1 from 192.0.2.1:49152", "5000ms timed out"}));
}

TEST(MemoryNetwork, AttemptsFailInTheWayOfTheirLink) {
  World world;
  world.network.set_links([&world](IpAddress, IpAddress) { return world.link; });
  const auto attempt = [&world] {
    world.log.clear();
    world.executor.spawn(talk(world, seconds(5)));
    world.executor.run_until(world.executor.now() + seconds(60));
    EXPECT_EQ(world.log.size(), 1U);
    return world.log.back().substr(world.log.back().find(' ') + 1);
  };
  world.link.is_refused = true;
  EXPECT_EQ(attempt(), "Connection refused");
  world.link = {.is_cut = true};
  EXPECT_EQ(attempt(), "Connection timed out");
  world.link = {.latency = seconds(3)};
  EXPECT_EQ(attempt(), "Connection timed out");
  world.link = {};
  world.network.set_host_up(world.server, false);
  EXPECT_EQ(attempt(), "Connection timed out");
  world.network.set_host_up(world.server, true);
  world.network.set_host_up(world.client, false);
  EXPECT_EQ(attempt(), "Connection timed out");
  world.network.set_host_up(world.client, true);
  world.to.port = 26;
  EXPECT_EQ(attempt(), "Connection refused");
  EXPECT_EQ(world.facts(FactKind::unconnected).size(), 6U);
  EXPECT_TRUE(world.facts(FactKind::escaped).empty());
  world.to.address = address("203.0.113.9");
  EXPECT_EQ(attempt(), "Network is unreachable");
  EXPECT_EQ(world.facts(FactKind::escaped), (std::vector<std::string>{"client.example 203.0.113.9:26 "}));
}

Task<void> hang_up(World& world, bool in_good_order) {
  std::unique_ptr<Stream> stream = co_await world.listener->accept();
  co_await stream->write("bye", forever);
  if (in_good_order) {
    stream->close();
  } else {
    stream->abort();
  }
}

Task<void> read_to_end(World& world) {
  auto stream = co_await world.network.connect(world.from, world.to, forever);
  std::string bytes;
  IoStatus status = IoStatus::ok;
  while (status == IoStatus::ok) status = co_await (*stream)->read(bytes, forever);
  const IoStatus written = co_await (*stream)->write("x", forever);
  world.note(fmt::format("'{}' {}, write {}", bytes, to_string(status), to_string(written)));
}

TEST(MemoryNetwork, TellsAnEndInGoodOrderFromAReset) {
  for (const bool in_good_order : {true, false}) {
    World world;
    world.network.set_links([](IpAddress, IpAddress) { return Link{.latency = milliseconds(1)}; });
    world.executor.spawn(hang_up(world, in_good_order));
    world.executor.spawn(read_to_end(world));
    world.executor.run_until(forever);
    EXPECT_EQ(
        world.log,
        (std::vector<std::string>{in_good_order ? "3ms 'bye' connection closed, write ok"
                                                : "2ms '' connection reset by peer, write connection reset by peer"}));
  }
}

TEST(MemoryNetwork, AHostThatGoesDownResetsItsStreamsAndComesBack) {
  World world;
  world.executor.spawn(echo(world));
  world.executor.spawn(talk(world, seconds(5)));
  world.executor.run_until(milliseconds(50));
  world.network.set_host_up(world.server, false);
  EXPECT_FALSE(world.network.is_host_up(world.server));
  world.executor.run_until(seconds(10));
  EXPECT_EQ(world.log.at(3), "50ms server: connection reset by peer");
  EXPECT_EQ(world.log.at(4), "100ms connection reset by peer connection reset by peer ");
  world.network.set_host_up(world.server, true);
  world.log.clear();
  world.executor.spawn(echo(world));
  world.executor.spawn(talk(world, seconds(5)));
  world.executor.run_until(forever);
  EXPECT_EQ(world.log.size(), 5U);
}

TEST(MemoryNetwork, AClosedListenerEndsItsAccept) {
  World world;
  world.executor.spawn(echo(world));
  world.executor.run_until(seconds(1));
  EXPECT_FALSE(world.network.listen(world.to));
  world.listener->close();
  EXPECT_TRUE(world.executor.run_until(forever));
  world.executor.spawn(talk(world, seconds(5)));
  world.executor.run_until(forever);
  EXPECT_EQ(world.log, (std::vector<std::string>{"0ms Connection refused"}));
  const auto again = world.network.listen({world.to.address, 0});
  ASSERT_TRUE(again);
  EXPECT_GE((*again)->local().port, 1024);
}

Task<std::optional<std::string>> answer(std::string query, Endpoint from) {
  if (query == "silence") co_return std::nullopt;
  co_return query + " for " + to_string(from.address);
}

Task<void> ask(World& world, Endpoint server, std::string query) {
  const auto reply =
      co_await world.network.ask(world.from, server, std::move(query), world.executor.now() + seconds(5));
  world.note(reply.value_or("nothing"));
}

TEST(MemoryNetwork, Datagrams) {
  World world;
  const Endpoint server{world.to.address, 53};
  ASSERT_TRUE(world.network.serve_datagrams(server, answer));
  EXPECT_FALSE(world.network.serve_datagrams(server, answer));
  world.network.set_links([&world](IpAddress, IpAddress) { return world.link; });
  const auto asked = [&world](Endpoint at, std::string query) {
    world.log.clear();
    world.executor.spawn(ask(world, at, std::move(query)));
    const Time start = world.executor.now();
    world.executor.run_until(forever);
    const std::string& line = world.log.back();
    return fmt::format("{}s {}", (world.executor.now() - start) / seconds(1), line.substr(line.find(' ') + 1));
  };
  EXPECT_EQ(asked(server, "mx"), "0s mx for 192.0.2.1");
  world.link.latency = seconds(2);
  EXPECT_EQ(asked(server, "mx"), "4s mx for 192.0.2.1");
  world.link.latency = seconds(3);
  EXPECT_EQ(asked(server, "mx"), "6s nothing");
  world.link = {.is_cut = true};
  EXPECT_EQ(asked(server, "mx"), "5s nothing");
  world.link = {};
  EXPECT_EQ(asked(server, "silence"), "5s nothing");
  EXPECT_EQ(asked({server.address, 54}, "mx"), "5s nothing");
  EXPECT_TRUE(world.facts(FactKind::escaped).empty());
  EXPECT_EQ(asked({address("203.0.113.9"), 53}, "mx"), "5s nothing");
  EXPECT_EQ(world.facts(FactKind::escaped), (std::vector<std::string>{"client.example 203.0.113.9:53 "}));
}

Task<std::optional<std::string>> answer_late(Executor& executor, std::string query) {
  co_await executor.sleep_for(seconds(20));
  co_return query;
}

TEST(MemoryNetwork, ASlowAnswerKeepsNobodyWaitingBeyondTheDeadline) {
  World world;
  const Endpoint server{world.to.address, 53};
  Executor& executor = world.executor;
  ASSERT_TRUE(world.network.serve_datagrams(
      server, [&executor](std::string query, Endpoint) { return answer_late(executor, std::move(query)); }));
  executor.spawn(ask(world, server, "mx"));
  executor.run_until(forever);
  EXPECT_EQ(world.log, (std::vector<std::string>{"5000ms nothing"}));
}

TEST(MemoryNetwork, ShutDownInMidConversation) {
  World world;
  for (int index = 0; index < 5; ++index) {
    world.executor.spawn(echo(world));
    world.executor.spawn(talk(world, seconds(5)));
  }
  world.executor.run_until(milliseconds(50));
  world.executor.shut_down();  // the sanitizers watch
  EXPECT_EQ(world.log.size(), 15U);
}

}  // namespace
}  // namespace watershed::stage
