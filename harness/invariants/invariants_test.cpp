// Each invariant, held and broken: facts in, findings out.
#include "harness/invariants/invariant_table.hpp"

#include "harness/scenario/test_evidence.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace watershed::harness {
namespace {

using stage::Fact;
using stage::FactKind;
using ::testing::Contains;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class InvariantsTest : public ::testing::Test, protected TestEvidence {
 protected:
  InvariantsTest() {
    world.name = "w";
    world.zones = {{"verification", false, {"verification"}, {}},
                   {"personal", false, {"personal"}, {}},
                   {"internet", true, {}, {}}};
    station_ = add("station.example", "internet", "198.51.100.10");
    mx_ = add("mx.ctbto.int", "verification", "192.0.2.25");
    exchange_ = add("exchange.ctbto.org", "personal", "192.0.2.80");
  }

  stage::HostId add(const std::string& name, const std::string& zone, const char* address) {
    HostSpec host;
    host.name = name;
    host.zone = zone;
    host.addresses = {*parse_ip_address(address)};
    world.hosts.push_back(host);
    return journal.add_host(name);
  }

  void record(Fact fact) { journal.record(std::move(fact)); }

  // A message from the station to a@b, taken by `host` under custody 2.
  void send_to(stage::HostId host, const std::string& reverse_path = "op@station.example") {
    record({.kind = FactKind::offered,
            .host = station_,
            .custody = 1,
            .body_hash = 7,
            .recipient = "a@b",
            .reverse_path = reverse_path,
            .detail = "request",
            .text = "verification"});
    hop(station_, 1, host, 2, "a@b", 7, reverse_path);
  }

  void hop(stage::HostId from, stage::Custody from_custody, stage::HostId to, stage::Custody to_custody,
           const std::string& recipient, std::uint64_t hash = 7,
           const std::string& reverse_path = "op@station.example") {
    const stage::ConnectionId connection = to_custody * 10;
    const std::string peer = to_string(world.hosts[to - 1U].addresses.front()) + ":25";
    record({.kind = FactKind::connected, .host = from, .connection = connection, .detail = peer});
    record({.kind = FactKind::attempted,
            .host = from,
            .transaction = 1,
            .custody = from_custody,
            .connection = connection});
    record({.kind = FactKind::accepted,
            .host = to,
            .transaction = 1,
            .custody = to_custody,
            .connection = connection,
            .body_hash = hash,
            .recipient = recipient,
            .reverse_path = reverse_path});
    record({.kind = FactKind::relayed,
            .host = from,
            .transaction = 1,
            .custody = from_custody,
            .connection = connection,
            .recipient = recipient});
  }

  void store(stage::HostId host, stage::Custody custody, std::uint64_t hash = 7) {
    record({.kind = FactKind::stored,
            .host = host,
            .custody = custody,
            .body_hash = hash,
            .recipient = "a@b",
            .detail = "INBOX",
            .text = "a@b"});
  }

  Findings check(void (*invariant)(const Evidence&, Findings&)) {
    const Evidence seen = evidence();
    Findings findings;
    invariant(seen, findings);
    return findings;
  }

  stage::HostId station_ = 0;
  stage::HostId mx_ = 0;
  stage::HostId exchange_ = 0;
};

TEST_F(InvariantsTest, AllHoldForADeliveredMessage) {
  send_to(mx_);
  store(mx_, 2);
  EXPECT_THAT(check(check_conservation), IsEmpty());
  EXPECT_THAT(check(check_segregation), IsEmpty());
  EXPECT_THAT(check(check_no_loop), IsEmpty());
  EXPECT_THAT(check(check_no_bounce_to_null), IsEmpty());
  EXPECT_THAT(check(check_hermetic), IsEmpty());
}

TEST_F(InvariantsTest, ConservationSeesALossAndAQueueIsNone) {
  send_to(mx_);
  EXPECT_THAT(check(check_conservation), Contains(Field(&Finding::sentence, HasSubstr("is lost: mx.ctbto.int"))));
  record({.kind = FactKind::queued, .host = mx_, .custody = 2, .recipient = "a@b", .detail = "deferred"});
  EXPECT_THAT(check(check_conservation), IsEmpty());
}

TEST_F(InvariantsTest, ConservationSeesADuplicateAndAnAlteredBody) {
  send_to(mx_);
  store(mx_, 2);
  store(mx_, 2);
  EXPECT_THAT(check(check_conservation), Contains(Field(&Finding::sentence, HasSubstr("more than once"))));
}

TEST_F(InvariantsTest, ConservationSeesAnAlteredBody) {
  send_to(mx_);
  store(mx_, 2, 8);
  EXPECT_THAT(check(check_conservation), Contains(Field(&Finding::sentence, HasSubstr("does not have the body"))));
}

TEST_F(InvariantsTest, ConservationSeesAFailureThatNobodyWasToldOf) {
  send_to(mx_);
  record({.kind = FactKind::failed, .host = mx_, .code = 550, .custody = 2, .recipient = "a@b", .text = "550 no"});
  EXPECT_THAT(check(check_conservation), Contains(Field(&Finding::sentence, HasSubstr("nobody was told"))));
}

TEST_F(InvariantsTest, SegregationNamesThePathAndTheLineThatSentItThere) {
  send_to(mx_);
  record({.kind = FactKind::routed,
          .host = mx_,
          .custody = 2,
          .recipient = "a@b",
          .detail = "smtp:[192.0.2.80]",
          .decided_by = "postfix/int-mx/transport:3"});
  hop(mx_, 2, exchange_, 3, "a@b");
  store(exchange_, 3);
  const Findings findings = check(check_segregation);
  ASSERT_THAT(findings, SizeIs(1)) << "one crossing is one finding";
  EXPECT_THAT(findings[0].sentence, HasSubstr("request"));
  EXPECT_THAT(findings[0].sentence, HasSubstr("station.example > mx.ctbto.int > exchange.ctbto.org"));
  EXPECT_EQ(findings[0].decided_by, "postfix/int-mx/transport:3");
}

TEST_F(InvariantsTest, SegregationSeesATransactionThatWasOnlyTried) {
  send_to(mx_);
  record({.kind = FactKind::connected, .host = mx_, .connection = 77, .detail = "192.0.2.80:25"});
  record({.kind = FactKind::attempted, .host = mx_, .transaction = 1, .custody = 2, .connection = 77});
  record({.kind = FactKind::queued, .host = mx_, .custody = 2, .recipient = "a@b"});
  EXPECT_THAT(check(check_segregation), SizeIs(1));
}

TEST_F(InvariantsTest, SegregationSeesMailThatFindsNoConnection) {
  send_to(mx_);
  const auto defer = [&](const std::string& text) {
    record({.kind = FactKind::deferred, .host = mx_, .custody = 2, .recipient = "a@b", .text = text});
  };
  defer("connect to station.example[198.51.100.10]:25: Connection refused");
  defer("host exchange.ctbto.org said: 451 4.4.1 connect to exchange.ctbto.org[192.0.2.80]:25: Connection refused");
  EXPECT_THAT(check(check_segregation), IsEmpty()) << "what may go there, and what a peer says of its own ways";
  defer("connect to exchange.ctbto.org[192.0.2.80]:587: Connection refused");
  defer("4.4.1 delivery temporarily suspended: connect to exchange.ctbto.org[192.0.2.80]:587: Connection refused");
  const Findings findings = check(check_segregation);
  ASSERT_THAT(findings, SizeIs(1)) << "one route is one finding";
  EXPECT_THAT(findings[0].sentence, HasSubstr("was on its way into zone personal"));
  EXPECT_THAT(findings[0].sentence, HasSubstr("kept it out: connect to exchange.ctbto.org[192.0.2.80]:587: "));
  EXPECT_FALSE(findings[0].is_inconclusive);
}

class UnreachedTest : public InvariantsTest, public ::testing::WithParamInterface<const char*> {};

TEST_P(UnreachedTest, SegregationReadsWhatKeptMailFromAHost) {
  send_to(mx_);
  record({.kind = FactKind::deferred, .host = mx_, .custody = 2, .recipient = "a@b", .text = GetParam()});
  EXPECT_THAT(check(check_segregation), SizeIs(1));
}

INSTANTIATE_TEST_SUITE_P(
    Texts, UnreachedTest,
    ::testing::Values(
        "connect to exchange.ctbto.org[192.0.2.80]:25: Connection timed out",
        "4.4.1 delivery temporarily suspended: connect to exchange.ctbto.org[192.0.2.80]:25: Connection refused",
        "4.4.1 expired after 120 hours in the queue: connect to exchange.ctbto.org[192.0.2.80]:25: refused",
        "host exchange.ctbto.org[192.0.2.80] refused to talk to me: 554 5.7.1 Not you",
        "4.4.2 lost connection with exchange.ctbto.org[192.0.2.80] while receiving the initial server greeting",
        "450 4.4.316 Connection refused [Message=connect to exchange.ctbto.org[192.0.2.80]:25: refused]"));

TEST_F(InvariantsTest, SegregationSeesAHostThatWasTriedBeforeAnother) {
  send_to(mx_);
  record({.kind = FactKind::note,
          .host = mx_,
          .custody = 2,
          .detail = "no session with 192.0.2.80:25",
          .text = "connect to exchange.ctbto.org[192.0.2.80]:25: Connection timed out"});
  record({.kind = FactKind::note, .host = mx_, .custody = 2, .detail = "no session with 198.51.100.10:25"});
  EXPECT_THAT(check(check_segregation), Contains(Field(&Finding::sentence, HasSubstr("was on its way into"))));
  EXPECT_THAT(check(check_segregation), SizeIs(1));
}

TEST_F(InvariantsTest, SegregationSeesANoticeThatCrosses) {
  send_to(mx_);
  record({.kind = FactKind::failed, .host = mx_, .custody = 2, .recipient = "a@b"});
  record({.kind = FactKind::spawned,
          .host = mx_,
          .custody = 3,
          .cause = 2,
          .body_hash = 9,
          .recipient = "op@station.example",
          .reverse_path = "<>",
          .detail = "dsn",
          .text = "a@b"});
  hop(mx_, 3, exchange_, 4, "op@station.example", 9, "<>");
  EXPECT_THAT(check(check_segregation), Contains(Field(&Finding::sentence, HasSubstr("dsn of message 'request'"))));
}

TEST_F(InvariantsTest, SegregationDeniesWhatNoZoneCarries) {
  record({.kind = FactKind::offered,
          .host = station_,
          .custody = 1,
          .recipient = "a@b",
          .reverse_path = "x@y",
          .detail = "m",
          .text = "unheard-of"});
  EXPECT_THAT(check(check_segregation), Contains(Field(&Finding::sentence, HasSubstr("which no zone"))));
}

TEST_F(InvariantsTest, NoLoopSeesTheSameHostForTheSameRecipient) {
  send_to(mx_);
  hop(mx_, 2, exchange_, 3, "a@b");
  hop(exchange_, 3, mx_, 4, "a@b");
  EXPECT_THAT(check(check_no_loop), Contains(Field(&Finding::sentence, HasSubstr("loops"))));
}

TEST_F(InvariantsTest, ANoticeToTheNullReversePathIsSeenAndOneThatIsNotNull) {
  send_to(mx_, "<>");
  record({.kind = FactKind::spawned,
          .host = mx_,
          .custody = 3,
          .cause = 2,
          .recipient = "postmaster@b",
          .reverse_path = "<>",
          .detail = "dsn",
          .text = "a@b"});
  EXPECT_THAT(check(check_no_bounce_to_null), SizeIs(1));
}

TEST_F(InvariantsTest, ANoticeMustCarryTheNullReversePath) {
  send_to(mx_);
  record({.kind = FactKind::spawned,
          .host = mx_,
          .custody = 3,
          .cause = 2,
          .recipient = "op@station.example",
          .reverse_path = "mailer-daemon@b",
          .detail = "dsn",
          .text = "a@b"});
  EXPECT_THAT(check(check_no_bounce_to_null), Contains(Field(&Finding::sentence, HasSubstr("expected the null one"))));
}

TEST_F(InvariantsTest, TraceCountsTheHopsInTheStoredCopy) {
  send_to(mx_);
  store(mx_, 2);
  const auto copy = [](std::string header) {
    return std::make_shared<const mail::Message>(mail::Message::parse(std::move(header) + "\r\nbody\r\n"));
  };
  copies = {{2, "a@b", "INBOX", {}, copy("Subject: x\r\n"), true}};
  EXPECT_THAT(check(check_trace), Contains(Field(&Finding::sentence, HasSubstr("carries 0 Received"))));
  copies = {{2,
             "a@b",
             "INBOX",
             {},
             copy("Received: from a by b with SMTP id 1; Fri, 20 Nov 2026 06:00:00 +0000\r\nSubject: x\r\n"),
             true}};
  EXPECT_THAT(check(check_trace), IsEmpty());
}

TEST_F(InvariantsTest, HermeticSeesWhatLeavesAndWhatTheStubNeverSaw) {
  record({.kind = FactKind::escaped, .host = mx_, .detail = "8.8.8.8:53"});
  record({.kind = FactKind::looked_up, .host = mx_, .recipient = "x.example", .detail = "MX"});
  EXPECT_THAT(check(check_hermetic), SizeIs(2));
}

class UnknownNamesTest : public InvariantsTest {
 protected:
  // What `host` asks, and what the stub answers.
  void look_up(stage::HostId host, const std::string& name, const std::string& type, const std::string& answer) {
    record({.kind = FactKind::answered_query, .recipient = name, .detail = type, .text = answer});
    record({.kind = FactKind::looked_up, .host = host, .recipient = name, .detail = type, .text = "nxdomain"});
  }

