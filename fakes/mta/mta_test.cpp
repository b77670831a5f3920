// The fake MTA from end to end: one sends, another receives, over the network in memory and a name server with a table.
#include "fakes/mta/mta.hpp"

#include "fakes/mta/sins.hpp"
#include "stage/simulated_stage.hpp"

#include <gtest/gtest.h>

namespace watershed::mta {
namespace {

using stage::FactKind;
using stage::Task;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

IpAddress address(std::string_view text) { return *parse_ip_address(text); }

struct World : stage::SimulatedStage {
  World() {
    receiver.hostname = "mx.receiver.example";
    receiver.addresses = {address("192.0.2.25")};
    receiver.host = add_host(receiver.hostname, receiver.addresses[0]);
    sender.hostname = "mail.sender.example";
    sender.addresses = {address("198.51.100.7")};
    sender.host = add_host(sender.hostname, sender.addresses[0]);
    sender.sender.smart_host = "192.0.2.25";
  }
  ~World() { executor.shut_down(); }

  void start() {
    to = std::make_unique<FakeMta>(stage, receiver);
    from = std::make_unique<FakeMta>(stage, sender);
    ASSERT_TRUE(to->start());
  }

  /// Sends one message now; its result comes into `results`.
  void send(std::vector<std::string> recipients, std::string message = "Received: from a by b; Fri, 20 Nov 2026 06:00:00 +0000\r\n"
                                                                       "Subject: x\r\n\r\nhello\r\n") {
    mail::Envelope envelope;
    envelope.reverse_path = *mail::parse_reverse_path("<op@sender.example>");
    for (const std::string& each : recipients) envelope.recipients.push_back({*mail::parse_forward_path("<" + each + ">"), {}, {}});
    executor.spawn(submit(std::move(envelope), mail::Message::parse(std::move(message))));
  }
  Task<void> submit(mail::Envelope envelope, mail::Message message) {
    results.push_back(co_await from->submit(std::move(envelope), std::move(message), "label", "verification"));
  }
  void run() {
    executor.run_until(stage::forever);
    EXPECT_EQ(executor.failure(), "");
  }

  /// `kind@seconds recipient code text` of the facts of one kind.
  std::vector<std::string> facts(FactKind kind) const {
    std::vector<std::string> found;
    for (const stage::Fact& fact : journal.facts()) {
      if (fact.kind != kind) continue;
      found.push_back(fmt::format("{}s {} {} {} {}", fact.at / seconds(1), fact.recipient, fact.code, fact.detail, fact.text));
    }
    return found;
  }
  std::size_t count(FactKind kind) const { return facts(kind).size(); }

