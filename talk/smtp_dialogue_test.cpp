// SmtpClient against serve_smtp over the network in memory: what each side makes of the other's answers, rude ones and
// broken connections included, and what stands in the journal afterwards.
#include "stage/simulated_stage.hpp"
#include "talk/smtp_client.hpp"
#include "talk/smtp_server.hpp"

#include <gtest/gtest.h>

namespace watershed::talk {
namespace {

using stage::FactKind;
using stage::Task;
using std::chrono::seconds;

IpAddress address(std::string_view text) { return *parse_ip_address(text); }

// What the server's owner says: `rcpt` may be keyed by recipient, content over LMTP too.
struct Manners {
  std::map<std::string, Answer> answers;
  Answer to(const std::string& key, Answer otherwise) const {
    const auto found = answers.find(key);
    return found == answers.end() ? otherwise : found->second;
  }
};

struct World : stage::SimulatedStage {
  World() {
    client = add_host("client.example", from);
    server = add_host("server.example", to.address);
    server_options.profile.hostname = "server.example";
    client_options.helo = "client.example";
    client_options.peer_name = "server.example";
    envelope.reverse_path = *mail::parse_reverse_path("<a@client.example>");
    for (const std::string_view recipient : {"<x@server.example>", "<y@server.example>", "<z@server.example>"}) {
      envelope.recipients.push_back({*mail::parse_forward_path(recipient), {}, {}});
    }
  }
  ~World() { executor.shut_down(); }

  std::size_t count(FactKind kind) const {
    return static_cast<std::size_t>(std::count_if(journal.facts().begin(), journal.facts().end(),
                                                  [kind](const stage::Fact& fact) { return fact.kind == kind; }));
  }

  IpAddress from = address("192.0.2.1");
  Endpoint to{address("192.0.2.25"), 25};
  stage::HostId client = 0;
  stage::HostId server = 0;
  SmtpServerOptions server_options;
  SmtpClientOptions client_options;
  Manners manners;
  mail::Envelope envelope;
  mail::Message message = mail::Message::parse("Subject: x\r\n\r\n.dot\r\nend\r\n");
  std::vector<ReceivedContent> received;
  std::vector<std::string> log;
  int resets = 0;
};

class Conversation final : public SmtpConversation {
 public:
  explicit Conversation(World& world) : world_(world) {}
  Task<Answer> on_connect() override { co_return world_.manners.to("connect", answer(220, "", "")); }
  Task<Answer> on_hello(const mail::HelloCommand&) override {
    co_return world_.manners.to("hello", answer(250, "", ""));
  }
  Task<Answer> on_mail(const mail::Envelope&) override { co_return world_.manners.to("mail", answer(250, "2.1.0", "Ok")); }
  Task<Answer> on_rcpt(const mail::Envelope&, const mail::Recipient& recipient) override {
    co_return world_.manners.to("rcpt " + recipient.forward_path.address().local_part, answer(250, "2.1.5", "Ok"));
  }
  Task<Answer> on_data(const mail::Envelope&) override { co_return world_.manners.to("data", answer(354, "", "go")); }
  Task<std::vector<Answer>> on_content(ReceivedContent content) override {
    std::vector<Answer> answers;
    const bool lmtp = world_.server_options.profile.lmtp;
    for (const mail::Recipient& recipient : content.envelope.recipients) {
      const std::string key = lmtp ? "content " + recipient.forward_path.address().local_part : "content";
      answers.push_back(world_.manners.to(key, answer(250, "2.0.0", "taken")));
      if (!lmtp) break;
    }
    world_.received.push_back(std::move(content));
    co_return answers;
  }
  void on_reset() override { ++world_.resets; }

