// The fake MTA from end to end: one sends, another receives, over the network in memory.
#include "fakes/mta/mta_test_world.hpp"
#include "fakes/mta/sins.hpp"

namespace watershed::mta {
namespace {

using namespace mta_test;

TEST(FakeMta, CarriesAMessageAndWritesItsFacts) {
  World world;
  world.start();
  world.send({"a@receiver.example", "b@receiver.example"});
  world.run();
  ASSERT_EQ(world.to->received().size(), 1U);
  const ReceivedTransaction& got = world.to->received().front();
  EXPECT_EQ(got.message.body(), "hello\r\n");
  EXPECT_EQ(got.envelope.recipients.size(), 2U);
  EXPECT_EQ(got.client, address("198.51.100.7"));
  EXPECT_EQ(got.helo, "mail.sender.example");
  EXPECT_EQ(world.facts(FactKind::offered),
            (Lines{"0s a@receiver.example 0 label verification", "0s b@receiver.example 0 label verification"}));
  EXPECT_EQ(world.count(FactKind::accepted), 2U);
  EXPECT_EQ(world.facts(FactKind::stored), (Lines{"0s a@receiver.example 0 INBOX a@receiver.example",
                                                  "0s b@receiver.example 0 INBOX b@receiver.example"}));
  EXPECT_EQ(world.count(FactKind::relayed), 2U);
  EXPECT_EQ(world.facts(FactKind::note), Lines{});
  ASSERT_EQ(world.results.size(), 1U);
  EXPECT_TRUE(world.results[0].recipients[0].is_accepted && world.results[0].recipients[1].is_accepted);
  EXPECT_EQ(world.from->sender().queued(), 0U);
  // The hops join: by connection and transaction, with the same content.
  const auto find = [&world](FactKind kind) {
    return *std::find_if(world.journal.facts().begin(), world.journal.facts().end(),
                         [kind](const auto& fact) { return fact.kind == kind; });
  };
  const stage::Fact relayed = find(FactKind::relayed);
  const stage::Fact accepted = find(FactKind::accepted);
  EXPECT_EQ(relayed.connection, accepted.connection);
  EXPECT_EQ(relayed.transaction, accepted.transaction);
  EXPECT_EQ(relayed.body_hash, accepted.body_hash);
  EXPECT_EQ(relayed.custody, find(FactKind::offered).custody);
  EXPECT_NE(relayed.custody, accepted.custody);
  EXPECT_EQ(accepted.custody, find(FactKind::stored).custody);
  EXPECT_EQ(accepted.body_hash, got.message.body_hash());
}

TEST(FakeMta, HasItsMailboxesAndRobots) {
  World world;
  world.receiver.mailboxes = {{"a@receiver.example"}, {"robot@receiver.example", "AutoDRM"}, {"*@lists.example"}};
  world.start();
  std::vector<std::string> heard;
  world.to->on_received(
      [&heard](const ReceivedTransaction& got) { heard.push_back(display(got.envelope.recipients[0].forward_path)); });
  world.send({"A@Receiver.example", "robot@receiver.example", "nobody@receiver.example", "x@lists.example",
              "x@other.example"});
  world.run();
  EXPECT_EQ(world.facts(FactKind::stored),
            (Lines{"0s A@Receiver.example 0 INBOX A@Receiver.example", "0s x@lists.example 0 INBOX x@lists.example"}));
  EXPECT_EQ(world.facts(FactKind::answered), (Lines{"0s robot@receiver.example 0 AutoDRM robot@receiver.example"}));
  EXPECT_EQ(world.facts(FactKind::failed),
            (Lines{"0s nobody@receiver.example 550  550 5.1.1 <nobody@receiver.example>: Recipient address rejected: "
                   "User unknown",
                   "0s x@other.example 554  554 5.7.1 <x@other.example>: Relay access denied"}));
  EXPECT_EQ(heard, Lines{"A@Receiver.example"});
  EXPECT_EQ(world.results.at(0).recipients.at(2).reply->code, 550);
}

TEST(FakeMta, ServesLmtpForEachRecipient) {
  World world;
  world.receiver.server.profile.lmtp = true;
  world.sender.sender.client.lmtp = true;
  ScriptRule full = answers(ScriptStage::content, 552, "5.2.2", "full");
  full.recipient = "b@*";
  world.receiver.script = {full};
  world.start();
  world.send({"a@receiver.example", "b@receiver.example", "c@receiver.example"});
  world.run();
  EXPECT_EQ(world.facts(FactKind::failed), Lines{"0s b@receiver.example 552  552 5.2.2 full"});
  EXPECT_EQ(world.count(FactKind::stored), 2U);
  EXPECT_EQ(world.to->received().front().envelope.recipients.size(), 2U);
}

TEST(FakeMta, KeepsNoMoreThanItIsTold) {
  World world;
  world.receiver.retain = 2;
  world.start();
  for (int index = 0; index < 5; ++index) world.send({fmt::format("r{}@receiver.example", index)});
  world.run();
  EXPECT_EQ(world.to->received_count(), 5U);
  ASSERT_EQ(world.to->received().size(), 2U);
  EXPECT_EQ(display(world.to->received().back().envelope.recipients[0].forward_path), "r4@receiver.example");
}

TEST(FakeMta, FlagsSins) {
  World world;
  world.start();
  world.send({"a@receiver.example"}, "Subject: x\r\n\r\nbare\nline " + std::string(2000, 'x') + "\r\n\xe9\r\n");
  world.run();
  EXPECT_EQ(world.facts(FactKind::note), (Lines{"0s  0 protocol bare line feed in the message (RFC 5321 §2.3.8)",
                                                "0s  0 protocol line of 2005 octets (RFC 5321 §4.5.3.1.6)",
                                                "0s  0 protocol 8-bit body without BODY=8BITMIME (RFC 6152)",
                                                "0s  0 protocol no Received field (RFC 5321 §4.4)"}));
  mail::Envelope declared;
  declared.body_type = mail::BodyType::eight_bit_mime;
  const auto sins = find_sins(declared, mail::Message::parse("Subject: \xe9\r\n\r\n\xe9\r\n"));
  EXPECT_EQ(sins, (Lines{"8-bit header field without SMTPUTF8 (RFC 6531 §3.4)", "no Received field (RFC 5321 §4.4)"}));
}

TEST(FakeMta, ReusesItsSessions) {
  for (const bool reuse : {true, false}) {
    World world;
    world.sender.sender.pool = {.parallel = 3, .reuse = reuse, .reuse_on_demand = false};
    world.start();
    for (int index = 0; index < 30; ++index) world.send({"a@receiver.example"});
    world.run();
    EXPECT_EQ(world.count(FactKind::stored), 30U);
    EXPECT_EQ(world.count(FactKind::connected), reuse ? 3U : 30U);
    // Idle sessions end with QUIT by themselves: the world came to rest.
    EXPECT_EQ(world.executor.now(), reuse ? seconds(2) : seconds(0));
  }
}

TEST(FakeMta, KeepsSessionsWhileMailFollowsUponMail) {
  World world;
  world.sender.sender.pool = {.parallel = 1, .age_max = seconds(5)};
  world.start();
  const auto send_at = [](World& into, seconds at) -> Task<void> {
    co_await into.executor.sleep_until(at);
    into.send({"a@receiver.example"});
  };
  for (const int at : {0, 2, 3, 4, 5, 6, 7, 8, 9}) world.executor.spawn(send_at(world, seconds(at)));
  world.run();
  EXPECT_EQ(world.count(FactKind::stored), 9U);
  std::vector<int> connected;
  for (const stage::Fact& fact : world.journal.facts()) {
    if (fact.kind == FactKind::connected) connected.push_back(static_cast<int>(fact.at / seconds(1)));
  }
  // Two seconds between two messages are no demand; the session of the third goes on for its five seconds.
  EXPECT_EQ(connected, (std::vector<int>{0, 2, 3, 9}));
  EXPECT_EQ(world.executor.now(), seconds(11));  // idle for two seconds, then ended
}

TEST(FakeMta, AFaultTakesEffectInASessionThatGoesOn) {
  World world;
  world.sender.sender.pool = {.parallel = 1, .reuse = true};
  world.start();
  world.send({"a@receiver.example"});
  world.executor.run_until(seconds(1));
  world.to->script().add_first(answers(ScriptStage::rcpt, 550, "5.1.1", "Gone"));
  world.send({"a@receiver.example"});
  world.executor.run_until(seconds(1));
  EXPECT_EQ(world.to->script().remove("test"), 1U);
  world.send({"a@receiver.example"});
  world.run();
  EXPECT_EQ(world.count(FactKind::connected), 1U);
  EXPECT_EQ(world.facts(FactKind::failed), Lines{"1s a@receiver.example 550  550 5.1.1 Gone"});
  EXPECT_EQ(world.count(FactKind::stored), 2U);
}

TEST(FakeMta, MailToALiteralGoesThereAndNowhereElse) {
  World world;
  world.sender.sender.smart_host = "";
  world.start();
  world.send({"a@[192.0.2.25]", "b@[203.0.113.99]"});
  world.executor.run_until(minutes(1));
  EXPECT_EQ(world.facts(FactKind::stored), Lines{"0s a@[192.0.2.25] 0 INBOX a@[192.0.2.25]"});
  EXPECT_EQ(world.count(FactKind::escaped), 1U);
  EXPECT_EQ(world.from->sender().queued(), 1U);
}

}  // namespace
}  // namespace watershed::mta
