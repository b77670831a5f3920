// The provider from end to end: what comes in, where it ends, and what the journal says of it.
#include "fakes/cloud/test_world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace watershed::cloud {
namespace {

using namespace std::chrono_literals;
using stage::FactKind;
using test::at;
using test::line;
using test::World;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

std::string received_fields(int count) {
  std::string fields;
  for (int index = 0; index < count; ++index) {
    fields += "Received: from a by b with SMTP; Fri, 20 Nov 2026 06:15:00 +0000\r\n";
  }
  return fields;
}

TEST(Provider, AcceptsDeliversAndStamps) {
  World world(test::tenant());
  EXPECT_THAT(
      world.send("op@station.example", {"a.meier@ctbto.org", "ben@ctbto.org", "nobody@ctbto.org"}),
      ElementsAre(StartsWith("250 2.6.0"), StartsWith("250 2.6.0"),
                  "550 5.4.1 [nobody@ctbto.org]: Recipient address rejected: Access denied [eu.cloud.example]"));
  EXPECT_THAT(world.facts({FactKind::accepted, FactKind::rewritten, FactKind::stored, FactKind::rejected}),
              ElementsAre(StartsWith("rejected nobody@ctbto.org"), "accepted a.meier@ctbto.org  ",
                          "accepted ben@ctbto.org  ", "rewritten a.meier@ctbto.org anna@ctbto.org ",
                          "stored ben@ctbto.org Inbox ben@ctbto.org", "stored anna@ctbto.org Inbox anna@ctbto.org"));
  const auto& stored = world.provider->store().messages(at("anna@ctbto.org"));
  ASSERT_EQ(stored.size(), 1U);
  EXPECT_EQ(stored[0].message.value("Return-Path"), "<op@station.example>");
  EXPECT_THAT(stored[0].message.value("Received"), HasSubstr("by eu.cloud.example"));
  EXPECT_EQ(stored[0].message.value("X-MS-Exchange-Organization-AuthAs"), "Anonymous");
  EXPECT_EQ(stored[0].message.body(), "body\r\n");
  EXPECT_EQ(world.provider->queued(), 0U);
}

TEST(Provider, FilterVerdicts) {
  World world(test::tenant(), true);
  const auto send = [&](const std::string& subject) {
    return world.send("x@y.example", {"anna@ctbto.org"}, "Subject: " + subject + "\r\n\r\nb\r\n").at(0);
  };
  EXPECT_THAT(send("fine"), StartsWith("250"));
  EXPECT_THAT(send("tag"), StartsWith("250"));
  EXPECT_THAT(send("reject"), StartsWith("550 5.7.1"));
  EXPECT_THAT(send("tempfail"), StartsWith("451 4.3.2"));
  EXPECT_THAT(send("down"), StartsWith("451 4.3.2"));
  EXPECT_THAT(send("quarantine"), StartsWith("250"));
  EXPECT_THAT(send("discard"), StartsWith("250"));
  EXPECT_THAT(world.holds("anna@ctbto.org"), ElementsAre("Inbox: fine", "Junk Email: tag"));
  EXPECT_THAT(world.facts({FactKind::held, FactKind::discarded}),
              ElementsAre("held anna@ctbto.org  quarantined by the content filter: by subject",
                          "discarded anna@ctbto.org  discarded by the content filter: by subject"));
  EXPECT_EQ(world.count(FactKind::filtered), 6U) << "every verdict, none for the filter that was down";
  stage::Custody held = 0;
  for (const stage::Fact& fact : world.journal.facts()) {
    if (fact.kind == FactKind::held) held = fact.custody;
  }
  EXPECT_TRUE(world.provider->release(held));
  EXPECT_FALSE(world.provider->release(held));
  world.run(1s);
  EXPECT_EQ(world.holds("anna@ctbto.org").back(), "Inbox: quarantine");
}

TEST(Provider, LimitsOfTheSession) {
  Tenant tenant = test::tenant();
  tenant.limits.hops = 3;
  tenant.limits.message_size_octets = 2000;
  tenant.limits.recipients_per_domain = 2;
  World world(tenant);
  EXPECT_THAT(world.send("x@y.example", {"anna@ctbto.org"}, received_fields(2) + "\r\nb\r\n").at(0), StartsWith("250"));
  EXPECT_EQ(world.send("x@y.example", {"anna@ctbto.org"}, received_fields(3) + "\r\nb\r\n").at(0),
            "554 5.4.14 Hop count exceeded - possible mail loop ATTR34 [eu.cloud.example]");
  EXPECT_THAT(world.send("x@y.example", {"anna@ctbto.org"}, "\r\n" + std::string(3000, 'x') + "\r\n").at(0),
              StartsWith("552 5.3.4"));
  EXPECT_THAT(world.send("x@y.example", {"anna@ctbto.org", "ben@ctbto.org", "ops@ctbto.org"}),
              ElementsAre(StartsWith("250"), StartsWith("250"), StartsWith("452 4.5.3")));
}

TEST(Provider, TwoHundredRecipientsOfOneDomainAndNotOneMore) {
  Tenant tenant = test::tenant();
  tenant.domains[0].kind = DomainKind::authoritative;
  std::vector<std::string> everybody;
  for (int number = 0; number < 201; ++number) {
    const std::string address = fmt::format("user{}@ctbto.org", number);
    tenant.mailboxes.push_back(test::mailbox(address));
    everybody.push_back(address);
  }
  World world(tenant);
  const std::vector<std::string> outcomes = world.send("x@y.example", everybody);
  ASSERT_EQ(outcomes.size(), 201U);
  EXPECT_THAT(outcomes[199], StartsWith("250"));
  EXPECT_EQ(outcomes[200], "452 4.5.3 Too many recipients (AS780090) [eu.cloud.example]");
  EXPECT_EQ(world.count(FactKind::stored), 200U);
}

TEST(Provider, NewClientIsPutOffThenTaken) {
  Tenant tenant = test::tenant();
  tenant.new_client_throttle = NewClientThrottle{2, 0s, line(8)};
  World world(tenant);
  const auto send = [&] { return world.send("x@y.example", {"anna@ctbto.org"}).at(0); };
  EXPECT_THAT(send(), StartsWith("451 4.7.500 Server busy"));
  EXPECT_THAT(send(), StartsWith("451 4.7.500"));
  EXPECT_THAT(send(), StartsWith("250"));
  Tenant with_connector = tenant;
  with_connector.inbound_connectors = {{"c", {test::network("198.51.100.10")}, {}, false, false, line(9)}};
  World known(with_connector);
  EXPECT_THAT(known.send("x@y.example", {"anna@ctbto.org"}).at(0), StartsWith("250"));
}

TEST(Provider, Outages) {
  World world(test::tenant());
  const auto send = [&] { return world.send("x@y.example", {"anna@ctbto.org"}).at(0); };
  world.provider->set_outage(Outage::busy);
  EXPECT_THAT(send(), HasSubstr("421"));
  world.provider->set_outage(Outage::storage);
  EXPECT_THAT(send(), StartsWith("432 4.3.2"));
  world.provider->set_outage(Outage::unknown_users);
  EXPECT_THAT(send(), StartsWith("550 5.1.1"));
  EXPECT_EQ(world.count(FactKind::fault), 3U);
  world.provider->set_outage(Outage::hold);
  EXPECT_THAT(send(), StartsWith("250"));
  EXPECT_THAT(world.holds("anna@ctbto.org"), IsEmpty());
  EXPECT_EQ(world.provider->queued(), 1U);
  world.run(24h);
  world.provider->set_outage(Outage::none);
  world.run(1s);
  EXPECT_EQ(world.holds("anna@ctbto.org").size(), 1U) << "late, not lost";
  EXPECT_EQ(world.provider->queued(), 0U);
  for (const char* word : {"none", "busy", "storage", "hold", "unknown_users"}) {
    ASSERT_TRUE(find_outage(word)) << word;
    EXPECT_EQ(to_string(*find_outage(word)), word);
  }
}

TEST(Provider, DuplicatesAreDroppedForAWeekAndSaidSo) {
  World world(test::tenant());
  const std::string content = "Message-ID: <1@x>\r\nDate: Fri, 20 Nov 2026 06:15:00 +0000\r\n\r\nb\r\n";
  world.send("x@y.example", {"anna@ctbto.org"}, content);
  world.send("x@y.example", {"anna@ctbto.org", "ben@ctbto.org"}, content);
  EXPECT_EQ(world.count(FactKind::stored), 2U);
  EXPECT_THAT(world.facts({FactKind::discarded}), ElementsAre(HasSubstr("anna@ctbto.org  duplicate")));
  world.run(168h);
  world.send("x@y.example", {"anna@ctbto.org"}, content);
  EXPECT_EQ(world.holds("anna@ctbto.org").size(), 2U);
  world.send("x@y.example", {"anna@ctbto.org"});
  world.send("x@y.example", {"anna@ctbto.org"});
  EXPECT_EQ(world.holds("anna@ctbto.org").size(), 4U) << "without a Message-ID nothing is a duplicate";
}

TEST(Provider, OutOfOfficeAnswersOnceWithTheNullReversePath) {
  Tenant tenant = test::tenant();
  tenant.mailboxes[0].out_of_office = OutOfOffice{"inside", "outside", true, line(16)};
  tenant.outbound_connectors = {{"all", {"*"}, {{"", test::ip("192.0.2.25"), 25}}, false, line(80)}};
  World world(tenant);
  for (int times = 0; times < 3; ++times) {
    world.send("op@station.example", {"anna@ctbto.org"}, "Subject: q\r\nMessage-ID: <q@s>\r\n\r\nb\r\n");
  }
  ASSERT_EQ(world.sink.received.size(), 1U);
  const auto& answer = world.sink.received[0];
  EXPECT_TRUE(answer.envelope.reverse_path.is_null());
  EXPECT_EQ(display(answer.envelope.recipients[0].forward_path), "op@station.example");
  EXPECT_EQ(answer.message.value("Subject"), "Automatic reply: q");
  EXPECT_EQ(answer.message.value("Auto-Submitted"), "auto-replied");
  EXPECT_EQ(answer.message.value("In-Reply-To"), "<q@s>");
  EXPECT_EQ(answer.message.value("From"), "\"Anna Meier\" <anna@ctbto.org>");
  EXPECT_EQ(answer.message.body(), "outside\r\n");
  EXPECT_THAT(world.facts({FactKind::spawned}), ElementsAre("spawned op@station.example auto-reply anna@ctbto.org"));
  EXPECT_TRUE(world.provider->set_out_of_office(at("anna@ctbto.org"), OutOfOffice{"in", "again", true, {}}));
  world.send("op@station.example", {"anna@ctbto.org"}, "Subject: q\r\nMessage-ID: <q2@s>\r\n\r\nb\r\n");
  EXPECT_EQ(world.sink.received.size(), 2U);
  EXPECT_FALSE(world.provider->set_out_of_office(at("nobody@ctbto.org"), std::nullopt));
}

TEST(Provider, TwoPeopleOutOfOfficeDoNotAnswerEachOther) {
  Tenant tenant = test::tenant();
  tenant.mailboxes[0].out_of_office = OutOfOffice{"a", "a", true, {}};
  tenant.mailboxes[1].out_of_office = OutOfOffice{"b", "b", true, {}};
  World world(tenant);
  const mail::Envelope sent = test::envelope("ben@ctbto.org", {"anna@ctbto.org"});
  ASSERT_TRUE(world.provider->submit(at("ben@ctbto.org"), sent, mail::Message::parse("Subject: hi\r\n\r\nb\r\n"),
                                     "hello", "personal"));
  world.run(1s);
  EXPECT_EQ(world.count(FactKind::spawned), 1U);
  EXPECT_THAT(world.holds("ben@ctbto.org"), ElementsAre("Inbox: Automatic reply: hi"));
}

TEST(Provider, SubmissionsAndRepliesOfUsers) {
  Tenant tenant = test::tenant();
  tenant.mailboxes[2].send_as = {at("anna@ctbto.org")};
  World world(tenant);
  const auto submit = [&](const std::string& user, const std::string& from, const std::vector<std::string>& to) {
    return world.provider->submit(at(user), test::envelope(from, to),
                                  mail::Message::parse("From: " + from + "\r\nSubject: hi\r\n\r\nb\r\n"), "hello",
                                  "personal");
  };
  EXPECT_FALSE(submit("nobody@ctbto.org", "anna@ctbto.org", {"ben@ctbto.org"}));
  EXPECT_FALSE(submit("anna@ctbto.org", "ben@ctbto.org", {"ben@ctbto.org"}));
  EXPECT_FALSE(submit("anna@ctbto.org", "x@other.example", {"ben@ctbto.org"}));
  EXPECT_FALSE(submit("anna@ctbto.org", "", {"ben@ctbto.org"}));
  EXPECT_FALSE(submit("anna@ctbto.org", "anna@ctbto.org", {}));
  EXPECT_TRUE(submit("anna@ctbto.org", "ops@ctbto.org", {"ben@ctbto.org"})) << "a shared mailbox";
  EXPECT_EQ(world.count(FactKind::offered), 1U);
  const auto sent = submit("anna@ctbto.org", "a.meier@ctbto.org", {"ben@ctbto.org"});
  ASSERT_TRUE(sent);
  world.run(1s);
  EXPECT_THAT(world.facts({FactKind::offered}).back(), "offered ben@ctbto.org hello personal");
  EXPECT_EQ(world.holds("ben@ctbto.org").size(), 2U);
  EXPECT_FALSE(world.provider->reply(at("ben@ctbto.org"), *sent + 100, "no such"));
  ASSERT_TRUE(world.provider->reply(at("ben@ctbto.org"), *sent, "thanks"));
  world.run(1s);
  EXPECT_THAT(world.facts({FactKind::spawned}), ElementsAre("spawned a.meier@ctbto.org reply ben@ctbto.org"));
  EXPECT_THAT(world.holds("anna@ctbto.org"), ElementsAre("Inbox: Re: hi"));
}

TEST(Provider, MailAndQueuesSurviveAStop) {
  World world(test::tenant());
  world.send("x@y.example", {"anna@ctbto.org"});
  world.provider->stop();
  EXPECT_THAT(world.send("x@y.example", {"anna@ctbto.org"}), ElementsAre(HasSubstr("connect:")));
  ASSERT_TRUE(world.provider->start());
  EXPECT_EQ(world.provider->endpoints().size(), 1U);
  EXPECT_THAT(world.send("x@y.example", {"anna@ctbto.org"}), ElementsAre(StartsWith("250")));
  EXPECT_EQ(world.holds("anna@ctbto.org").size(), 2U);
}

TEST(Provider, NewSettingsHoldFromTheNextCommand) {
  World world(test::tenant());
  Tenant after = test::tenant();
  after.mailboxes.erase(after.mailboxes.begin());
  world.provider->replace_tenant(after);
  EXPECT_THAT(world.send("x@y.example", {"anna@ctbto.org"}).at(0), StartsWith("550 5.4.1"));
  EXPECT_THAT(world.send("x@y.example", {"ben@ctbto.org"}).at(0), StartsWith("250"));
}

TEST(Provider, MutationsAreNotedAndOnlyForOutsiders) {
  Tenant tenant = test::tenant();
  tenant.mutations = {"[EXTERNAL] ", "", true, line(9)};
  World world(tenant);
  world.send("x@y.example", {"anna@ctbto.org"}, "Subject: s\r\n\r\nWID2 \r\n");
  EXPECT_THAT(world.holds("anna@ctbto.org"), ElementsAre("Inbox: [EXTERNAL] s"));
  EXPECT_THAT(world.facts({FactKind::note}), ElementsAre(HasSubstr("subject"), HasSubstr("trailing blanks")));
  const mail::Envelope sent = test::envelope("ben@ctbto.org", {"anna@ctbto.org"});
  ASSERT_TRUE(world.provider->submit(at("ben@ctbto.org"), sent, mail::Message::parse("Subject: s\r\n\r\nb \r\n"), "l",
                                     "personal"));
  world.run(1s);
  EXPECT_EQ(world.holds("anna@ctbto.org").back(), "Inbox: s");
}

TEST(Provider, OnPremisesAndGoogleSpeakTheirOwnWords) {
  World premises(test::tenant("exchange_on_premises"));
  EXPECT_EQ(premises.send("x@y.example", {"nobody@ctbto.org"}).at(0),
            "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient nobody@ctbto.org not found by SMTP address lookup");
  EXPECT_THAT(premises.send("x@y.example", {"a@other.example"}).at(0), StartsWith("550 5.7.54 SMTP; Unable to relay"));
  World google(test::tenant("google_workspace"));
  EXPECT_THAT(google.send("x@y.example", {"nobody@ctbto.org"}).at(0), StartsWith("550 5.1.1 The email account"));
  EXPECT_THAT(google.send("x@y.example", {"anna@ctbto.org"}).at(0), HasSubstr("gsmtp"));
}

}  // namespace
}  // namespace watershed::cloud
