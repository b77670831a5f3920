// End to end: local delivery, rewriting, content filters, hold.
#include "components/router/engine/test_world.hpp"
#include "talk/content_filter.hpp"

namespace watershed::router::testing {
namespace {

using stage::FactKind;
using talk::FilterAction;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class ScriptedFilter final : public talk::ContentFilter {
 public:
  explicit ScriptedFilter(stage::HostId host) : host_(host) {}
  stage::HostId host() const override { return host_; }
  stage::Task<std::optional<talk::FilterVerdict>> inspect(const talk::FilterRequest& request) override {
    seen.push_back(request.message.value("Subject"));
    co_return verdict;
  }
  bool is_reachable() const override { return reachable; }
  std::optional<talk::FilterVerdict> verdict = talk::FilterVerdict{};
  bool reachable = true;
  std::vector<std::string> seen;

 private:
  stage::HostId host_;
};

class RouterLocalTest : public World {
 protected:
  RouterLocalTest() : filter(journal.add_host("spam.example")) {}

  Router& filtering(const std::string& more = "") {
    return router("mx.a.example", "192.0.2.25",
                  {{"main.cf",
                    "smtpd_milters = inet:spam.example:11332\nvirtual_mailbox_domains = a.example\n"
                    "virtual_mailbox_maps = inline:{r@a.example=r/}\n" +
                        more}},
                  [this](RouterOptions& made) { made.content_filter = &filter; });
  }
  ScriptedFilter filter;
};

TEST_F(RouterLocalTest, VirtualMailboxDelivery) {
  router("mx.a.example", "192.0.2.25",
         {{"main.cf",
           "virtual_mailbox_domains = a.example\nvirtual_mailbox_maps = hash:/etc/postfix/vmailbox\n"
           "recipient_delimiter = +\n"},
          {"vmailbox", "# mailboxes\nr@a.example r/\n"}});
  send("192.0.2.25", envelope("s@c.example", {"r+tag@a.example"}));
  EXPECT_TRUE(run());
  const auto stored = facts(FactKind::stored);
  ASSERT_THAT(stored, SizeIs(1));
  EXPECT_EQ(stored[0].recipient, "r+tag@a.example");
  EXPECT_EQ(stored[0].detail, "INBOX");
  EXPECT_EQ(stored[0].decided_by, "postfix/vmailbox:2");
  ASSERT_THAT(mailboxes["r@a.example"], SizeIs(1));
  EXPECT_EQ(mailboxes["r@a.example"][0].value("Delivered-To"), "r+tag@a.example");
  EXPECT_EQ(mailboxes["r@a.example"][0].value("Return-Path"), "<s@c.example>");
}

TEST_F(RouterLocalTest, EachVirtualServiceHasItsOwnMailboxes) {
  router("mx.a.example", "192.0.2.25",
         {{"main.cf",
           "virtual_mailbox_domains = a.example\nvirtual_mailbox_maps = inline:{r@a.example=r/}\n"
           "smtpd_reject_unlisted_recipient = no\nvirtual_transport = robots\n"},
          {"master.cf",
           "smtp inet n - y - - smtpd\nsmtp unix - - y - - smtp\n"
           "robots unix - n n - - virtual -o virtual_mailbox_maps=hash:/etc/postfix/robots\n"},
          {"robots", "cal@a.example cal/\n"}});
  send("192.0.2.25", envelope("s@c.example", {"cal@a.example"}));
  EXPECT_TRUE(run());
  EXPECT_THAT(mailboxes["cal@a.example"], SizeIs(1));
}

TEST_F(RouterLocalTest, AliasesForwardUnderANewCustodyAndLoopsAreSeen) {
  router("mx.a.example", "192.0.2.25",
         {{"main.cf", "mydestination = a.example\nalias_maps = hash:/etc/aliases\nmyorigin = a.example\n"},
          {"aliases", "team: alice, bob@b.example\nround: round@b.example\n"},
          {"passwd", "alice:x:1000:1000::/home/alice:/bin/sh\n"}});
  router("mx.b.example", "192.0.2.30",
         {{"main.cf", "mydestination = b.example\nalias_maps = hash:/etc/aliases\nmyorigin = b.example\n"},
          {"aliases", "round: round@a.example\n"},
          {"passwd", "bob:x:1000:1000::/home/bob:/bin/sh\n"}});
  mx("a.example", {"10 mx.a.example"});
  mx("b.example", {"10 mx.b.example"});
  Receiver& origin = receiver("mx.c.example", "192.0.2.40");
  mx("c.example", {"10 mx.c.example"});
  send("192.0.2.25", envelope("s@c.example", {"team@a.example"}));
  EXPECT_TRUE(run());
  EXPECT_THAT(mailboxes["alice"], SizeIs(1));
  ASSERT_THAT(mailboxes["bob"], SizeIs(1));
  EXPECT_EQ(mailboxes["bob"][0].count("Delivered-To"), 2U);
  const auto stored = facts(FactKind::stored);
  ASSERT_THAT(stored, SizeIs(2));
  EXPECT_EQ(stored[0].recipient, "alice@a.example");
  ASSERT_THAT(facts(FactKind::rewritten), SizeIs(1));
  EXPECT_EQ(facts(FactKind::rewritten)[0].detail, "alice@a.example");
  const auto spawned = facts(FactKind::spawned);
  ASSERT_FALSE(spawned.empty());
  EXPECT_EQ(spawned[0].detail, "forward");
  EXPECT_EQ(spawned[0].text, "team@a.example");

  send("192.0.2.25", envelope("s@c.example", {"round@a.example"}));
  EXPECT_TRUE(run());
  const auto failed = facts(FactKind::failed);
  ASSERT_THAT(failed, SizeIs(1));
  EXPECT_THAT(failed[0].text, HasSubstr("5.4.6 mail forwarding loop for round@a.example"));
  EXPECT_THAT(origin.taken, SizeIs(1));
}

TEST_F(RouterLocalTest, VirtualAliasesAndBccAreToldInTheJournal) {
  router("mx.a.example", "192.0.2.25",
         {{"main.cf",
           "virtual_alias_maps = hash:/etc/postfix/virtual\nalways_bcc = log@b.example\n"
           "enable_original_recipient = no\n"},
          {"virtual", "team@b.example one@b.example, two@b.example\nboss@b.example one@b.example\n"}});
  Receiver& target = receiver("mx.b.example", "192.0.2.31");
  mx("b.example", {"10 mx.b.example"});
  send("192.0.2.25", envelope("s@c.example", {"team@b.example", "boss@b.example"}));
  EXPECT_TRUE(run());
  EXPECT_THAT(target.recipients(), ElementsAre("one@b.example", "two@b.example", "log@b.example"));
  const auto rewritten = facts(FactKind::rewritten);
  ASSERT_GE(rewritten.size(), 4U);
  EXPECT_EQ(rewritten[0].recipient, "team@b.example");
  EXPECT_EQ(rewritten[0].detail, "one@b.example");
  EXPECT_EQ(rewritten[0].decided_by, "postfix/virtual:1");
  const auto merged = facts(FactKind::merged);
  ASSERT_THAT(merged, SizeIs(1));
  EXPECT_EQ(merged[0].recipient, "boss@b.example");
  EXPECT_EQ(merged[0].detail, "one@b.example");
  EXPECT_EQ(rewritten.back().detail, "log@b.example");
}

TEST_F(RouterLocalTest, ErrorAndDiscardTransports) {
  router("mx.a.example", "192.0.2.25",
         {{"main.cf",
           "transport_maps = hash:/etc/postfix/transport\nvirtual_alias_domains = list.example\n"
           "virtual_alias_maps = inline:{ {all@list.example = a@gone.example, a@hole.example, a@pause.example} }\n"},
          {"transport",
           "gone.example error:5.1.6 moved away\nhole.example discard:silently\n"
           "pause.example retry:4.2.1 come back later\n"}});
  Receiver& origin = receiver("mx.c.example", "192.0.2.40");
  mx("c.example", {"10 mx.c.example"});
  send("192.0.2.25", envelope("s@c.example", {"all@list.example"}));
  run(60s);
  ASSERT_THAT(facts(FactKind::failed), SizeIs(1));
  EXPECT_EQ(facts(FactKind::failed)[0].text, "5.1.6 moved away");
  EXPECT_EQ(facts(FactKind::failed)[0].decided_by, "postfix/transport:1");
  ASSERT_THAT(facts(FactKind::discarded), SizeIs(1));
  EXPECT_EQ(facts(FactKind::discarded)[0].decided_by, "postfix/transport:2");
  ASSERT_THAT(facts(FactKind::deferred), SizeIs(1));
  EXPECT_THAT(origin.taken, SizeIs(1));
}

TEST_F(RouterLocalTest, TheFilterTagsRejectsDefersAndDiscards) {
  filtering();
  struct Case {
    FilterAction action;
    int code;
    std::size_t stored;
  };
  std::size_t stored = 0;
  for (const Case& each :
       {Case{FilterAction::accept, 250, 1}, Case{FilterAction::tag, 250, 1}, Case{FilterAction::reject, 550, 0},
        Case{FilterAction::tempfail, 451, 0}, Case{FilterAction::discard, 250, 0}}) {
    filter.verdict = talk::FilterVerdict{
        each.action, {}, {"X-Spam: " + std::string(talk::to_string(each.action))}, "GTUBE", "spam.yaml:3"};
    const auto& outcomes = send("192.0.2.25", envelope("s@c.example", {"r@a.example"}));
    EXPECT_TRUE(run());
    ASSERT_THAT(outcomes, SizeIs(1));
    EXPECT_EQ(outcomes[0].reply->code, each.code) << talk::to_string(each.action);
    stored += each.stored;
    EXPECT_THAT(facts(FactKind::stored), SizeIs(stored)) << talk::to_string(each.action);
    const auto filtered = facts(FactKind::filtered);
    ASSERT_FALSE(filtered.empty());
    EXPECT_EQ(filtered.back().host, filter.host());
    EXPECT_EQ(filtered.back().detail, talk::to_string(each.action));
    EXPECT_EQ(filtered.back().decided_by, "spam.yaml:3");
    EXPECT_EQ(filtered.back().custody != 0, each.code == 250);
  }
  EXPECT_EQ(mailboxes["r@a.example"].back().value("X-Spam"), "tag");
  EXPECT_EQ(facts(FactKind::discarded).back().decided_by, "spam.yaml:3");
  EXPECT_EQ(facts(FactKind::rejected).front().decided_by, "spam.yaml:3");
}

TEST_F(RouterLocalTest, QuarantineHoldsUntilReleased) {
  Router& mx_a = filtering();
  filter.verdict = talk::FilterVerdict{FilterAction::quarantine, {}, {}, "GTUBE", "spam.yaml:3"};
  send("192.0.2.25", envelope("s@c.example", {"r@a.example"}));
  EXPECT_TRUE(run());
  ASSERT_THAT(mx_a.queue(), SizeIs(1));
  EXPECT_EQ(mx_a.queue()[0].state, QueueState::hold);
  ASSERT_THAT(facts(FactKind::held), SizeIs(1));
  EXPECT_THAT(facts(FactKind::held)[0].text, HasSubstr("GTUBE"));
  EXPECT_THAT(facts(FactKind::stored), IsEmpty());
  EXPECT_EQ(mx_a.release_held(), 1U);
  EXPECT_TRUE(run());
  EXPECT_THAT(facts(FactKind::stored), SizeIs(1));
  EXPECT_EQ(mx_a.queue_size(), 0U);
}

TEST_F(RouterLocalTest, AnUnreachableFilterIsWhatMilterDefaultActionSays) {
  filtering();
  filter.verdict.reset();
  const auto& deferred = send("192.0.2.25", envelope("s@c.example", {"r@a.example"}));
  EXPECT_TRUE(run());
  EXPECT_EQ(deferred[0].reply->code, 451);
  EXPECT_THAT(facts(FactKind::stored), IsEmpty());
  ASSERT_TRUE(routers[0]->replace_config(
      decider("mx.a.example", {ip("192.0.2.25")},
              {{"main.cf",
                "smtpd_milters = inet:spam.example:11332\nmilter_default_action = accept\n"
                "virtual_mailbox_domains = a.example\nvirtual_mailbox_maps = inline:{r@a.example=r/}\n"}})));
  const auto& accepted = send("192.0.2.25", envelope("s@c.example", {"r@a.example"}));
  EXPECT_TRUE(run());
  EXPECT_TRUE(accepted[0].is_accepted()) << accepted[0].text;
  EXPECT_THAT(facts(FactKind::stored), SizeIs(1));
}

TEST_F(RouterLocalTest, AFilterThatIsDownIsKnownBeforeTheFirstCommand) {
  struct Case {
    std::string action;
    std::string told;  ///< as the refusal begins; empty: it is taken
    FactKind end;
  };
  filter.reachable = false;
  filtering();
  for (const Case& each : {Case{"tempfail", "451 4.7.1 Service unavailable", FactKind::rejected},
                           Case{"reject", "554 mx.a.example ESMTP not accepting", FactKind::rejected},
                           Case{"quarantine", "", FactKind::held}, Case{"accept", "", FactKind::stored}}) {
    ASSERT_TRUE(routers[0]->replace_config(
        decider("mx.a.example", {ip("192.0.2.25")},
                {{"main.cf", "smtpd_milters = inet:spam.example:11332\nmilter_default_action = " + each.action +
                                 "\nvirtual_mailbox_domains = a.example\n"
                                 "virtual_mailbox_maps = inline:{r@a.example=r/}\n"}})));
    const auto& outcomes = send("192.0.2.25", envelope("s@c.example", {"r@a.example"}));
    EXPECT_TRUE(run());
    ASSERT_FALSE(facts(each.end).empty()) << each.action;
    EXPECT_EQ(outcomes[0].is_accepted(), each.told.empty()) << each.action;
    if (each.told.empty()) continue;
    const auto refused = facts(FactKind::rejected).back();
    EXPECT_THAT(refused.text, ::testing::StartsWith(each.told));
    EXPECT_EQ(refused.recipient, "") << "not to RCPT, not after the content";
    EXPECT_THAT(refused.decided_by, ::testing::StartsWith("postfix/main.cf:"));
  }
  EXPECT_THAT(filter.seen, IsEmpty());
}

TEST_F(RouterLocalTest, UnlistedRecipientsAreRefusedInTheSession) {
  filtering();
  const auto& outcomes = send("192.0.2.25", envelope("s@c.example", {"nobody@a.example"}));
  EXPECT_TRUE(run());
  ASSERT_THAT(outcomes, SizeIs(1));
  EXPECT_EQ(outcomes[0].reply->code, 550);
  EXPECT_THAT(facts(FactKind::accepted), IsEmpty());
  EXPECT_THAT(facts(FactKind::rejected), SizeIs(1));
  EXPECT_THAT(filter.seen, IsEmpty());
}

TEST_F(RouterLocalTest, HeaderChecksAct) {
  router("mx.a.example", "192.0.2.25",
         {{"main.cf",
           "virtual_mailbox_domains = a.example\nvirtual_mailbox_maps = inline:{r@a.example=r/}\n"
           "header_checks = regexp:/etc/postfix/header_checks\n"},
          {"header_checks", "/^Subject: bad/ REJECT not here\n/^Subject: keep/ HOLD\n/^X-Private:/ IGNORE\n"}});
  const auto& refused = send("192.0.2.25", envelope("s@c.example", {"r@a.example"}), "Subject: bad\r\n\r\nx\r\n");
  EXPECT_TRUE(run());
  EXPECT_EQ(refused[0].reply->code, 550);
  send("192.0.2.25", envelope("s@c.example", {"r@a.example"}), "Subject: keep\r\n\r\nx\r\n");
  EXPECT_TRUE(run());
  ASSERT_THAT(facts(FactKind::held), SizeIs(1));
  EXPECT_EQ(facts(FactKind::held)[0].text, "HOLD action");
  send("192.0.2.25", envelope("s@c.example", {"r@a.example"}), "Subject: y\r\nX-Private: z\r\n\r\nx\r\n");
  EXPECT_TRUE(run());
  ASSERT_THAT(mailboxes["r@a.example"], SizeIs(1));
  EXPECT_EQ(mailboxes["r@a.example"][0].count("X-Private"), 0U);
}

// postconf(5) local_header_rewrite_clients: the header section of other clients' mail stays as it is.
TEST_F(RouterLocalTest, OnlyAClientOnThisHostHasItsHeaderRewritten) {
  const std::string settings =
      "virtual_mailbox_domains = a.example\n"
      "virtual_mailbox_maps = inline:{r@a.example=r/}\ncanonical_maps = inline:{ {s@c.example=t@c.example} }\n";
  const std::string content = "From: s@c.example\r\n\r\nx\r\n";
  Router& other = router("mx1.a.example", "192.0.2.25", {{"main.cf", settings}});
  send("192.0.2.25", envelope("s@c.example", {"r@a.example"}), content);
  Router& own = router("mx2.a.example", "192.0.2.26", {{"main.cf", "inet_interfaces = 192.0.2.26\n" + settings}},
                       [](RouterOptions& made) { made.addresses.push_back(ip("192.0.2.1")); });
  send("192.0.2.26", envelope("s@c.example", {"r@a.example"}), content);
  EXPECT_TRUE(run());
  EXPECT_THAT(mailboxes["r@a.example"], SizeIs(2));
  EXPECT_THAT(other.not_understood(), IsEmpty());
  ASSERT_THAT(own.not_understood(), SizeIs(1));
  EXPECT_THAT(own.not_understood()[0].text, HasSubstr("canonical_maps rewrites the field From"));
}

}  // namespace
}  // namespace watershed::router::testing
