// Real sockets on loopback: the same promises as in memory, and two executors in two threads.
#include "stage/tcp_network.hpp"

#include "stage/stage.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace watershed::stage {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

IpAddress address(std::string_view text) { return *parse_ip_address(text); }

struct World {
  explicit World(ConnectionRegistry& registry) : network(executor, journal, registry) {
    network.add_address(address("127.0.0.1"), journal.add_host("local"));
  }
  ~World() { executor.shut_down(); }

  /// Runs until `done` tasks have ended; a test that hangs fails.
  void run(int tasks) {
    left += tasks;
    executor.run_until(executor.now() + seconds(20));
    EXPECT_EQ(left, 0) << "tasks did not end in time";
    EXPECT_EQ(executor.failure(), "");
  }
  void end_task() {
    if (--left <= 0) executor.stop();
  }

  RealExecutor executor;
  Journal journal;
  TcpNetwork network;
  int left = 0;
  std::vector<std::string> log;
  std::vector<ConnectionId> server_ids;
  std::vector<ConnectionId> client_ids;
};

Task<void> echo_connection(World& world, std::unique_ptr<Stream> stream) {
  world.server_ids.push_back(stream->id());
  std::string bytes;
  for (;;) {
    bytes.clear();
    if (co_await stream->read(bytes, forever) != IoStatus::ok) co_return;
    if (co_await stream->write(bytes, forever) != IoStatus::ok) co_return;
  }
}

Task<void> echo(World& world, Listener& listener) {
  for (;;) {
    std::unique_ptr<Stream> stream = co_await listener.accept();
    if (!stream) co_return;
    world.executor.spawn(echo_connection(world, std::move(stream)));
  }
}

Task<void> write_all(Stream& stream, const std::string& bytes) { co_await stream.write(bytes, forever); }

// Sends and reads at the same time, so that neither side's buffers can block the other for good.
Task<void> send_and_compare(World& world, IpAddress from, Endpoint to, std::size_t octets) {
  auto stream = co_await world.network.connect(from, to, world.executor.now() + seconds(10));
  if (!stream) {
    world.log.emplace_back(to_string(stream.error()));
  } else {
    world.client_ids.push_back((*stream)->id());
    std::string sent(octets, 'x');
    for (std::size_t index = 0; index < octets; ++index) sent[index] = static_cast<char>('a' + index % 23);
    world.executor.spawn(write_all(**stream, sent));
    std::string received;
    IoStatus status = IoStatus::ok;
    while (received.size() < octets && status == IoStatus::ok) {
      status = co_await (*stream)->read(received, world.executor.now() + seconds(10));
    }
    world.log.emplace_back(received == sent ? "same" : "different");
  }
  world.end_task();
}

TEST(TcpNetwork, EchoesAndNumbersBothEndsAlike) {
  ConnectionRegistry registry;
  World world(registry);
  auto listener = world.network.listen({address("127.0.0.1"), 0});
  ASSERT_TRUE(listener);
  const Endpoint at = (*listener)->local();
  EXPECT_NE(at.port, 0);
  world.executor.spawn(echo(world, **listener));
  world.executor.spawn(send_and_compare(world, address("127.0.0.1"), at, 10));
  world.executor.spawn(send_and_compare(world, address("127.0.0.1"), at, 3'000'000));
  world.executor.spawn(send_and_compare(world, IpAddress(), at, 1000));
  world.run(3);
  EXPECT_EQ(world.log, std::vector<std::string>(3, "same"));
  std::sort(world.client_ids.begin(), world.client_ids.end());
  std::sort(world.server_ids.begin(), world.server_ids.end());
  EXPECT_EQ(world.client_ids, world.server_ids);
  world.executor.shut_down();
}

TEST(TcpNetwork, OtherAddressesOnTheWireAreNobodysConcern) {
  ConnectionRegistry registry;
  World world(registry);
  AddressMap wire;
  wire.add(address("192.0.2.25"), address("127.77.88.2"));
  wire.add(address("192.0.2.30"), address("127.77.88.3"));
  world.network.set_wire(wire);
  for (const char* host : {"192.0.2.25", "192.0.2.30"}) world.network.add_address(address(host), 1);
  auto listener = world.network.listen({address("192.0.2.25"), 0});
  ASSERT_TRUE(listener);
  EXPECT_EQ((*listener)->local().address, address("192.0.2.25"));
  world.executor.spawn(echo(world, **listener));
  world.executor.spawn(send_and_compare(world, address("192.0.2.30"), (*listener)->local(), 1000));
  world.run(1);
  EXPECT_EQ(world.log, std::vector<std::string>{"same"});
  EXPECT_EQ(world.client_ids, world.server_ids);
  world.executor.shut_down();
}

