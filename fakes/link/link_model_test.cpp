// Links between places: latency, jitter, outages in time.
#include "fakes/link/link_model.hpp"

#include <gtest/gtest.h>

namespace watershed::link {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

IpAddress address(std::string_view text) { return *parse_ip_address(text); }

const IpAddress linux_host = address("192.0.2.1");
const IpAddress other_linux_host = address("192.0.2.2");
const IpAddress cloud_host = address("203.0.113.1");
const IpAddress outside_host = address("198.51.100.1");

LinkModel make_model(LinkOptions options, const stage::Executor& executor, std::uint64_t seed = 1) {
  LinkModel model(std::move(options), stage::Random(seed), executor);
  model.assign(linux_host, 1);
  model.assign(other_linux_host, 1);
  model.assign(cloud_host, 2);
  return model;
}

TEST(LinkModel, LatencyByPlace) {
  const stage::VirtualExecutor executor;
  LinkModel model = make_model(
      {.default_latency = milliseconds(5), .latencies = {{1, 2, milliseconds(20), {}}, {1, 1, {}, {}}}}, executor);
  EXPECT_EQ(model.link(linux_host, cloud_host).latency, milliseconds(20));
  EXPECT_EQ(model.link(cloud_host, linux_host).latency, milliseconds(20));
  EXPECT_EQ(model.link(linux_host, other_linux_host).latency, milliseconds(0));
  EXPECT_EQ(model.link(cloud_host, outside_host).latency, milliseconds(5));
  EXPECT_EQ(model.group_of(outside_host), 0U);
}

TEST(LinkModel, AnAddressThatMovesGoesTheNewWay) {
  const stage::VirtualExecutor executor;
  LinkModel model = make_model(
      {.default_latency = milliseconds(5), .latencies = {{1, 2, milliseconds(20), {}}, {1, 1, {}, {}}}}, executor);
  EXPECT_EQ(model.link(linux_host, cloud_host).latency, milliseconds(20));
  model.assign(cloud_host, 1);
  EXPECT_EQ(model.link(linux_host, cloud_host).latency, milliseconds(0));
  EXPECT_EQ(model.link(outside_host, cloud_host).latency, milliseconds(5));
}

TEST(LinkModel, JitterIsSeededAndBounded) {
  const stage::VirtualExecutor executor;
  const LinkOptions options{.default_latency = milliseconds(10), .default_jitter = milliseconds(4)};
  LinkModel model = make_model(options, executor);
  LinkModel same = make_model(options, executor);
  LinkModel other = make_model(options, executor, 2);
  stage::Duration least = seconds(1);
  stage::Duration most{};
  bool differs = false;
  for (int index = 0; index < 500; ++index) {
    const stage::Duration latency = model.link(linux_host, cloud_host).latency;
    EXPECT_EQ(latency, same.link(linux_host, cloud_host).latency);
    differs = differs || latency != other.link(linux_host, cloud_host).latency;
    least = std::min(least, latency);
    most = std::max(most, latency);
  }
  EXPECT_TRUE(differs);
  EXPECT_GE(least, milliseconds(10));
  EXPECT_LT(least, milliseconds(11));
  EXPECT_GT(most, milliseconds(13));
  EXPECT_LE(most, milliseconds(14));
}

TEST(LinkModel, OutagesHaveEndsAndTimes) {
  stage::VirtualExecutor executor;
  using Kind = OutageEnd::Kind;
  LinkModel model = make_model({}, executor);
  model.add_outage({.name = "wan",
                    .a = {.kind = Kind::group, .group = 1},
                    .b = {.kind = Kind::group, .group = 2},
                    .from = seconds(10),
                    .until = seconds(20)});
  model.add_outage({.name = "port",
                    .kind = OutageKind::refused,
                    .b = {.kind = Kind::address, .address = outside_host},
                    .one_way = true});
  const auto state = [&model](IpAddress from, IpAddress to) {
    const stage::Link link = model.link(from, to);
    return std::string(link.is_cut ? "cut" : "") + (link.is_refused ? "refused" : "");
  };
  EXPECT_EQ(state(linux_host, cloud_host), "");
  EXPECT_EQ(state(linux_host, outside_host), "refused");
  EXPECT_EQ(state(outside_host, linux_host), "");
  executor.spawn([](stage::Executor& on) -> stage::Task<void> { co_await on.sleep_until(seconds(60)); }(executor));
  executor.run_until(seconds(10));
  EXPECT_EQ(state(linux_host, cloud_host), "cut");
  EXPECT_EQ(state(cloud_host, other_linux_host), "cut");
  EXPECT_EQ(state(linux_host, other_linux_host), "");
  EXPECT_EQ(state(cloud_host, outside_host), "refused");
  executor.run_until(seconds(20));
  EXPECT_EQ(state(linux_host, cloud_host), "");
  EXPECT_EQ(model.remove_outages("port"), 1U);
  EXPECT_EQ(state(linux_host, outside_host), "");
}

}  // namespace
}  // namespace watershed::link
