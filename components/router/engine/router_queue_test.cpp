// End to end on the virtual clock: stop and start, reload and flush, concurrency, dead destinations.
#include "components/router/engine/test_world.hpp"

namespace watershed::router::testing {
namespace {

using stage::FactKind;
using talk::SmtpStage;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class RouterQueueTest : public World {
 protected:
  /// A router at 192.0.2.25 whose mail for b.example goes to a receiver by MX.
  Router& relay(const std::string& more_main_cf = "", std::map<std::string, std::string> files = {}) {
    files["main.cf"] = more_main_cf + files["main.cf"];
    return router("mx.a.example", "192.0.2.25", std::move(files));
  }
};

talk::Answer later(SmtpStage at, const std::string&) {
  return at == SmtpStage::rcpt ? talk::answer(450, "4.2.0", "Not now") : talk::Answer{};
}

TEST_F(RouterQueueTest, TheQueueSurvivesAHostThatGoesDown) {
  Router& mx_a = relay();
  Receiver& target = receiver("mx.b.example", "192.0.2.30");
  target.work = 20s;
  mx("b.example", {"10 mx.b.example"});
  send("192.0.2.25", envelope("s@c.example", {"r@b.example"}));
  run(10s);  // the message is with the receiver, whose 250 has not come yet
  ASSERT_EQ(mx_a.queue_size(), 1U);
  const stage::HostId host = network.host_at(ip("192.0.2.25"));
  network.set_host_up(host, false);
  mx_a.stop();
  const auto& refused = send("192.0.2.25", envelope("s@c.example", {"late@b.example"}));
  run(1h);
  ASSERT_THAT(refused, SizeIs(1));
  EXPECT_FALSE(refused[0].is_accepted());
  EXPECT_EQ(mx_a.queue_size(), 1U);
  EXPECT_THAT(facts(FactKind::deferred), IsEmpty());
  target.work = 0s;
  target.taken.clear();
  network.set_host_up(host, true);
  ASSERT_TRUE(mx_a.start());
  EXPECT_TRUE(run());
  EXPECT_THAT(target.recipients(), ElementsAre("r@b.example"));
  EXPECT_EQ(mx_a.queue_size(), 0U);
}

TEST_F(RouterQueueTest, DeferredMailWaitsForItsTimeThroughARestart) {
  Router& mx_a = relay();
  bool open = false;
  Receiver& target = receiver("mx.b.example", "192.0.2.30", [&](SmtpStage at, const std::string& recipient) {
    return open ? talk::Answer{} : later(at, recipient);
  });
  mx("b.example", {"10 mx.b.example"});
  send("192.0.2.25", envelope("s@c.example", {"r@b.example"}));
  run(60s);
  mx_a.stop();
  open = true;
  ASSERT_TRUE(mx_a.start());  // at 60 s: queue runs at 60 s, 360 s, …
  EXPECT_TRUE(run());
  ASSERT_THAT(target.taken, SizeIs(1));
  EXPECT_EQ(target.taken[0].at, 360s);
}

TEST_F(RouterQueueTest, FlushTriesDeferredMailAtOnceAndANewConfigurationRoutesIt) {
  Router& mx_a = relay();
  receiver("mx.b.example", "192.0.2.30", later);
  Receiver& other = receiver("other.example", "192.0.2.31");
  mx("b.example", {"10 mx.b.example"});
  send("192.0.2.25", envelope("s@c.example", {"r@b.example"}));
  run(60s);
  EXPECT_THAT(facts(FactKind::deferred), SizeIs(1));
  ASSERT_TRUE(
      mx_a.replace_config(decider("mx.a.example", {ip("192.0.2.25")}, {{"main.cf", "relayhost = [other.example]\n"}})));
  mx_a.flush();
  EXPECT_TRUE(run());
  ASSERT_THAT(other.taken, SizeIs(1));
  EXPECT_EQ(other.taken[0].at, 60s);
  ASSERT_THAT(facts(FactKind::routed), SizeIs(2));
  EXPECT_THAT(facts(FactKind::routed)[1].decided_by, HasSubstr("postfix/main.cf:"));
}

TEST_F(RouterQueueTest, ConcurrencyToOneDestinationIsLimitedAndConnectionsAreReused) {
  router("mx.a.example", "192.0.2.25", {{"main.cf", "default_destination_concurrency_limit = 7\n"}});
  Receiver& target = receiver("mx.b.example", "192.0.2.30");
  target.work = 500ms;
  mx("b.example", {"10 mx.b.example"});
  for (int count = 0; count < 100; ++count) {
    send("192.0.2.25", envelope("s@c.example", {"r" + std::to_string(count) + "@b.example"}));
  }
  EXPECT_TRUE(run());
  EXPECT_THAT(target.taken, SizeIs(100));
  EXPECT_EQ(target.busy_max, 7);
  EXPECT_LT(target.connections, 20);
}

TEST_F(RouterQueueTest, RecipientsAreSentInGroups) {
  router("mx.a.example", "192.0.2.25", {{"main.cf", "smtp_destination_recipient_limit = 3\n"}});
  Receiver& target = receiver("mx.b.example", "192.0.2.30");
  mx("b.example", {"10 mx.b.example"});
  std::vector<std::string> to;
  for (int count = 0; count < 7; ++count) to.push_back("r" + std::to_string(count) + "@b.example");
  send("192.0.2.25", envelope("s@c.example", to));
  EXPECT_TRUE(run());
  EXPECT_THAT(target.taken, SizeIs(3));
  EXPECT_THAT(target.recipients(), SizeIs(7));
}

TEST_F(RouterQueueTest, ADeadDestinationIsLeftAloneForAWhile) {
  router("mx.a.example", "192.0.2.25", {{"main.cf", "default_destination_concurrency_limit = 1\n"}});
  network.add_address(ip("192.0.2.30"), journal.add_host("mx.b.example"));
  address_record("mx.b.example", "192.0.2.30");
  mx("b.example", {"10 mx.b.example"});
  send("192.0.2.25", envelope("s@c.example", {"one@b.example"}));
  run(1s);
  send("192.0.2.25", envelope("s@c.example", {"two@b.example"}));
  run(1s);
  EXPECT_THAT(facts(FactKind::unconnected), SizeIs(1));
  const auto deferred = facts(FactKind::deferred);
  ASSERT_THAT(deferred, SizeIs(2));
  EXPECT_THAT(deferred[1].text, HasSubstr("delivery temporarily suspended: connect to mx.b.example[192.0.2.30]:25"));
  routers[0]->flush();
  run(1s);
  EXPECT_THAT(facts(FactKind::unconnected), SizeIs(2));
}

TEST_F(RouterQueueTest, ALostAnswerAfterTheFinalDotMakesADuplicateNotALoss) {
  relay();
  int count = 0;
  Receiver& target = receiver("mx.b.example", "192.0.2.30", [&](SmtpStage at, const std::string&) {
    if (at != SmtpStage::content || ++count > 1) return talk::Answer{};
    talk::Answer dropped = talk::answer(250, "2.0.0", "Taken");
    dropped.then = talk::Then::drop;
    return dropped;
  });
  mx("b.example", {"10 mx.b.example"});
  send("192.0.2.25", envelope("s@c.example", {"r@b.example"}));
  EXPECT_TRUE(run());
  EXPECT_EQ(count, 2);
  EXPECT_THAT(target.taken, SizeIs(1));
  EXPECT_THAT(facts(FactKind::deferred), SizeIs(1));
}

}  // namespace
}  // namespace watershed::router::testing