 private:
  World& world_;
};

Task<void> serve(World& world) {
  auto listener = world.network.listen(world.to);
  const ConversationFactory open = [&world](const Connection&) { return std::make_unique<Conversation>(world); };
  co_await serve_smtp(world.stage, world.server, world.server_options, **listener, open);
}

std::string describe(const RecipientOutcome& outcome) {
  const char* const kind = outcome.is_accepted() ? "accepted" : outcome.is_permanent() ? "permanent" : "transient";
  return fmt::format("{}: {} ({})", kind, outcome.text, to_string(outcome.at));
}

// Sends the message `times` times over one connection.
Task<void> deliver(World& world, int times) {
  auto opened =
      co_await SmtpClient::open(world.stage, world.client, world.from, world.to, SmtpClientOptions(world.client_options));
  if (!opened) {
    const SessionFailure& failure = opened.error();
    world.log.push_back(fmt::format("{} session: {} ({})", failure.is_permanent ? "permanent" : "transient",
                                    failure.text, to_string(failure.at)));
    co_return;
  }
  SmtpClient& client = **opened;
  for (int index = 0; index < times && client.is_usable(); ++index) {
    const std::vector<RecipientOutcome> outcomes = co_await client.send(world.envelope, world.message, 7);
    for (const RecipientOutcome& outcome : outcomes) world.log.push_back(describe(outcome));
  }
  if (!client.is_usable()) world.log.emplace_back("unusable");
  co_await client.quit();
}

std::vector<std::string> run(World& world, int times = 1) {
  world.executor.spawn(serve(world));
  world.executor.spawn(deliver(world, times));
  world.executor.run_until(stage::forever);
  EXPECT_EQ(world.executor.failure(), "");
  return world.log;
}

constexpr const char* taken = "accepted: 250 2.0.0 taken (sending end of data -- message may be sent more than once)";

using Lines = std::vector<std::string>;

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
      {"mail refused", {{"mail", answer(550, "5.7.1", "no")}}, Lines(6, "permanent: 550 5.7.1 no (sending MAIL FROM)"), 2},
      {"one recipient refused",
       {{"rcpt y", answer(550, "5.1.1", "who", "main.cf:7")}},
       {taken, "permanent: 550 5.1.1 who (sending RCPT TO)", taken, taken, "permanent: 550 5.1.1 who (sending RCPT TO)", taken},
       2},
      {"all recipients refused",
       {{"rcpt x", answer(450, "4.2.0", "x")}, {"rcpt y", answer(550, "5.1.1", "y")}, {"rcpt z", answer(452, "4.2.2", "z")}},
       {"transient: 450 4.2.0 x (sending RCPT TO)", "permanent: 550 5.1.1 y (sending RCPT TO)",
        "transient: 452 4.2.2 z (sending RCPT TO)", "transient: 450 4.2.0 x (sending RCPT TO)",
        "permanent: 550 5.1.1 y (sending RCPT TO)", "transient: 452 4.2.2 z (sending RCPT TO)"},
       6},
      {"data refused", {{"data", answer(451, "4.3.0", "later")}}, Lines(6, "transient: 451 4.3.0 later (sending DATA command)"), 2},
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
      {"refused greeting", {{"connect", answer(554, "", "none here")}}, {"permanent session: 554 none here (receiving the initial server greeting)"}, 1},
      {"busy greeting", {{"connect", last_words(421, "", "busy")}}, {"transient session: 421 busy (receiving the initial server greeting)"}, 1},
      {"drop at connect", {{"connect", rude(Then::drop)}}, {"transient session: lost connection (receiving the initial server greeting)"}, 0},
      {"refused hello", {{"hello", answer(550, "", "bad name")}}, {"permanent session: 550 bad name (performing the EHLO handshake)"}, 2},
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
  const auto rejected = std::find_if(facts.begin(), facts.end(), [](const auto& fact) { return fact.kind == FactKind::rejected; });
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
  for (const auto& [at, words, waited_s] :
       std::vector<std::tuple<std::string, std::string, int>>{{"connect", "receiving the initial server greeting", 300},
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
  EXPECT_EQ(run(world), (Lines{"permanent: 550 5.1.1 x (sending RCPT TO)", taken,
                               "transient: 452 4.2.2 full (sending end of data -- message may be sent more than once)"}));
  EXPECT_EQ(world.count(FactKind::relayed), 1U);
  EXPECT_EQ(world.count(FactKind::rejected), 2U);
}

TEST(SmtpDialogue, IsNotTriedWhenTheServerCannotTakeIt) {
  World world;
  world.server_options.profile.size_limit_octets = 10;
  EXPECT_EQ(run(world).front(),
            fmt::format("permanent: 552 5.3.4 message size {} exceeds size limit 10 of server server.example (sending MAIL FROM)",
                        world.message.size_octets()));
  EXPECT_EQ(world.count(FactKind::attempted), 0U);
  World plain;
  plain.server_options.profile.smtputf8 = false;
  plain.envelope.recipients[1] = {*mail::parse_forward_path("<b\xc3\xbcro@server.example>"), {}, {}};
  EXPECT_EQ(run(plain).front(),
            "permanent: 553 5.6.7 SMTPUTF8 is required, but was not offered by host server.example (sending MAIL FROM)");
}

// A server that is only a list of things to say, one after each read.
Task<void> say(World& world, Lines lines) {
  auto listener = world.network.listen(world.to);
  std::unique_ptr<stage::Stream> stream = co_await (*listener)->accept();
  std::string input;
  for (const std::string& line : lines) {
    co_await stream->write(line, stage::forever);
    input.clear();
    if (co_await stream->read(input, stage::forever) != stage::IoStatus::ok) co_return;
    world.log.push_back("> " + input.substr(0, input.find('\r')));
  }
}

TEST(SmtpClient, CopesWithOddServers) {
  struct Odd {
    Lines says;
    Lines expected;
  };
  const std::string at_greeting = "(receiving the initial server greeting)";
  const std::vector<Odd> odd = {
      {{"220 old\r\n", "502 what\r\n", "250 hi\r\n", "550 no\r\n", "221 bye\r\n"},
       {"> EHLO client.example", "> HELO client.example", "> MAIL FROM:<a@client.example>"}},
      {{"220-one\r\n220", " two\r\n", "250 hi\r\n"}, {}},
      {{"bonjour\r\n"}, {"transient session: malformed reply"}},
      {{"220-a\r\n221 b\r\n"}, {"transient session: malformed reply"}},
      {{std::string(70'000, '2')}, {"transient session: lost connection " + at_greeting}},
      {{""}, {}},
  };
  for (const Odd& each : odd) {
    World world;
    world.executor.spawn(say(world, each.says));
    world.executor.spawn(deliver(world, 1));
    world.executor.run_until(stage::forever);
    ASSERT_GE(world.log.size(), each.expected.size()) << each.says.front().substr(0, 40);
    ASSERT_FALSE(world.log.empty());
    for (std::size_t index = 0; index < each.expected.size(); ++index) {
      EXPECT_TRUE(world.log[index].starts_with(each.expected[index])) << world.log[index];
    }
  }
}

// Beside the honest network: the nth read or write of all fails, as if the cable was pulled there.
class FailingNetwork final : public stage::Network {
 public:
  FailingNetwork(stage::Network& honest, int fail_at) : honest_(honest), fail_at_(fail_at) {}

  Task<Result<std::unique_ptr<stage::Stream>, stage::ConnectError>> connect(IpAddress from, Endpoint to,
                                                                            stage::Time deadline) override {
    auto stream = co_await honest_.connect(from, to, deadline);
    if (!stream) co_return stream.error();
    std::unique_ptr<stage::Stream> failing = std::make_unique<FailingStream>(*this, std::move(*stream));
    co_return std::move(failing);
  }
  Result<std::unique_ptr<stage::Listener>, Error> listen(Endpoint at) override { return honest_.listen(at); }
  Result<Endpoint, Error> serve_datagrams(Endpoint at, stage::DatagramHandler handler) override {
    return honest_.serve_datagrams(at, std::move(handler));
  }
  Task<std::optional<std::string>> ask(IpAddress from, Endpoint to, std::string query, stage::Time deadline) override {
    return honest_.ask(from, to, std::move(query), deadline);
  }
  int operations = 0;

 private:
  class FailingStream final : public stage::Stream {
   public:
    FailingStream(FailingNetwork& network, std::unique_ptr<stage::Stream> honest)
        : network_(network), honest_(std::move(honest)) {
      id_ = honest_->id();
      local_ = honest_->local();
      peer_ = honest_->peer();
    }
    Task<stage::IoStatus> read(std::string& into, stage::Time deadline) override {
      if (fails()) co_return stage::IoStatus::reset;
      co_return co_await honest_->read(into, deadline);
    }
    Task<stage::IoStatus> write(std::string_view bytes, stage::Time deadline) override {
      if (fails()) co_return stage::IoStatus::reset;
      co_return co_await honest_->write(bytes, deadline);
    }
    void close() override { honest_->close(); }
    void abort() override { honest_->abort(); }

   private:
    bool fails() {
      if (++network_.operations != network_.fail_at_) return false;
      honest_->abort();
      return true;
    }
    FailingNetwork& network_;
    std::unique_ptr<stage::Stream> honest_;
  };
  stage::Network& honest_;
  int fail_at_;
};

TEST(SmtpDialogue, SurvivesAFailureOfEveryOperation) {
  for (const bool pipelining : {true, false}) {
    int operations = 1;
    for (int fail_at = 1; fail_at <= operations; ++fail_at) {
      World world;
      world.client_options.pipelining = pipelining;
      FailingNetwork failing(world.network, fail_at);
      stage::Stage client_stage{world.executor, world.random, failing, world.journal};
      world.executor.spawn(serve(world));
      world.executor.spawn([](World& of, stage::Stage& on) -> Task<void> {
        auto opened = co_await SmtpClient::open(on, of.client, of.from, of.to, SmtpClientOptions(of.client_options));
        if (!opened) co_return;
        const std::vector<RecipientOutcome> outcomes = co_await (*opened)->send(of.envelope, of.message, 1);
        for (const RecipientOutcome& outcome : outcomes) of.log.push_back(describe(outcome));
        co_await (*opened)->quit();
      }(world, client_stage));
      world.executor.run_until(stage::forever);
      operations = std::max(operations, failing.operations + 1);
      EXPECT_EQ(world.executor.failure(), "");
      // Whoever believes that it was taken is right; the other way round is RFC 1047's unavoidable gap.
      const bool believes = !world.log.empty() && world.log.front() == taken;
      EXPECT_TRUE(!believes || world.received.size() == 1) << fail_at;
      EXPECT_TRUE(believes || fail_at <= failing.operations);
      EXPECT_EQ(world.count(FactKind::relayed), believes ? 3U : 0U);
      world.executor.shut_down();
    }
    EXPECT_EQ(operations - 1, pipelining ? 9 : 17);
  }
}

TEST(SmtpServer, TakesHostileBytesAndAShutDown) {
  World world;
  world.executor.spawn(serve(world));
  const std::string everything = "EHLO x\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n" + std::string(3, '\0') +
                                 "\r\n.\r\n" + std::string(300'000, 'A') + "\r\n\xff\xfe\r\nQUIT\r\n";
  for (std::size_t cut = 0; cut < 60; ++cut) {
    world.executor.spawn([](World& of, std::string bytes) -> Task<void> {
      auto stream = co_await of.network.connect(of.from, of.to, stage::forever);
      co_await (*stream)->write(bytes, stage::forever);
      std::string ignored;
      co_await (*stream)->read(ignored, of.executor.now() + seconds(1));
    }(world, everything.substr(0, cut < 59 ? cut : everything.size())));
  }
  world.executor.run_until(std::chrono::milliseconds(1));
  world.executor.shut_down();
  EXPECT_EQ(world.executor.failure(), "");
  EXPECT_GE(world.received.size(), 1U);
}

}  // namespace
}  // namespace watershed::talk