  void look_up_unknown(stage::HostId host, const std::string& name, const std::string& type) {
    look_up(host, name, type, "unknown name: NXDOMAIN");
  }

  void route(const std::string& detail) {
    record({.kind = FactKind::routed, .host = mx_, .custody = 2, .recipient = "a@b", .detail = detail});
  }

  std::vector<std::string> sentences() {
    std::vector<std::string> found;
    for (const Finding& finding : check(check_hermetic)) {
      EXPECT_TRUE(finding.is_inconclusive);
      EXPECT_EQ(finding.label, "request");
      found.push_back(finding.sentence);
    }
    return found;
  }
};

TEST_F(UnknownNamesTest, AWayThatRestsOnANameInNoZoneIsInconclusive) {
  send_to(mx_);
  look_up_unknown(mx_, "Tenant.test.", "MX");
  look_up_unknown(mx_, "hop.test", "A");
  look_up_unknown(mx_, "hop.test", "AAAA");
  EXPECT_THAT(sentences(), IsEmpty()) << "no mail went by these names";
  route("smtp:tenant.test");
  EXPECT_THAT(sentences(), ::testing::ElementsAre(HasSubstr("mx.ctbto.int looked up tenant.test MX to route mail")));
  route("smtp:[hop.test]:587");
  EXPECT_THAT(sentences(), SizeIs(2));
}

TEST_F(UnknownNamesTest, SoIsARecipientsDomainAndAnExchanger) {
  send_to(mx_);
  look_up(mx_, "b", "MX", "records: NOERROR; in no zone: mx.hoster.test");
  EXPECT_THAT(sentences(), ::testing::ElementsAre(HasSubstr("and mx.hoster.test is in no zone of world w")));
  look_up_unknown(mx_, "fallback.test", "A");
  record({.kind = FactKind::deferred,
          .host = mx_,
          .custody = 2,
          .recipient = "a@b",
          .text = "Host or domain name not found. Name service error for name=fallback.test type=A: Host not found"});
  EXPECT_THAT(sentences(), Contains(HasSubstr("looked up fallback.test A")));
}

TEST_F(UnknownNamesTest, WhatIsAskedAboutAClientOrAReversePathIsNot) {
  send_to(mx_, "op@far.test");
  look_up_unknown(mx_, "far.test", "MX");
  look_up_unknown(mx_, "client.far.test", "A");
  look_up_unknown(mx_, "10.100.51.198.in-addr.arpa", "PTR");
  look_up(mx_, "b", "MX", "no name: NXDOMAIN");
  record({.kind = FactKind::deferred,
          .host = mx_,
          .custody = 2,
          .recipient = "a@b",
          .text = "host x.example[198.51.100.10] said: 450 4.1.8 <op@far.test>: Domain not found"});
  EXPECT_THAT(sentences(), IsEmpty());
}

}  // namespace
}  // namespace watershed::harness
