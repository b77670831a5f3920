// The fake MTA when things go wrong: reply scripts in action, retries, hosts that are down, sessions that went stale.
#include "fakes/mta/mta_test_world.hpp"

namespace watershed::mta {
namespace {

using namespace mta_test;

TEST(FakeMta, RetriesAsAnMtaDoes) {
  World world;
  ScriptRule later = answers(ScriptStage::rcpt, 451, "4.3.0", "later");
  later.times = 6;
  later.decided_by = "world.yaml:9";
  world.receiver.script = {later};
  world.start();
  world.send({"a@receiver.example"});
  world.run();
  EXPECT_EQ(
      world.facts(FactKind::deferred),
      (Lines{"0s a@receiver.example 451 300s 451 4.3.0 later", "300s a@receiver.example 451 900s 451 4.3.0 later",
             "900s a@receiver.example 451 2100s 451 4.3.0 later", "2100s a@receiver.example 451 4500s 451 4.3.0 later",
             "4500s a@receiver.example 451 8100s 451 4.3.0 later",
             "8100s a@receiver.example 451 11700s 451 4.3.0 later"}));
  EXPECT_EQ(world.facts(FactKind::stored), Lines{"11700s a@receiver.example 0 INBOX a@receiver.example"});
  EXPECT_EQ(world.count(FactKind::fault), 6U);
  EXPECT_EQ(world.facts(FactKind::fault)[0], "0s a@receiver.example 451 test rcpt: 451 4.3.0 later");
}

TEST(FakeMta, GivesUpAfterItsLifetime) {
  World world;
  world.receiver.script = {answers(ScriptStage::content, 452, "4.2.2", "full")};
  world.start();
  world.send({"a@receiver.example"});
  world.run();
  ASSERT_EQ(world.count(FactKind::failed), 1U);
  EXPECT_GE(world.executor.now(), hours(120));
  EXPECT_LE(world.executor.now(), hours(121));
  EXPECT_EQ(world.results[0].recipients[0].text, "452 4.2.2 full");
  EXPECT_FALSE(world.results[0].recipients[0].is_accepted);
  EXPECT_EQ(world.from->sender().queued(), 0U);
  EXPECT_EQ(world.count(FactKind::accepted), 0U);
}

TEST(FakeMta, FaultsAtTheEndOfAMessage) {
  struct Case {
    ScriptVerb verb;
    std::size_t stored;
  };
  // Kept and dropped comes twice: RFC 1047. Lost and dropped comes once, on the second try.
  for (const Case& each : {Case{ScriptVerb::keep_then_drop, 2}, Case{ScriptVerb::lose_then_drop, 1},
                           Case{ScriptVerb::drop, 1}, Case{ScriptVerb::stall, 1}}) {
    World world;
    ScriptRule rule = answers(ScriptStage::content, 250, "", "");
    rule.action = {.verb = each.verb};
    rule.times = 1;
    world.receiver.script = {rule};
    world.start();
    world.send({"a@receiver.example"});
    world.run();
    EXPECT_EQ(world.count(FactKind::stored), each.stored) << to_string(each.verb);
    EXPECT_EQ(world.count(FactKind::relayed), 1U);
    EXPECT_EQ(world.count(FactKind::deferred), 1U);
    EXPECT_TRUE(world.results.at(0).recipients.at(0).is_accepted);
  }
}

TEST(FakeMta, DelaysAndAcceptsAsTold) {
  World world;
  ScriptRule slow = answers(ScriptStage::data, 250, "", "");
  slow.action = {.verb = ScriptVerb::go_on, .delay = seconds(30)};
  ScriptRule lenient = answers(ScriptStage::rcpt, 250, "2.1.5", "sure");
  world.receiver.script = {slow, lenient};
  world.receiver.mailboxes = {{"a@receiver.example"}};
  world.start();
  world.send({"nobody@receiver.example"});
  world.run();
  EXPECT_EQ(world.facts(FactKind::accepted), Lines{"30s nobody@receiver.example 0  "});
  EXPECT_EQ(world.facts(FactKind::discarded),
            Lines{"30s nobody@receiver.example 0  no such mailbox; accepted by the reply script"});
  EXPECT_EQ(world.count(FactKind::stored), 0U);
}

TEST(FakeMta, AStaleSessionCostsNoRetry) {
  World world;
  world.sender.sender.pool = {.parallel = 3, .reuse = true, .idle = hours(1)};
  world.receiver.server.command_timeout = minutes(1);
  world.start();
  world.send({"a@receiver.example"});
  world.executor.run_until(minutes(10));
  world.send({"a@receiver.example"});
  world.run();
  EXPECT_EQ(world.count(FactKind::stored), 2U);
  EXPECT_EQ(world.count(FactKind::deferred), 0U);
  EXPECT_EQ(world.count(FactKind::connected), 2U);
}

TEST(FakeMta, WaitsForAHostThatIsDown) {
  World world;
  world.start();
  world.network.set_host_up(world.receiver.host, false);
  world.send({"a@receiver.example"});
  world.executor.run_until(minutes(20));
  EXPECT_EQ(world.from->sender().queued(), 1U);
  world.network.set_host_up(world.receiver.host, true);
  world.run();
  EXPECT_EQ(world.facts(FactKind::deferred)[0],
            "30s a@receiver.example 0 330s connect to 192.0.2.25[192.0.2.25]:25: Connection timed out");
  EXPECT_EQ(world.count(FactKind::stored), 1U);
}

TEST(FakeMta, TwoRunsWithOneSeedAreTheSame) {
  const auto run = [](std::uint64_t seed) {
    World world;
    world.random = stage::Random(seed);
    ScriptRule sometimes = answers(ScriptStage::rcpt, 451, "4.3.0", "later");
    sometimes.rate = 0.4;
    world.receiver.script = {sometimes};
    world.start();
    for (int index = 0; index < 20; ++index) world.send({"a@receiver.example", "b@receiver.example"});
    world.run();
    EXPECT_EQ(world.count(FactKind::stored), 40U);
    std::string out;
    for (const stage::Fact& fact : world.journal.facts()) append_json_line(out, world.journal, fact);
    return out;
  };
  const std::string first = run(11);
  EXPECT_EQ(first, run(11));
  EXPECT_NE(first, run(12));
}

TEST(FakeMta, ShutsDownInTheMiddle) {
  World world;
  world.sender.sender.pool = {.parallel = 2, .reuse = true};
  world.network.set_links([](IpAddress, IpAddress) { return stage::Link{.latency = std::chrono::milliseconds(5)}; });
  world.start();
  for (int index = 0; index < 10; ++index) world.send({"a@receiver.example", "b@[192.0.2.25]"});
  world.executor.run_until(std::chrono::milliseconds(63));
  world.executor.shut_down();  // the sanitizers watch
  EXPECT_LT(world.results.size(), 10U);
}

}  // namespace
}  // namespace watershed::mta