TEST(TcpNetwork, EchoesOverIpv6) {
  ConnectionRegistry registry;
  World world(registry);
  auto listener = world.network.listen({address("::1"), 0});
  if (!listener) GTEST_SKIP() << "no IPv6 here: " << listener.error().message;
  world.executor.spawn(echo(world, **listener));
  world.executor.spawn(send_and_compare(world, address("::1"), (*listener)->local(), 100'000));
  world.run(1);
  EXPECT_EQ(world.log, std::vector<std::string>{"same"});
  EXPECT_EQ(world.client_ids, world.server_ids);
  world.executor.shut_down();
}

Task<void> hang_up(Listener& listener, bool in_good_order) {
  std::unique_ptr<Stream> stream = co_await listener.accept();
  const std::string last(200'000, 'z');
  co_await stream->write(last, forever);
  if (in_good_order) {
    stream->close();
  } else {
    stream->abort();
  }
}

Task<void> read_to_end(World& world, Endpoint to) {
  auto stream = co_await world.network.connect(address("127.0.0.1"), to, forever);
  const IoStatus written = co_await (*stream)->write("never read by the far end", forever);
  std::string bytes;
  IoStatus status = IoStatus::ok;
  while (status == IoStatus::ok) status = co_await (*stream)->read(bytes, forever);
  EXPECT_TRUE(written == IoStatus::ok || status == IoStatus::reset);  // a reset met by the write is one for the read
  world.log.push_back(fmt::format("{} {}", status == IoStatus::closed ? bytes.size() : 0, to_string(status)));
  world.end_task();
}

TEST(TcpNetwork, TellsAnEndInGoodOrderFromAReset) {
  for (const bool in_good_order : {true, false}) {
    ConnectionRegistry registry;
    World world(registry);
    auto listener = world.network.listen({address("127.0.0.1"), 0});
    ASSERT_TRUE(listener);
    world.executor.spawn(hang_up(**listener, in_good_order));
    world.executor.spawn(read_to_end(world, (*listener)->local()));
    world.run(1);
    EXPECT_EQ(world.log.back(), in_good_order ? "200000 connection closed" : "0 connection reset by peer");
    world.executor.shut_down();
  }
}

Task<void> wait_in_vain(World& world, Endpoint to) {
  auto stream = co_await world.network.connect(address("127.0.0.1"), to, forever);
  std::string bytes;
  const Time start = world.executor.now();
  IoStatus status = co_await (*stream)->read(bytes, start + milliseconds(30));
  const bool in_time = world.executor.now() - start >= milliseconds(30);
  world.log.push_back(fmt::format("{} {}", to_string(status), in_time));
  // The stream is still good after a deadline.
  co_await (*stream)->write("x", forever);
  status = co_await (*stream)->read(bytes, forever);
  world.log.push_back(fmt::format("{} {}", to_string(status), bytes));
  world.end_task();
}

Task<void> write_until_blocked(World& world, Endpoint to) {
  auto stream = co_await world.network.connect(address("127.0.0.1"), to, forever);
  const std::string much(64 * 1024 * 1024, 'x');
  const IoStatus status = co_await (*stream)->write(much, world.executor.now() + milliseconds(100));
  world.log.emplace_back(to_string(status));
  world.end_task();
}

TEST(TcpNetwork, KeepsDeadlines) {
  ConnectionRegistry registry;
  World world(registry);
  auto listener = world.network.listen({address("127.0.0.1"), 0});
  world.executor.spawn(echo(world, **listener));
  world.executor.spawn(wait_in_vain(world, (*listener)->local()));
  world.run(1);
  EXPECT_EQ(world.log, (std::vector<std::string>{"timed out true", "ok x"}));
  auto mute = world.network.listen({address("127.0.0.1"), 0});  // nobody accepts, nobody reads
  world.executor.spawn(write_until_blocked(world, (*mute)->local()));
  world.run(1);
  EXPECT_EQ(world.log.back(), "timed out");
  world.executor.shut_down();
}

TEST(TcpNetwork, FailsToConnectAndNeverLeavesTheWorld) {
  ConnectionRegistry registry;
  World world(registry);
  Endpoint gone;
  {
    const auto listener = world.network.listen({address("127.0.0.1"), 0});
    gone = (*listener)->local();
    EXPECT_FALSE(world.network.listen(gone));
  }
  world.executor.spawn(send_and_compare(world, address("127.0.0.1"), gone, 1));
  world.executor.spawn(send_and_compare(world, address("127.0.0.1"), {address("192.0.2.1"), 25}, 1));
  world.run(2);
  std::sort(world.log.begin(), world.log.end());
  EXPECT_EQ(world.log, (std::vector<std::string>{"Connection refused", "Network is unreachable"}));
  std::vector<FactKind> kinds;
  for (const Fact& fact : world.journal.facts()) kinds.push_back(fact.kind);
  std::sort(kinds.begin(), kinds.end());
  EXPECT_EQ(kinds, (std::vector<FactKind>{FactKind::unconnected, FactKind::escaped}));
  world.executor.shut_down();
}

Task<std::optional<std::string>> answer(std::string query, Endpoint) {
  if (query == "silence") co_return std::nullopt;
  co_return "re: " + query;
}

Task<void> ask(World& world, Endpoint server, std::string query) {
  const auto reply = co_await world.network.ask(address("127.0.0.1"), server, std::move(query),
                                                world.executor.now() + milliseconds(200));
  world.log.push_back(reply.value_or("nothing"));
  world.end_task();
}

TEST(TcpNetwork, Datagrams) {
  ConnectionRegistry registry;
  World world(registry);
  const auto server = world.network.serve_datagrams({address("127.0.0.1"), 0}, answer);
  ASSERT_TRUE(server);
  EXPECT_FALSE(world.network.serve_datagrams(*server, answer));
  for (const std::string_view query : {"a", "silence", "b"})
    world.executor.spawn(ask(world, *server, std::string(query)));
  world.executor.spawn(ask(world, {address("203.0.113.1"), 53}, "escape"));
  world.run(4);
  std::sort(world.log.begin(), world.log.end());
  EXPECT_EQ(world.log, (std::vector<std::string>{"nothing", "nothing", "re: a", "re: b"}));
  world.executor.shut_down();
}

TEST(TcpNetwork, TwoThreadsShareOnlyTheRegistry) {
  ConnectionRegistry registry;
  World server(registry);
  World client(registry);
  auto listener = server.network.listen({address("127.0.0.1"), 0});
  server.executor.spawn(echo(server, **listener));
  std::thread thread([&server] { server.executor.run_until(server.executor.now() + seconds(2)); });
  for (int index = 0; index < 50; ++index) {
    client.executor.spawn(send_and_compare(client, address("127.0.0.1"), (*listener)->local(), 1000));
  }
  client.run(50);
  client.executor.shut_down();
  thread.join();
  EXPECT_EQ(client.log, std::vector<std::string>(50, "same"));
  std::sort(client.client_ids.begin(), client.client_ids.end());
  std::sort(server.server_ids.begin(), server.server_ids.end());
  EXPECT_EQ(client.client_ids, server.server_ids);
  EXPECT_EQ(std::adjacent_find(client.client_ids.begin(), client.client_ids.end()), client.client_ids.end());
  server.executor.shut_down();
}

Task<void> tick(RealExecutor& executor, int& ticks) {
  for (;;) {
    ++ticks;
    co_await executor.sleep_for(std::chrono::microseconds(1));
  }
}

TEST(RealExecutor, LateTimersDoNotShutOutInput) {
  ConnectionRegistry registry;
  World world(registry);
  auto listener = world.network.listen({address("127.0.0.1"), 0});
  world.executor.spawn(echo(world, **listener));
  int ticks = 0;
  for (int index = 0; index < 200; ++index) world.executor.spawn(tick(world.executor, ticks));
  world.executor.spawn(send_and_compare(world, address("127.0.0.1"), (*listener)->local(), 50'000));
  world.run(1);
  EXPECT_EQ(world.log, std::vector<std::string>{"same"});
  EXPECT_GT(ticks, 200);
  world.executor.shut_down();
}

TEST(RealExecutor, TellsTheTime) {
  RealExecutor executor;
  const Time start = executor.now();
  EXPECT_TRUE(executor.run_until(start + seconds(5)));  // nothing to do: back at once
  EXPECT_LT(executor.now() - start, seconds(1));
  EXPECT_NEAR(static_cast<double>(executor.unix_seconds()), static_cast<double>(time(nullptr)), 2.0);
}

}  // namespace
}  // namespace watershed::stage
