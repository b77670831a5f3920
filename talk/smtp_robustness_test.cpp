// What SMTP client and server make of peers that break the protocol and of networks that break anywhere.
#include "talk/smtp_test_world.hpp"

namespace watershed::talk {
namespace {

using namespace smtp_test;
using std::chrono::seconds;

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