  FakeMtaOptions receiver;
  FakeMtaOptions sender;
  std::unique_ptr<FakeMta> to;
  std::unique_ptr<FakeMta> from;
  std::vector<SubmissionResult> results;
};

using Lines = std::vector<std::string>;

ScriptRule answers(ScriptStage at, int code, std::string_view status, std::string_view text) {
  ScriptRule rule;
  rule.name = "test";
  rule.at = at;
  rule.action = {.verb = ScriptVerb::reply, .reply = mail::make_reply(code, status, text)};
  return rule;
}

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
  EXPECT_EQ(world.facts(FactKind::offered), (Lines{"0s a@receiver.example 0 label verification", "0s b@receiver.example 0 label verification"}));
  EXPECT_EQ(world.count(FactKind::accepted), 2U);
  EXPECT_EQ(world.facts(FactKind::stored), (Lines{"0s a@receiver.example 0 INBOX a@receiver.example", "0s b@receiver.example 0 INBOX b@receiver.example"}));
  EXPECT_EQ(world.count(FactKind::relayed), 2U);
  EXPECT_EQ(world.facts(FactKind::note), Lines{});
  ASSERT_EQ(world.results.size(), 1U);
  EXPECT_TRUE(world.results[0].recipients[0].is_accepted && world.results[0].recipients[1].is_accepted);
  EXPECT_EQ(world.from->sender().queued(), 0U);
  // The hops join: by connection and transaction, with the same content.
  const auto find = [&world](FactKind kind) {
    return *std::find_if(world.journal.facts().begin(), world.journal.facts().end(), [kind](const auto& fact) { return fact.kind == kind; });
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
  world.to->on_received([&heard](const ReceivedTransaction& got) { heard.push_back(display(got.envelope.recipients[0].forward_path)); });
  world.send({"A@Receiver.example", "robot@receiver.example", "nobody@receiver.example", "x@lists.example", "x@other.example"});
  world.run();
  EXPECT_EQ(world.facts(FactKind::stored), (Lines{"0s A@Receiver.example 0 INBOX A@Receiver.example", "0s x@lists.example 0 INBOX x@lists.example"}));
  EXPECT_EQ(world.facts(FactKind::answered), (Lines{"0s robot@receiver.example 0 AutoDRM robot@receiver.example"}));
  EXPECT_EQ(world.facts(FactKind::failed),
            (Lines{"0s nobody@receiver.example 550  550 5.1.1 <nobody@receiver.example>: Recipient address rejected: User unknown",
                   "0s x@other.example 554  554 5.7.1 <x@other.example>: Relay access denied"}));
  EXPECT_EQ(heard, Lines{"A@Receiver.example"});
  EXPECT_EQ(world.results.at(0).recipients.at(2).reply->code, 550);
}

TEST(FakeMta, RetriesAsAnMtaDoes) {
  World world;
  ScriptRule later = answers(ScriptStage::rcpt, 451, "4.3.0", "later");
  later.times = 6;
  later.decided_by = "world.yaml:9";
  world.receiver.script = {later};
  world.start();
  world.send({"a@receiver.example"});
  world.run();
  EXPECT_EQ(world.facts(FactKind::deferred),
            (Lines{"0s a@receiver.example 451 300s 451 4.3.0 later", "300s a@receiver.example 451 900s 451 4.3.0 later",
                   "900s a@receiver.example 451 2100s 451 4.3.0 later", "2100s a@receiver.example 451 4500s 451 4.3.0 later",
                   "4500s a@receiver.example 451 8100s 451 4.3.0 later", "8100s a@receiver.example 451 11700s 451 4.3.0 later"}));
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
  for (const Case& each : {Case{ScriptVerb::keep_then_drop, 2}, Case{ScriptVerb::lose_then_drop, 1}, Case{ScriptVerb::drop, 1},
                           Case{ScriptVerb::stall, 1}}) {
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
  EXPECT_EQ(world.facts(FactKind::discarded), Lines{"30s nobody@receiver.example 0  no such mailbox; accepted by the reply script"});
  EXPECT_EQ(world.count(FactKind::stored), 0U);
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
  EXPECT_EQ(world.facts(FactKind::note),
            (Lines{"0s  0 protocol bare line feed in the message (RFC 5321 §2.3.8)", "0s  0 protocol line of 2005 octets (RFC 5321 §4.5.3.1.6)",
                   "0s  0 protocol 8-bit body without BODY=8BITMIME (RFC 6152)", "0s  0 protocol no Received field (RFC 5321 §4.4)"}));
  mail::Envelope declared;
  declared.body_type = mail::BodyType::eight_bit_mime;
  const auto sins = find_sins(declared, mail::Message::parse("Subject: \xe9\r\n\r\n\xe9\r\n"));
  EXPECT_EQ(sins, (Lines{"8-bit header field without SMTPUTF8 (RFC 6531 §3.4)", "no Received field (RFC 5321 §4.4)"}));
}

TEST(FakeMta, ReusesItsSessions) {
  for (const bool reuse : {true, false}) {
    World world;
    world.sender.sender.pool = {.parallel = 3, .reuse = reuse};
    world.start();
    for (int index = 0; index < 30; ++index) world.send({"a@receiver.example"});
    world.run();
    EXPECT_EQ(world.count(FactKind::stored), 30U);
    EXPECT_EQ(world.count(FactKind::connected), reuse ? 3U : 30U);
    // Idle sessions end with QUIT by themselves: the world came to rest.
    EXPECT_EQ(world.executor.now(), reuse ? seconds(2) : seconds(0));
  }
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
  EXPECT_EQ(world.facts(FactKind::deferred)[0], "30s a@receiver.example 0 330s connect to 192.0.2.25[192.0.2.25]:25: Connection timed out");
  EXPECT_EQ(world.count(FactKind::stored), 1U);
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
