// What the router remembers of its decisions never outlives what they came from: configuration, DNS, the client.
#include "components/router/engine/decision_memo.hpp"
#include "components/router/engine/test_world.hpp"

namespace watershed::router::testing {
namespace {

using stage::Task;
using talk::RecordType;
using ::testing::ElementsAre;
using ::testing::StartsWith;

class DecisionMemoTest : public World {
 protected:
  /// Sends the same envelope so many times, over one session as long as the server keeps it.
  Task<void> stream(IpAddress from, mail::Envelope of, int count, stage::Duration pause) {
    std::unique_ptr<talk::SmtpClient> client;
    for (int number = 0; number < count; ++number) {
      if (!client || !client->is_usable()) {
        talk::SmtpClientOptions client_options;
        client_options.helo = "client.example";
        auto opened = co_await talk::SmtpClient::open(stage, client_host, from, Endpoint{ip("192.0.2.25"), 25},
                                                      std::move(client_options));
        if (!opened) co_return;
        client = std::move(*opened);
      }
      const mail::Message message = mail::Message::parse("Subject: x\r\n\r\nbody\r\n");
      const auto outcomes = co_await client->send(of, message, journal.new_custody());
      replies.push_back(outcomes.front().text);
      co_await executor.sleep_for(pause);
    }
    co_await client->quit();
  }

  std::map<std::string, std::string> main_cf(const std::string& text) { return {{"main.cf", text}}; }
  std::vector<std::string> replies;
};

TEST_F(DecisionMemoTest, AReplacedConfigurationTakesEffectInASessionThatGoesOn) {
  Router& relay = router("mx.a.example", "192.0.2.25", main_cf(""));
  receiver("mx.b.example", "192.0.2.30");
  mx("b.example", {"10 mx.b.example"});
  executor.spawn(stream(ip("192.0.2.1"), envelope("s@c.example", {"r@b.example"}), 5, 10s));
  executor.run_until(15s);
  ASSERT_TRUE(relay.replace_config(
      decider("mx.a.example", {ip("192.0.2.25")},
              main_cf("smtpd_recipient_restrictions = check_recipient_access inline:{r@b.example=REJECT}\n"))));
  run();
  EXPECT_THAT(replies, ElementsAre(StartsWith("250 "), StartsWith("250 "), StartsWith("421 4.3.2 "),
                                   StartsWith("554 5.7.1 "), StartsWith("554 5.7.1 ")));
}

TEST_F(DecisionMemoTest, AChangedDnsRecordChangesTheDecision) {
  router("mx.a.example", "192.0.2.25", main_cf("smtpd_sender_restrictions = reject_unknown_sender_domain\n"));
  receiver("mx.b.example", "192.0.2.30");
  mx("b.example", {"10 mx.b.example"});
  mx("c.example", {"10 mx.b.example"});  // for 60 s
  executor.spawn(stream(ip("192.0.2.1"), envelope("s@c.example", {"r@b.example"}), 4, 50s));
  executor.run_until(75s);
  names.answers.erase({"c.example", RecordType::mx});
  executor.run_until(130s);
  mx("c.example", {"10 mx.b.example"});
  run();
  EXPECT_THAT(replies,
              ElementsAre(StartsWith("250 "), StartsWith("250 "), StartsWith("450 4.1.8 "), StartsWith("250 ")));
}

TEST_F(DecisionMemoTest, AnotherClientGetsItsOwnDecision) {
  router("mx.a.example", "192.0.2.25", main_cf(""));
  receiver("mx.b.example", "192.0.2.30");
  mx("b.example", {"10 mx.b.example"});
  network.add_address(ip("198.51.100.9"), journal.add_host("stranger.example"));
  for (const char* const client : {"192.0.2.1", "198.51.100.9", "192.0.2.1"}) {
    executor.spawn(stream(ip(client), envelope("s@c.example", {"r@b.example"}), 1, 1s));
    run();
  }
  EXPECT_THAT(replies, ElementsAre(StartsWith("250 "), StartsWith("454 4.7.1 "), StartsWith("250 ")));
}

TEST_F(DecisionMemoTest, AReplacedAliasTableExpandsAnew) {
  const auto with_alias = [&](const std::string& target) {
    return main_cf("virtual_alias_maps = inline:{r@b.example=" + target + "}\n");
  };
  Router& relay = router("mx.a.example", "192.0.2.25", with_alias("one@b.example"));
  Receiver& target = receiver("mx.b.example", "192.0.2.30");
  mx("b.example", {"10 mx.b.example"});
  executor.spawn(stream(ip("192.0.2.1"), envelope("s@c.example", {"r@b.example"}), 4, 10s));
  executor.run_until(15s);
  ASSERT_TRUE(relay.replace_config(decider("mx.a.example", {ip("192.0.2.25")}, with_alias("two@b.example"))));
  run();
  EXPECT_THAT(target.recipients(), ElementsAre("one@b.example", "one@b.example", "two@b.example"));
}

TEST_F(DecisionMemoTest, PartsOfAKeyDoNotRunIntoEachOther) {
  EXPECT_NE(MemoKey().add("ab").add("c").take(), MemoKey().add("a").add("bc").take());
  EXPECT_NE(MemoKey().add("").add_flag(true).take(), MemoKey().add("+").take());
}

}  // namespace
}  // namespace watershed::router::testing
