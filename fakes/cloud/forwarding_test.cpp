// What a mailbox sends on: copies, rewritten reverse-paths and their bounces, policy, and loops that end.
#include "fakes/cloud/test_world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace watershed::cloud {
namespace {

using stage::FactKind;
using test::at;
using test::connected;
using test::from_ben;
using test::line;
using test::submit;
using test::World;
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

TEST(Forwarding, ForwardKeepsACopyAndRewritesTheReversePathAndItsBounceComesBack) {
  Tenant tenant = connected();
  tenant.mailboxes[0].forward = test::forward("duty@ctbto.int", true);
  World world(tenant);
  world.send("bob@far.example", {"anna@ctbto.org"});
  EXPECT_THAT(
      world.facts({FactKind::stored, FactKind::spawned}),
      ElementsAre("stored anna@ctbto.org Inbox anna@ctbto.org", "spawned duty@ctbto.int forward anna@ctbto.org"));
  ASSERT_EQ(world.sink.received.size(), 1U);
  const mail::ReversePath srs = world.sink.received[0].envelope.reverse_path;
  EXPECT_THAT(display(srs), StartsWith("anna+SRS="));
  // The next hop bounces to the rewritten reverse-path.
  EXPECT_THAT(world.send("", {display(srs)}, "Subject: bounce\r\n\r\nb\r\n"), ElementsAre(StartsWith("250")));
  ASSERT_EQ(world.sink.received.size(), 2U);
  EXPECT_EQ(display(world.sink.received[1].envelope.recipients[0].forward_path), "bob@far.example");
  EXPECT_TRUE(world.sink.received[1].envelope.reverse_path.is_null());
}

TEST(Forwarding, NoRewritingForOwnReversePathsOnPremisesConnectorsAndWhenOff) {
  const auto reverse_path_seen = [](Tenant tenant, const std::string& from) {
    tenant.mailboxes[0].forward = test::forward("duty@ctbto.int", false);
    World world(std::move(tenant));
    world.send(from, {"anna@ctbto.org"});
    return world.sink.received.empty() ? "nothing" : display(world.sink.received[0].envelope.reverse_path);
  };
  EXPECT_THAT(reverse_path_seen(connected(), "bob@far.example"), StartsWith("anna+SRS="));
  EXPECT_EQ(reverse_path_seen(connected(), "ben@ctbto.org"), "ben@ctbto.org");
  EXPECT_EQ(reverse_path_seen(connected(), ""), "<>");
  Tenant on_premises = connected();
  on_premises.outbound_connectors[0].on_premises = true;
  EXPECT_EQ(reverse_path_seen(on_premises, "bob@far.example"), "bob@far.example");
  Tenant off = connected();
  off.sender_rewriting = false;
  EXPECT_EQ(reverse_path_seen(off, "bob@far.example"), "bob@far.example");
}

TEST(Forwarding, ForbiddenForwardTellsTheOwnerOrTheReversePath) {
  Tenant tenant = connected();
  tenant.external_forwarding = {};
  tenant.mailboxes[0].forward = test::forward("x@gone.example", true);
  World keeps(tenant);
  keeps.send("bob@far.example", {"anna@ctbto.org"});
  EXPECT_THAT(keeps.facts({FactKind::failed, FactKind::spawned}),
              ElementsAre("spawned x@gone.example forward anna@ctbto.org", HasSubstr("x@gone.example  550 5.7.520"),
                          "spawned anna@ctbto.org dsn x@gone.example", "spawned x@gone.example forward anna@ctbto.org",
                          HasSubstr("x@gone.example  550 5.7.520")))
      << "the notice is forwarded too, and its failure is told to nobody";
  EXPECT_THAT(keeps.holds("anna@ctbto.org"), ElementsAre("Inbox: s", "Inbox: Undeliverable: s"));
  EXPECT_THAT(keeps.sink.received, IsEmpty());
  tenant.mailboxes[0].forward = test::forward("x@gone.example", false);
  World moves(tenant);
  moves.send("bob@far.example", {"anna@ctbto.org"});
  EXPECT_THAT(moves.facts({FactKind::failed}), ElementsAre(HasSubstr("anna@ctbto.org  550 5.7.520")));
  EXPECT_THAT(moves.holds("anna@ctbto.org"), IsEmpty());
  ASSERT_EQ(moves.sink.received.size(), 1U);
  EXPECT_EQ(display(moves.sink.received[0].envelope.recipients[0].forward_path), "bob@far.example");
}

TEST(Forwarding, RuleForwardIsTheOwnersMessageAndRedirectIsTheOriginators) {
  Tenant tenant = connected();
  InboxRule rule;
  rule.name = "both";
  rule.forward_to = {at("duty@ctbto.int")};
  rule.redirect_to = {at("archive@ctbto.int")};
  rule.at = line(12);
  tenant.mailboxes[0].rules = {rule};
  World world(tenant);
  world.send("bob@far.example", {"anna@ctbto.org"}, "From: bob@far.example\r\nSubject: s\r\n\r\nbody\r\n");
  ASSERT_EQ(world.sink.received.size(), 2U);
  for (const auto& received : world.sink.received) {
    EXPECT_EQ(received.message.value("X-MS-Exchange-Inbox-Rules-Loop"), "anna@ctbto.org");
    EXPECT_EQ(received.message.body(), "body\r\n");
    if (display(received.envelope.recipients[0].forward_path) == "duty@ctbto.int") {
      EXPECT_EQ(display(received.envelope.reverse_path), "anna@ctbto.org");
      EXPECT_EQ(received.message.value("Subject"), "FW: s");
      EXPECT_THAT(received.message.value("From"), HasSubstr("anna@ctbto.org"));
    } else {
      EXPECT_THAT(display(received.envelope.reverse_path), StartsWith("anna+SRS="));
      EXPECT_EQ(received.message.value("From"), "bob@far.example");
    }
  }
}

TEST(Forwarding, LoopInsideEndsAtTheHopLimitWithOneNotice) {
  Tenant tenant = connected();
  tenant.duplicate_window.reset();
  tenant.limits.hops = 6;
  tenant.mailboxes[0].forward = test::forward("ops@ctbto.org", true);
  tenant.mailboxes[2].forward = test::forward("anna@ctbto.org", true);
  World world(tenant);
  submit(world, from_ben("anna@ctbto.org"));
  world.run(1s);
  EXPECT_EQ(world.provider->queued(), 0U);
  EXPECT_EQ(world.count(FactKind::stored), 7U) << "six passes, and the notice";
  EXPECT_THAT(world.facts({FactKind::failed}), ElementsAre(HasSubstr("554 5.4.14")));
  EXPECT_THAT(world.holds("ben@ctbto.org"), ElementsAre("Inbox: Undeliverable: hi"));
}

TEST(Forwarding, ForwardsThatMultiplyInAGroupEnd) {
  Tenant tenant = connected("exchange_on_premises");
  tenant.groups = {{at("all@ctbto.org"),
                    {},
                    {{at("anna@ctbto.org"), line(41)}, {at("ops@ctbto.org"), line(42)}},
                    false,
                    {},
                    line(40)}};
  tenant.mailboxes[0].forward = test::forward("all@ctbto.org", true);
  tenant.mailboxes[2].forward = test::forward("all@ctbto.org", true);
  World world(tenant);
  submit(world, from_ben("all@ctbto.org"));
  world.run(1s);
  EXPECT_EQ(world.provider->queued(), 0U);
  EXPECT_GT(world.count(FactKind::failed), 0U);
  EXPECT_LT(world.count(FactKind::stored), 10 * copies_max);
}

TEST(Forwarding, NoticeThatARuleSendsOnKeepsTheNullReversePath) {
  Tenant tenant = connected();
  InboxRule rule;
  rule.name = "away";
  rule.forward_to = {at("gone@ctbto.int")};
  tenant.mailboxes[1].rules = {rule};
  World world(tenant);
  world.sink.on_rcpt = [](const mail::Recipient&) { return talk::answer(550, "5.1.1", "No such robot"); };
  submit(world, from_ben("ben@ctbto.org"));
  world.run(1s);
  EXPECT_THAT(world.facts({FactKind::spawned}),
              ElementsAre("spawned gone@ctbto.int forward ben@ctbto.org", "spawned ben@ctbto.org dsn gone@ctbto.int",
                          "spawned gone@ctbto.int forward ben@ctbto.org"))
      << "the forwarded notice fails in silence";
}

TEST(Forwarding, LoopOverAConnectorThatComesBackEndsInTheSession) {
  Tenant tenant = test::tenant();
  tenant.domains.push_back({"shared.example", DomainKind::internal_relay, line(3)});
  tenant.outbound_connectors = {{"back", {"*"}, {{"", test::ip("203.0.113.40"), 25}}, false, line(80)}};
  tenant.limits.hops = 8;
  World world(tenant);
  submit(world, from_ben("lost@shared.example"));
  world.run(10s);
  EXPECT_EQ(world.count(FactKind::accepted), 7U);
  EXPECT_THAT(world.facts({FactKind::failed}), ElementsAre(HasSubstr("554 5.4.14 Hop count exceeded")));
  EXPECT_THAT(world.holds("ben@ctbto.org"), ElementsAre("Inbox: Undeliverable: hi"));
}

}  // namespace
}  // namespace watershed::cloud
