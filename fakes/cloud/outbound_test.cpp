// What leaves the provider: connectors, MX, retries and notices.
#include "fakes/cloud/test_world.hpp"
#include "mail/dsn.hpp"
#include "talk/dns_test_answers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace watershed::cloud {
namespace {

using stage::FactKind;
using test::at;
using test::connected;
using test::from_ben;
using test::submit;
using test::World;
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(Outbound, ThroughTheConnectorThatItsLineNames) {
  World world(connected());
  submit(world, from_ben("robot@ctbto.int"));
  world.run(1s);
  ASSERT_EQ(world.sink.received.size(), 1U);
  EXPECT_EQ(display(world.sink.received[0].envelope.reverse_path), "ben@ctbto.org");
  for (const stage::Fact& fact : world.journal.facts()) {
    if (fact.kind == FactKind::routed) {
      EXPECT_EQ(fact.decided_by, "tenant.yaml:80");
    }
  }
  EXPECT_THAT(world.facts({FactKind::routed, FactKind::relayed}),
              ElementsAre("routed robot@ctbto.int smtp:[192.0.2.25]:25 ",
                          "relayed robot@ctbto.int mx.ctbto.int[192.0.2.25]:25 250 2.0.0 Ok"));
  EXPECT_EQ(world.provider->queued(), 0U);
}

TEST(Outbound, TransientFailureIsRetriedThenExpiresWithANotice) {
  World world(connected());
  world.sink.on_content = [] { return talk::answer(451, "4.3.0", "Later"); };
  submit(world, from_ben("robot@ctbto.int"));
  world.run(1h);
  // 15 minutes, then 30, then 60.
  EXPECT_THAT(world.facts({FactKind::deferred}),
              ElementsAre(HasSubstr(" 900s 451 4.3.0 Later"), HasSubstr(" 2700s "), HasSubstr(" 6300s ")));
  EXPECT_EQ(world.provider->queued(), 1U);
  world.run(22h);
  EXPECT_EQ(world.count(FactKind::failed), 0U);
  world.run(2h);
  EXPECT_THAT(world.facts({FactKind::failed}),
              ElementsAre(HasSubstr("550 5.4.300 Message expired -> 451 4.3.0 Later")));
  EXPECT_THAT(world.facts({FactKind::spawned}), ElementsAre("spawned ben@ctbto.org dsn robot@ctbto.int"));
  EXPECT_THAT(world.holds("ben@ctbto.org"), ElementsAre("Inbox: Undeliverable: hi"));
  EXPECT_EQ(world.provider->queued(), 0U);
}

TEST(Outbound, DeferredMailGoesWhenTheNextHopIsWellAgain) {
  World world(connected());
  world.sink.on_rcpt = [](const mail::Recipient&) { return talk::answer(450, "4.2.0", "Greylisted"); };
  submit(world, from_ben("robot@ctbto.int"));
  world.run(1min);
  world.sink.on_rcpt = nullptr;
  world.provider->stop();
  world.run(1h);
  EXPECT_THAT(world.sink.received, IsEmpty()) << "a host that is down sends nothing";
  ASSERT_TRUE(world.provider->start());
  world.run(1s);
  EXPECT_EQ(world.sink.received.size(), 1U);
  EXPECT_EQ(world.provider->queued(), 0U);
}

TEST(Outbound, NextHopThatRefusesConnectionsDefersAllAndFlushTriesNow) {
  Tenant tenant = connected();
  tenant.outbound_connectors[0].smart_hosts[0].port = 26;
  World world(tenant);
  submit(world, from_ben("a@ctbto.int"));
  submit(world, from_ben("b@ctbto.int"));
  world.run(1min);
  EXPECT_THAT(world.facts({FactKind::deferred}),
              ElementsAre(HasSubstr("450 4.4.316 Connection refused"), HasSubstr("450 4.4.316")));
  world.provider->note_queued();
  EXPECT_EQ(world.count(FactKind::queued), 2U);
  world.provider->flush_queue();
  world.run(1s);
  EXPECT_EQ(world.count(FactKind::deferred), 4U);
}

TEST(Outbound, PermanentFailureGivesADsnThatNamesTheHostThatSaidSo) {
  World world(connected());
  world.sink.on_rcpt = [](const mail::Recipient&) { return talk::answer(550, "5.1.1", "No such robot"); };
  submit(world, from_ben("gone@ctbto.int"));
  world.run(1s);
  const auto& stored = world.provider->store().messages(at("ben@ctbto.org"));
  ASSERT_EQ(stored.size(), 1U);
  EXPECT_TRUE(stored[0].reverse_path.is_null());
  EXPECT_THAT(stored[0].message.value("From"), HasSubstr("postmaster@ctbto.org"));
  const auto report = mail::parse_dsn(stored[0].message);
  ASSERT_TRUE(report) << report.error().message;
  ASSERT_EQ(report->report.recipients.size(), 1U);
  EXPECT_EQ(report->report.recipients[0].final_recipient, "gone@ctbto.int");
  EXPECT_EQ(report->report.recipients[0].status, (mail::EnhancedStatus{5, 1, 1}));
  EXPECT_EQ(report->report.recipients[0].remote_mta, "mx.ctbto.int");
}

TEST(Outbound, NullReversePathNeverGetsADsnAndNotifyIsObeyed) {
  Tenant tenant = connected();
  tenant.recipient_check = RecipientCheck::after_acceptance;
  World world(tenant);
  world.send("", {"nobody@ctbto.org"});
  EXPECT_THAT(world.facts({FactKind::failed}), ElementsAre(HasSubstr("550 5.1.10")));
  EXPECT_EQ(world.count(FactKind::spawned), 0U);
  world.send("x@y.example", {"nobody@ctbto.org"});
  EXPECT_THAT(world.facts({FactKind::spawned}), ElementsAre("spawned x@y.example dsn nobody@ctbto.org"));
  mail::Envelope quiet = from_ben("nobody@ctbto.org");
  quiet.recipients[0].notify = {true, true, false, false, false};
  submit(world, quiet);
  mail::Envelope curious = from_ben("anna@ctbto.org");
  curious.recipients[0].notify = {true, false, true, false, false};
  submit(world, curious);
  world.run(1s);
  EXPECT_EQ(world.count(FactKind::spawned), 2U);
  EXPECT_EQ(world.facts({FactKind::spawned}).back(), "spawned ben@ctbto.org dsn anna@ctbto.org") << "NOTIFY=SUCCESS";
  EXPECT_THAT(world.facts({FactKind::failed}).back(), HasSubstr("NOTIFY=NEVER"));
}

TEST(Outbound, OnPremisesTellsOfDelayOnce) {
  World world(connected("exchange_on_premises"));
  world.sink.on_content = [] { return talk::answer(451, "4.3.0", "Later"); };
  submit(world, from_ben("robot@ctbto.int"));
  world.run(10h);
  EXPECT_THAT(world.facts({FactKind::spawned}), ElementsAre("spawned ben@ctbto.org delay-notice robot@ctbto.int"));
  world.run(40h);
  EXPECT_THAT(world.facts({FactKind::spawned}), ElementsAre(HasSubstr("delay-notice"), HasSubstr(" dsn ")));
  EXPECT_THAT(world.facts({FactKind::failed}), ElementsAre(HasSubstr("550 4.4.7")));
}

TEST(Outbound, MxOfTheDomain) {
  const Endpoint dns{test::ip("192.0.2.53"), 53};
  World world(test::tenant(), false, {dns});
  world.add_host("ns.example", "192.0.2.53");
  talk::ScriptedNameServer server;
  server.answers[{"ctbto.int", talk::RecordType::mx}] = {.answer = {"ctbto.int. 300 IN MX 10 mx.ctbto.int."}};
  server.answers[{"mx.ctbto.int", talk::RecordType::a}] = {.answer = {"mx.ctbto.int. 300 IN A 192.0.2.25"}};
  server.answers[{"null.example", talk::RecordType::mx}] = {.answer = {"null.example. 300 IN MX 0 ."}};
  server.answers[{"broken.example", talk::RecordType::mx}] = {.rcode = 2};
  ASSERT_TRUE(world.network.serve_datagrams(
      dns, [&server](std::string query, Endpoint) { return server.answer(std::move(query), stage::Time{}); }));
  for (const char* to : {"robot@ctbto.int", "a@null.example", "a@gone.example", "a@broken.example"}) {
    submit(world, from_ben(to));
  }
  world.run(1min);
  EXPECT_EQ(world.sink.received.size(), 1U);
  EXPECT_THAT(world.facts({FactKind::failed}), testing::UnorderedElementsAre(HasSubstr("a@null.example  556 5.1.10"),
                                                                             HasSubstr("a@gone.example  550 5.4.310")));
  EXPECT_THAT(world.facts({FactKind::deferred}), ElementsAre(HasSubstr("a@broken.example 9")));
}

}  // namespace
}  // namespace watershed::cloud
