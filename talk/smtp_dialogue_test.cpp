// SmtpClient against serve_smtp over the network in memory: what each side makes of the other's answers, rude ones
// included, and what stands in the journal afterwards.
#include "talk/smtp_test_world.hpp"

namespace watershed::talk {
namespace {

using namespace smtp_test;
using std::chrono::seconds;

TEST(SmtpDialogue, DeliversPipelinedAndInLockStepAlike) {
  for (const bool pipelining : {true, false}) {
    World world;
    world.client_options.pipelining = pipelining;
    EXPECT_EQ(run(world, 2), Lines(6, taken));
    ASSERT_EQ(world.received.size(), 2U);
    EXPECT_EQ(world.received[0].content, world.message.bytes());  // dot-stuffing went on and off
    EXPECT_EQ(world.received[1].envelope.recipients, world.envelope.recipients);
    EXPECT_EQ(world.received[1].transaction, 2U);
    EXPECT_EQ(world.count(FactKind::attempted), 2U);
    EXPECT_EQ(world.count(FactKind::relayed), 6U);
    EXPECT_EQ(world.count(FactKind::rejected), 0U);
  }
}

struct Case {
  const char* name;
  std::map<std::string, Answer> answers;
  Lines expected;  // of two deliveries on one connection
  std::size_t rejected;
};

Answer rude(Then then) { return {{}, then, {}}; }
Answer last_words(int code, std::string_view status, std::string_view text) {
  return {mail::make_reply(code, status, text), Then::close, "main.cf:3"};
}

std::vector<Case> cases() {
  const std::string lost_data = "transient: lost connection (sending DATA command)";
  const std::string lost_end = "transient: lost connection (sending end of data -- message may be sent more than once)";
  return {
      {"mail refused",
       {{"mail", answer(550, "5.7.1", "no")}},
       Lines(6, "permanent: 550 5.7.1 no (sending MAIL FROM)"),
       2},
      {"one recipient refused",
       {{"rcpt y", answer(550, "5.1.1", "who", "main.cf:7")}},
       {taken, "permanent: 550 5.1.1 who (sending RCPT TO)", taken, taken, "permanent: 550 5.1.1 who (sending RCPT TO)",
        taken},
       2},
      {"all recipients refused",
       {{"rcpt x", answer(450, "4.2.0", "x")},
        {"rcpt y", answer(550, "5.1.1", "y")},
        {"rcpt z", answer(452, "4.2.2", "z")}},
       {"transient: 450 4.2.0 x (sending RCPT TO)", "permanent: 550 5.1.1 y (sending RCPT TO)",
        "transient: 452 4.2.2 z (sending RCPT TO)", "transient: 450 4.2.0 x (sending RCPT TO)",
        "permanent: 550 5.1.1 y (sending RCPT TO)", "transient: 452 4.2.2 z (sending RCPT TO)"},
       6},
      {"data refused",
       {{"data", answer(451, "4.3.0", "later")}},
       Lines(6, "transient: 451 4.3.0 later (sending DATA command)"),
       2},
      {"content refused",
       {{"content", answer(554, "5.7.1", "spam")}},
       Lines(6, "permanent: 554 5.7.1 spam (sending end of data -- message may be sent more than once)"),
       6},
      {"421 at mail",
       {{"mail", last_words(421, "4.3.2", "closing")}},
       {"transient: 421 4.3.2 closing (sending MAIL FROM)", "transient: 421 4.3.2 closing (sending MAIL FROM)",
        "transient: 421 4.3.2 closing (sending MAIL FROM)", "unusable"},
       1},
      {"drop at data", {{"data", rude(Then::drop)}}, {lost_data, lost_data, lost_data, "unusable"}, 0},
      {"drop at content", {{"content", rude(Then::drop)}}, {lost_end, lost_end, lost_end, "unusable"}, 0},
      {"refused greeting",
       {{"connect", answer(554, "", "none here")}},
       {"permanent session: 554 none here (receiving the initial server greeting)"},
       1},
      {"busy greeting",
       {{"connect", last_words(421, "", "busy")}},
       {"transient session: 421 busy (receiving the initial server greeting)"},
       1},
      {"drop at connect",
       {{"connect", rude(Then::drop)}},
       {"transient session: lost connection (receiving the initial server greeting)"},
       0},
      {"refused hello",
       {{"hello", answer(550, "", "bad name")}},
       {"permanent session: 550 bad name (performing the EHLO handshake)"},
       2},
  };
}

TEST(SmtpDialogue, EndsAsTheServerSays) {
  for (const Case& each : cases()) {
    for (const bool pipelining : {true, false}) {
      SCOPED_TRACE(fmt::format("{}, {}", each.name, pipelining ? "pipelined" : "in lock-step"));
      World world;
      world.client_options.pipelining = pipelining;
      world.manners.answers = each.answers;
      Lines log = run(world, 2);
      // Pipelined, a drop at DATA takes the replies to RCPT that were not sent yet along.
      if (pipelining && each.name == std::string_view("drop at data")) {
        EXPECT_EQ(log.size(), 4U);
        EXPECT_EQ(log.back(), "unusable");
        EXPECT_EQ(log.front(), "transient: lost connection (sending MAIL FROM)");
      } else {
        EXPECT_EQ(log, each.expected);
      }
      EXPECT_EQ(world.count(FactKind::rejected), each.rejected);
    }
  }
}

TEST(SmtpDialogue, RefusalsNameWhoAndWhy) {
  World world;
  world.manners.answers = {{"rcpt y", answer(550, "5.1.1", "who", "main.cf:7")}};
  run(world);
  const auto& facts = world.journal.facts();
  const auto rejected =
      std::find_if(facts.begin(), facts.end(), [](const auto& fact) { return fact.kind == FactKind::rejected; });
  ASSERT_NE(rejected, facts.end());
  EXPECT_EQ(rejected->host, world.server);
  EXPECT_EQ(rejected->recipient, "y@server.example");
  EXPECT_EQ(rejected->reverse_path, "a@client.example");
  EXPECT_EQ(rejected->code, 550);
  EXPECT_EQ(rejected->transaction, 1U);
  EXPECT_EQ(rejected->connection, 1U);
  EXPECT_EQ(rejected->text, "550 5.1.1 who");
  EXPECT_EQ(rejected->decided_by, "main.cf:7");
}

// The two sides' facts are joined by connection and transaction: a refused MAIL must not shift the numbers.
TEST(SmtpDialogue, BothSidesNumberTransactionsAlike) {
  World world;
  world.manners.answers = {{"mail", answer(451, "4.3.0", "first")}};
  world.executor.spawn(serve(world));
  world.executor.spawn([](World& of) -> Task<void> {
    auto opened = co_await SmtpClient::open(of.stage, of.client, of.from, of.to, SmtpClientOptions(of.client_options));
    static_cast<void>(co_await (*opened)->send(of.envelope, of.message, 1));
    of.manners.answers.clear();
    static_cast<void>(co_await (*opened)->send(of.envelope, of.message, 2));
    co_await (*opened)->quit();
  }(world));
  world.executor.run_until(stage::forever);
  ASSERT_EQ(world.received.size(), 1U);
  for (const stage::Fact& fact : world.journal.facts()) {
    if (fact.kind != FactKind::relayed) continue;
    EXPECT_EQ(fact.transaction, world.received[0].transaction);
  }
}

TEST(SmtpDialogue, StallsEndInTimeouts) {
  for (const auto& [at, words, waited_s] : std::vector<std::tuple<std::string, std::string, int>>{
           {"connect", "receiving the initial server greeting", 300},
           {"hello", "performing the EHLO handshake", 300},
           {"mail", "sending MAIL FROM", 300},
           {"content", "sending end of data -- message may be sent more than once", 600}}) {
    World world;
    world.manners.answers = {{at, rude(Then::stall)}};
    const Lines log = run(world);
    ASSERT_FALSE(log.empty());
    EXPECT_TRUE(log.front().ends_with(fmt::format("conversation timed out ({})", words))) << log.front();
    EXPECT_EQ(world.executor.now(), seconds(waited_s));
  }
}

TEST(SmtpDialogue, ASilentClientIsLetGo) {
  World world;
  world.executor.spawn(serve(world));
  world.executor.spawn([](World& of) -> Task<void> {
    auto stream = co_await of.network.connect(of.from, of.to, stage::forever);
    std::string bytes;
    while (co_await (*stream)->read(bytes, stage::forever) == stage::IoStatus::ok) {
    }
    of.log.push_back(bytes);
  }(world));
  world.executor.run_until(stage::forever);
  EXPECT_EQ(world.executor.now(), seconds(300));
  EXPECT_EQ(world.log.at(0).substr(0, 4), "220 ");
}

TEST(SmtpDialogue, LmtpAnswersForEachRecipient) {
  World world;
  world.server_options.profile.lmtp = world.client_options.lmtp = true;
  world.manners.answers = {{"rcpt x", answer(550, "5.1.1", "x")}, {"content z", answer(452, "4.2.2", "full")}};
  EXPECT_EQ(run(world),
            (Lines{"permanent: 550 5.1.1 x (sending RCPT TO)", taken,
                   "transient: 452 4.2.2 full (sending end of data -- message may be sent more than once)"}));
  EXPECT_EQ(world.count(FactKind::relayed), 1U);
  EXPECT_EQ(world.count(FactKind::rejected), 2U);
}

TEST(SmtpDialogue, IsNotTriedWhenTheServerCannotTakeIt) {
  World world;
  world.server_options.profile.size_limit_octets = 10;
  EXPECT_EQ(
      run(world).front(),
      fmt::format(
          "permanent: 552 5.3.4 message size {} exceeds size limit 10 of server server.example (sending MAIL FROM)",
          world.message.size_octets()));
  EXPECT_EQ(world.count(FactKind::attempted), 0U);
  World plain;
  plain.server_options.profile.smtputf8 = false;
  plain.envelope.recipients[1] = {*mail::parse_forward_path("<b\xc3\xbcro@server.example>"), {}, {}};
  EXPECT_EQ(
      run(plain).front(),
      "permanent: 553 5.6.7 SMTPUTF8 is required, but was not offered by host server.example (sending MAIL FROM)");
}

}  // namespace
}  // namespace watershed::talk
