// End to end on the virtual clock: acceptance, routing by MX, deferral, retry, expiry, notices, loops.
#include "components/router/engine/test_world.hpp"
#include "mail/dsn.hpp"
#include "mail/trace.hpp"

namespace watershed::router::testing {
namespace {

using stage::FactKind;
using talk::SmtpStage;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class RouterTest : public World {
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

TEST_F(RouterTest, RelaysByMxAndRecordsTheWay) {
  relay();
  Receiver& target = receiver("mx.b.example", "192.0.2.30");
  mx("b.example", {"10 mx.b.example"});
  const auto& outcomes = send("192.0.2.25", envelope("s@c.example", {"r@b.example"}), "Subject: x\r\n\r\n.dot\r\n");
  EXPECT_TRUE(run());
  ASSERT_EQ(outcomes.size(), 1U);
  EXPECT_TRUE(outcomes[0].is_accepted()) << outcomes[0].text;
  EXPECT_THAT(outcomes[0].text, HasSubstr("250 2.0.0 Ok: queued as 0"));
  ASSERT_EQ(target.taken.size(), 1U);
  EXPECT_THAT(target.recipients(), ElementsAre("r@b.example"));
  EXPECT_EQ(display(target.taken[0].envelope.reverse_path), "s@c.example");
  EXPECT_EQ(target.taken[0].message.body(), ".dot\r\n");
  EXPECT_EQ(mail::hop_count(target.taken[0].message), 1);
  EXPECT_THAT(mail::trace_faults(target.taken[0].message), IsEmpty());
  EXPECT_THAT(target.taken[0].message.value("Received"), HasSubstr("for <r@b.example>"));

  const auto accepted = facts(FactKind::accepted);
  ASSERT_EQ(accepted.size(), 1U);
  const auto routed = facts(FactKind::routed);
  ASSERT_EQ(routed.size(), 1U);
  EXPECT_EQ(routed[0].detail, "smtp:b.example");
  EXPECT_EQ(routed[0].custody, accepted[0].custody);
  const auto relayed = facts(FactKind::relayed);
  ASSERT_EQ(relayed.size(), 2U);  // the client's and the router's
  EXPECT_EQ(relayed[0].connection, accepted[0].connection);
  EXPECT_EQ(relayed[1].custody, accepted[0].custody);
  EXPECT_EQ(relayed[1].body_hash, accepted[0].body_hash);
  EXPECT_EQ(routers[0]->queue_size(), 0U);
}

TEST_F(RouterTest, TriesTheNextExchangerBeforeItDefers) {
  relay();
  Receiver& backup = receiver("mx2.b.example", "192.0.2.31");
  network.add_address(ip("192.0.2.30"), journal.add_host("mx1.b.example"));  // up, but nobody listens
  address_record("mx1.b.example", "192.0.2.30");
  mx("b.example", {"10 mx1.b.example", "20 mx2.b.example"});
  send("192.0.2.25", envelope("s@c.example", {"r@b.example"}));
  EXPECT_TRUE(run(60s));
  EXPECT_THAT(backup.taken, SizeIs(1));
  EXPECT_THAT(facts(FactKind::unconnected), SizeIs(1));
  EXPECT_THAT(facts(FactKind::deferred), IsEmpty());
}

TEST_F(RouterTest, ATransientReplySendsItToTheBackupButAPermanentOneDoesNot) {
  relay();
  Receiver& primary = receiver("mx1.b.example", "192.0.2.30", [](SmtpStage at, const std::string& recipient) {
    if (at != SmtpStage::rcpt) return talk::Answer{};
    return recipient.starts_with("gone") ? talk::answer(550, "5.1.1", "No such user")
                                         : talk::answer(451, "4.3.0", "Later");
  });
  Receiver& backup = receiver("mx2.b.example", "192.0.2.31");
  mx("b.example", {"10 mx1.b.example", "20 mx2.b.example"});
  Receiver& origin = receiver("mx.c.example", "192.0.2.40");
  mx("c.example", {"10 mx.c.example"});
  send("192.0.2.25", envelope("s@c.example", {"r@b.example", "gone@b.example"}));
  EXPECT_TRUE(run(60s));
  EXPECT_THAT(primary.taken, IsEmpty());
  EXPECT_THAT(backup.recipients(), ElementsAre("r@b.example"));
  ASSERT_THAT(origin.taken, SizeIs(1));
  const auto dsn = mail::parse_dsn(origin.taken[0].message);
  ASSERT_TRUE(dsn) << dsn.error().message;
  ASSERT_THAT(dsn->report.recipients, SizeIs(1));
  EXPECT_EQ(dsn->report.recipients[0].final_recipient, "gone@b.example");
  EXPECT_EQ(mail::to_string(dsn->report.recipients[0].status), "5.1.1");
  EXPECT_EQ(dsn->report.recipients[0].diagnostic_text, "550 5.1.1 No such user");
}

TEST_F(RouterTest, DefersWithBackOffOnQueueRunsAndGivesUpAfterFiveDays) {
  relay();
  receiver("mx.b.example", "192.0.2.30", later);
  mx("b.example", {"10 mx.b.example"});
  Receiver& origin = receiver("mx.c.example", "192.0.2.40");
  mx("c.example", {"10 mx.c.example"});
  send("192.0.2.25", envelope("s@c.example", {"r@b.example"}));
  EXPECT_FALSE(run(1h));
  ASSERT_THAT(routers[0]->queue(), SizeIs(1));
  EXPECT_EQ(routers[0]->queue()[0].state, QueueState::deferred);
  EXPECT_THAT(routers[0]->queue()[0].reason, HasSubstr("450 4.2.0 Not now"));
  EXPECT_TRUE(run());
  const auto deferred = facts(FactKind::deferred);
  ASSERT_GT(deferred.size(), 50U);
  EXPECT_EQ(deferred[0].code, 450);
  EXPECT_EQ(deferred[1].at, 300s);
  EXPECT_EQ(deferred[2].at, 600s);
  EXPECT_EQ(deferred[3].at, 1200s);
  EXPECT_EQ(deferred[4].at, 2400s);
  for (std::size_t index = 1; index < deferred.size(); ++index) {
    EXPECT_EQ(deferred[index].at % 300s, 0s);
    EXPECT_LE(deferred[index].at - deferred[index - 1].at, 4000s + 300s);
  }
  const auto failed = facts(FactKind::failed);
  ASSERT_THAT(failed, SizeIs(1));
  EXPECT_GE(failed[0].at, 5 * 24h);
  EXPECT_LT(failed[0].at, 5 * 24h + 2h);
  ASSERT_THAT(origin.taken, SizeIs(1));
  EXPECT_TRUE(origin.taken[0].envelope.reverse_path.is_null());
  const auto spawned = facts(FactKind::spawned);
  ASSERT_THAT(spawned, SizeIs(1));
  EXPECT_EQ(spawned[0].cause, failed[0].custody);
  EXPECT_EQ(spawned[0].text, "r@b.example");
  EXPECT_EQ(spawned[0].recipient, "s@c.example");
  EXPECT_EQ(routers[0]->queue_size(), 0U);
}

TEST_F(RouterTest, ALateMessageIsAnnouncedOnce) {
  relay("delay_warning_time = 1h\n");
  receiver("mx.b.example", "192.0.2.30", later);
  mx("b.example", {"10 mx.b.example"});
  Receiver& origin = receiver("mx.c.example", "192.0.2.40");
  mx("c.example", {"10 mx.c.example"});
  send("192.0.2.25", envelope("s@c.example", {"r@b.example"}));
  run(24h);
  ASSERT_THAT(origin.taken, SizeIs(1));
  const auto dsn = mail::parse_dsn(origin.taken[0].message);
  ASSERT_TRUE(dsn);
  EXPECT_EQ(dsn->report.recipients[0].action, mail::DsnAction::delayed);
  EXPECT_EQ(facts(FactKind::spawned)[0].detail, "delay-notice");
}

TEST_F(RouterTest, TheNullReversePathNeverGetsANotice) {
  relay();
  receiver("mx.b.example", "192.0.2.30", [](SmtpStage at, const std::string&) {
    return at == SmtpStage::rcpt ? talk::answer(550, "5.1.1", "No") : talk::Answer{};
  });
  mx("b.example", {"10 mx.b.example"});
  send("192.0.2.25", envelope("<>", {"r@b.example"}));
  EXPECT_TRUE(run());
  EXPECT_THAT(facts(FactKind::spawned), IsEmpty());
  EXPECT_THAT(facts(FactKind::failed), IsEmpty());
  const auto discarded = facts(FactKind::discarded);
  ASSERT_THAT(discarded, SizeIs(1));
  EXPECT_THAT(discarded[0].text, HasSubstr("undeliverable notice to the null reverse-path"));
  EXPECT_THAT(discarded[0].text, HasSubstr("550 5.1.1 No"));
  EXPECT_EQ(discarded[0].code, 550);
}

TEST_F(RouterTest, NotifyDecidesWhoIsTold) {
  relay();
  receiver("mx.b.example", "192.0.2.30", [](SmtpStage at, const std::string& recipient) {
    const bool fails = at == SmtpStage::rcpt && !recipient.starts_with("good");
    return fails ? talk::answer(550, "5.1.1", "No") : talk::Answer{};
  }).options.profile.dsn = false;
  mx("b.example", {"10 mx.b.example"});
  Receiver& origin = receiver("mx.c.example", "192.0.2.40");
  mx("c.example", {"10 mx.c.example"});
  mail::Envelope sent = envelope("s@c.example", {"never@b.example", "good@b.example"});
  sent.recipients[0].notify.specified = sent.recipients[0].notify.never = true;
  sent.recipients[1].notify.specified = sent.recipients[1].notify.success = true;
  send("192.0.2.25", sent);
  EXPECT_TRUE(run());
  ASSERT_THAT(origin.taken, SizeIs(1));  // success for good, silence for never
  const auto dsn = mail::parse_dsn(origin.taken[0].message);
  ASSERT_TRUE(dsn);
  EXPECT_EQ(dsn->report.recipients[0].action, mail::DsnAction::relayed);
  EXPECT_EQ(dsn->report.recipients[0].final_recipient, "good@b.example");
  ASSERT_THAT(facts(FactKind::failed), SizeIs(1));
  EXPECT_THAT(facts(FactKind::failed)[0].text, HasSubstr("NOTIFY=NEVER"));
}

TEST_F(RouterTest, LmtpAnswersForEachRecipient) {
  router("mx.a.example", "192.0.2.25",
         {{"main.cf", "transport_maps = inline:{b.example=lmtp:inet:[192.0.2.30]:2003}\n"}});
  int attempts = 0;
  Receiver& store = receiver(
      "store.b.example", "192.0.2.30",
      [&](SmtpStage at, const std::string& recipient) {
        if (at != SmtpStage::content) return talk::Answer{};
        if (recipient.starts_with("full")) return talk::answer(552, "5.2.2", "Mailbox full");
        if (recipient.starts_with("busy") && ++attempts == 1) return talk::answer(451, "4.3.0", "Busy");
        return talk::Answer{};
      },
      2003, true);
  Receiver& origin = receiver("mx.c.example", "192.0.2.40");
  mx("c.example", {"10 mx.c.example"});
  send("192.0.2.25", envelope("s@c.example", {"ok@b.example", "full@b.example", "busy@b.example"}));
  EXPECT_TRUE(run(1h));
  EXPECT_THAT(store.recipients(), ElementsAre("ok@b.example", "busy@b.example"));
  EXPECT_EQ(store.taken[1].at, 300s);
  ASSERT_THAT(facts(FactKind::failed), SizeIs(1));
  EXPECT_EQ(facts(FactKind::failed)[0].recipient, "full@b.example");
  EXPECT_THAT(origin.taken, SizeIs(1));
}

TEST_F(RouterTest, ALoopEndsAtTheHopLimitWithOneNotice) {
  const std::string main_cf = "hopcount_limit = 10\ntransport_maps = inline:{b.example=smtp:[";
  router("one.example", "192.0.2.25", {{"main.cf", main_cf + "two.example]}\n"}});
  router("two.example", "192.0.2.26", {{"main.cf", main_cf + "one.example]}\n"}});
  Receiver& origin = receiver("mx.c.example", "192.0.2.40");
  mx("c.example", {"10 mx.c.example"});
  send("192.0.2.25", envelope("s@c.example", {"r@b.example"}));
  EXPECT_TRUE(run());
  EXPECT_THAT(facts(FactKind::accepted), SizeIs(9));
  const auto rejected = facts(FactKind::rejected);
  ASSERT_THAT(rejected, SizeIs(1));
  EXPECT_EQ(rejected[0].code, 554);
  EXPECT_THAT(rejected[0].text, HasSubstr("too many hops"));
  ASSERT_THAT(origin.taken, SizeIs(1));
  EXPECT_TRUE(mail::parse_dsn(origin.taken[0].message));
}

TEST_F(RouterTest, MailForItsOwnExchangerLoopsBack) {
  relay();
  mx("b.example", {"10 mx.a.example", "20 mx.b.example"});
  receiver("mx.b.example", "192.0.2.30");
  mx("null.example", {"0 "});
  send("192.0.2.25", envelope("<>", {"r@b.example"}));
  send("192.0.2.25", envelope("<>", {"r@null.example"}));
  send("192.0.2.25", envelope("<>", {"r@nowhere.example"}));
  EXPECT_TRUE(run());
  const auto discarded = [&](std::string_view reason) {
    return ::testing::Contains(::testing::Field(&stage::Fact::text, HasSubstr(std::string(reason))));
  };
  EXPECT_THAT(facts(FactKind::discarded), SizeIs(3));
  EXPECT_THAT(facts(FactKind::discarded), discarded("5.4.6 mail for b.example loops back to myself"));
  EXPECT_THAT(facts(FactKind::discarded), discarded("5.1.0 Domain null.example does not accept mail (nullMX)"));
  EXPECT_THAT(facts(FactKind::discarded), discarded("5.4.4 Host or domain name not found"));
}

// Says all at once what a client that smuggles says: a second transaction behind LF "." LF.
stage::Task<void> smuggle(stage::Executor& executor, stage::Network& network, IpAddress to) {
  auto stream = co_await network.connect(ip("192.0.2.1"), Endpoint{to, 25}, executor.now() + 60s);
  if (!stream) co_return;
  std::string said;
  co_await (*stream)->read(said, executor.now() + 60s);
  for (const std::string_view line :
       {"EHLO client.example\r\n", "MAIL FROM:<s@c.example>\r\n", "RCPT TO:<r@b.example>\r\n", "DATA\r\n",
        "Subject: x\r\n\r\none\n.\nMAIL FROM:<evil@c.example>\nRCPT TO:<r@b.example>\n"
        "DATA\nSubject: smuggled\n\ntwo\r\n.\r\n",
        "QUIT\r\n"}) {
    co_await (*stream)->write(line, executor.now() + 60s);
    co_await (*stream)->read(said, executor.now() + 60s);
  }
}

class BareNewlines : public World, public ::testing::WithParamInterface<std::pair<std::string_view, std::size_t>> {};

TEST_P(BareNewlines, AreForbiddenToAllButTheExcludedClients) {
  const auto& [exclusions, messages] = GetParam();
  router("relay.example", "192.0.2.25",
         {{"main.cf",
           "relay_domains = b.example\nsmtpd_forbid_bare_newline = normalize\n"
           "smtpd_forbid_bare_newline_exclusions = " +
               std::string(exclusions) + "\n"}});
  Receiver& target = receiver("mx.b.example", "192.0.2.30");
  mx("b.example", {"10 mx.b.example"});
  executor.spawn(smuggle(executor, network, ip("192.0.2.25")));
  EXPECT_TRUE(run(60s));
  EXPECT_EQ(target.taken.size(), messages);
}

INSTANTIATE_TEST_SUITE_P(Exclusions, BareNewlines,
                         ::testing::Values(std::pair{"127.0.0.0/8", 1}, std::pair{"192.0.2.0/28", 2},
                                           std::pair{"$mynetworks", 2}));

}  // namespace
}  // namespace watershed::router::testing
