// What must hold of journals that are read off the wire: the lineage comes out as if the programs had written it
// themselves, and what cannot be attributed is said.
#include "harness/lanes/wire/wire_journal.hpp"

#include "harness/lanes/wire/content_marks.hpp"
#include "harness/lanes/wire/wire_test_world.hpp"
#include "mail/message.hpp"

#include <gmock/gmock.h>

namespace watershed::harness {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const std::string by_mx = "by mx.example (Postfix) with ESMTP id 4AAAAA";
const std::string by_store = "by store.example with LMTP\r\n\tid Lz12";

class WireJournalTest : public ::testing::Test {
 protected:
  using To = WireTestWorld::To;

  void station_to_mx(const std::string& recipient) {
    world_.send(WireTestWorld::station, WireTestWorld::mx, "op@station.example",
                {{recipient, "250 2.0.0 Ok: queued as 4AAAAA"}}, content_with({}));
    world_.offer(recipient, content_marks(content_with({})).body_hash);
  }
  void mx_to_store(const std::string& recipient) {
    world_.send(WireTestWorld::mx, WireTestWorld::store, "op@station.example",
                {{recipient, "250 2.0.0 <" + recipient + "> Lz12 Saved"}}, content_with({by_mx}));
  }
  void stored(const std::string& mailbox, const std::string& folder) {
    world_.files.push_back({WireTestWorld::store, mailbox, folder, {}, content_with({by_store, by_mx})});
  }
  std::string end_of(const Lineage& lineage, const std::string& recipient, const std::string& host) {
    for (const stage::Custody id : lineage.roots().at(0).custodies) {
      const CustodyRecord& record = *lineage.custody(id);
      for (const Duty& duty : record.duties) {
        if (duty.recipient == recipient && world_.journal.host_name(record.host) == host) {
          return std::string(to_string(duty.end));
        }
      }
    }
    return "none";
  }
  static std::string faults(const JournalReading& reading) {
    std::string all;
    for (const Finding& each : reading.faults) all += each.sentence + "\n";
    return all;
  }

  WireTestWorld world_;
};

TEST_F(WireJournalTest, FollowsAMessageThroughRealProgramsIntoItsFolder) {
  station_to_mx("robot@ctbto.int");
  mx_to_store("robot@ctbto.int");
  stored("robot@ctbto.int", "Requests");
  const JournalReading reading = world_.read();
  EXPECT_EQ(faults(reading), "");
  const Lineage lineage = world_.lineage(reading);
  EXPECT_THAT(lineage.anomalies(), IsEmpty());
  ASSERT_THAT(lineage.roots(), SizeIs(1));
  const RootMessage& root = lineage.roots().at(0);
  ASSERT_THAT(root.deliveries, SizeIs(1));
  EXPECT_EQ(root.deliveries[0].folder, "Requests");
  EXPECT_EQ(root.deliveries[0].body_hash, root.body_hash);
  EXPECT_EQ(root.open_duties, 0);
  EXPECT_THAT(lineage.path(root.deliveries[0].custody), SizeIs(3));
  EXPECT_THAT(reading.copies, SizeIs(1));
}

TEST_F(WireJournalTest, NothingStoredIsNotDelivered) {
  station_to_mx("robot@ctbto.int");
  mx_to_store("robot@ctbto.int");
  const Lineage lineage = world_.lineage(world_.read());
  EXPECT_EQ(end_of(lineage, "robot@ctbto.int", "store.example"), "open");
}

TEST_F(WireJournalTest, ADiscardNeedsTheScriptsWord) {
  station_to_mx("robot@ctbto.int");
  mx_to_store("robot@ctbto.int");
  world_.log(WireTestWorld::store,
             "lmtp(robot@ctbto.int)<62><Lz12>: Info: sieve: msgid=<m>: discard action: Marked message to be discarded");
  EXPECT_EQ(end_of(world_.lineage(world_.read()), "robot@ctbto.int", "store.example"), "discarded");
}

TEST_F(WireJournalTest, AnAlteredBodyHasAnotherHash) {
  station_to_mx("robot@ctbto.int");
  mx_to_store("robot@ctbto.int");
  stored("robot@ctbto.int", "INBOX");
  world_.files[0].bytes += "one more line\n";
  const Lineage lineage = world_.lineage(world_.read());
  EXPECT_NE(lineage.roots().at(0).deliveries.at(0).body_hash, lineage.roots().at(0).body_hash);
}

TEST_F(WireJournalTest, ExpansionsAreReadFromTheEnvelopesAndTheLog) {
  station_to_mx("all@ctbto.int");
  mx_to_store("one@ctbto.int");
  world_.send(WireTestWorld::mx, WireTestWorld::outside, "op@station.example", {{"two@outside.example"}},
              content_with({by_mx}));
  world_.direct.push_back({.kind = stage::FactKind::accepted,
                           .host = WireTestWorld::outside,
                           .transaction = 1,
                           .at = stage::Time(world_.now),
                           .custody = 2,
                           .connection = 103,
                           .recipient = "two@outside.example"});
  world_.log(WireTestWorld::mx,
             "4AAAAA: to=<one@ctbto.int>, orig_to=<all@ctbto.int>, relay=store.example[192.0.2.3]:24, delay=0.1, "
             "dsn=2.0.0, status=sent (250 2.0.0 <one@ctbto.int> Lz12 Saved)");
  stored("one@ctbto.int", "INBOX");
  const JournalReading reading = world_.read();
  EXPECT_EQ(faults(reading), "");
  const Lineage lineage = world_.lineage(reading);
  EXPECT_THAT(lineage.anomalies(), IsEmpty());
  EXPECT_EQ(end_of(lineage, "all@ctbto.int", "mx.example"), "replaced");
  EXPECT_EQ(end_of(lineage, "one@ctbto.int", "mx.example"), "relayed");
  EXPECT_EQ(end_of(lineage, "two@outside.example", "mx.example"), "relayed");
}

TEST_F(WireJournalTest, ABounceIsSpawnedByTheMessageThatItNames) {
  station_to_mx("nobody@ctbto.int");
  world_.send(WireTestWorld::mx, WireTestWorld::store, "op@station.example",
              {{"nobody@ctbto.int", "", "550 5.1.1 User doesn't exist"}}, "");
  world_.log(WireTestWorld::mx,
             "4AAAAA: to=<nobody@ctbto.int>, relay=store.example[192.0.2.3]:24, delay=0.1, dsn=5.1.1, status=bounced "
             "(host store.example[192.0.2.3] said: 550 5.1.1 User doesn't exist (in reply to RCPT TO command))");
  world_.log(WireTestWorld::mx, "4AAAAA: sender non-delivery notification: 4BBBBB");
  const std::string report =
      "Received: by mx.example (Postfix)\r\n\tid 4BBBBB; now\r\nContent-Type: multipart/report; "
      "boundary=x\r\n\r\n--x\r\n"
      "X-Postfix-Queue-ID: 4AAAAA\r\n\r\nFinal-Recipient: rfc822; nobody@ctbto.int\r\nAction: failed\r\n--x--\r\n";
  world_.send(WireTestWorld::mx, WireTestWorld::station, "<>", {{"op@station.example"}}, report);
  world_.direct.push_back({.kind = stage::FactKind::accepted,
                           .host = WireTestWorld::station,
                           .transaction = 1,
                           .at = stage::Time(world_.now),
                           .custody = 2,
                           .connection = 103,
                           .recipient = "op@station.example"});
  for (const bool has_log : {true, false}) {
    if (!has_log) world_.logs.clear();
    const JournalReading reading = world_.read();
    EXPECT_EQ(faults(reading), "");
    const Lineage lineage = world_.lineage(reading);
    EXPECT_THAT(lineage.anomalies(), IsEmpty());
    EXPECT_EQ(end_of(lineage, "nobody@ctbto.int", "mx.example"), "failed");
    const CustodyRecord& notice = *lineage.custody(2);
    EXPECT_EQ(lineage.custody(notice.parent)->why, "dsn");
  }
}

TEST_F(WireJournalTest, ScriptsThatRedirectAndAnswerAreCauses) {
  station_to_mx("robot@ctbto.int");
  mx_to_store("robot@ctbto.int");
  // Both happen while the message is being delivered, so before its own 250.
  const auto during = [&](witness::SmtpTransaction& sent) { sent.began_ns = world_.seen.transactions[1].content_ns; };
  during(world_.send(WireTestWorld::store, WireTestWorld::mx, "op@station.example",
                     {{"on-call@outside.example", "250 2.0.0 Ok: queued as 4CCCCC"}},
                     content_with({by_store, by_mx}, "X-Sieve-Redirected-From: robot@ctbto.int\r\n")));
  during(world_.send(WireTestWorld::store, WireTestWorld::mx, "<>",
                     {{"op@station.example", "250 2.0.0 Ok: queued as 4DDDDD"}},
                     "From: <robot@ctbto.int>\r\nIn-Reply-To: <m@station.example>\r\nAuto-Submitted: auto-replied "
                     "(vacation)\r\n\r\naway\r\n"));
  const JournalReading reading = world_.read();
  EXPECT_EQ(faults(reading), "");
  const Lineage lineage = world_.lineage(reading);
  EXPECT_THAT(lineage.anomalies(), IsEmpty());
  EXPECT_EQ(end_of(lineage, "robot@ctbto.int", "store.example"), "passed on");
  std::vector<std::string> why;
  for (const stage::Custody id : lineage.roots().at(0).custodies) why.push_back(lineage.custody(id)->why);
  EXPECT_THAT(why, ::testing::IsSupersetOf({"redirect", "auto-reply"}));
  EXPECT_THAT(why, SizeIs(7));
}

TEST_F(WireJournalTest, WhatNobodyIsKnownToHaveSentIsAFault) {
  world_.send(WireTestWorld::mx, WireTestWorld::outside, "op@station.example", {{"x@outside.example"}},
              content_with({by_mx}));
  stored("robot@ctbto.int", "INBOX");
  world_.queues.push_back({WireTestWorld::mx, "4EEEEE", "deferred", "x@y.example", "no"});
  const std::string said = faults(world_.read());
  EXPECT_THAT(said, HasSubstr("not known to have (4AAAAA)"));
  EXPECT_THAT(said, HasSubstr("holds a message (Lz12)"));
  EXPECT_THAT(said, HasSubstr("4EEEEE"));
}

TEST_F(WireJournalTest, AFakeThatClaimsWhatWasNotOnTheWireIsContradicted) {
  station_to_mx("robot@ctbto.int");
  world_.seen.transactions[0].recipients[0].final_reply = mail::make_reply(550, "5.7.1", "no");
  EXPECT_THAT(faults(world_.read()), HasSubstr("on the wire it was not"));
}

TEST_F(WireJournalTest, ALogThatClaimsWhatWasNotOnTheWireIsContradicted) {
  station_to_mx("robot@ctbto.int");
  world_.log(
      WireTestWorld::mx,
      "4AAAAA: to=<robot@ctbto.int>, relay=store.example[192.0.2.3]:24, delay=0.1, dsn=2.0.0, status=sent (250)");
  EXPECT_THAT(faults(world_.read()), HasSubstr("nothing of it was on the wire"));
}

TEST_F(WireJournalTest, AQueueEntryIsAnEnd) {
  station_to_mx("robot@ctbto.int");
  world_.queues.push_back({WireTestWorld::mx, "4AAAAA", "deferred", "robot@ctbto.int", "connection refused"});
  EXPECT_EQ(end_of(world_.lineage(world_.read()), "robot@ctbto.int", "mx.example"), "queued");
}

// procmail's `! person@…`, when the router is killed before pickup(8) has read it: the copy that is kept must not be
// all.
TEST_F(WireJournalTest, WhatWasSubmittedAndNotTakenUpIsAFault) {
  station_to_mx("robot@ctbto.int");
  world_.log(WireTestWorld::mx,
             "4AAAAA: to=<robot@ctbto.int>, relay=procmail, delay=0.1, dsn=2.0.0, status=sent (delivered via procmail "
             "service)");
  EXPECT_EQ(faults(world_.read()), "");
  // The name of a file in maildrop may be a queue id that once was in use.
  for (const char* name : {"4FFFFF", "4AAAAA"}) {
    world_.queues = {{WireTestWorld::mx, name, "maildrop", "", "in the queue"}};
    const JournalReading reading = world_.read();
    EXPECT_THAT(faults(reading), HasSubstr("submitted at mx.example and not yet taken up"));
    EXPECT_NE(end_of(world_.lineage(reading), "robot@ctbto.int", "mx.example"), "queued");
  }
}

TEST_F(WireJournalTest, WhatTwoHostsSayOnAPortThatIsNotReadIsAFault) {
  const auto faults_of = [&](stage::HostId from, stage::HostId to, std::uint16_t port, bool is_refused) {
    witness::SeenConnection other;
    other.number = 1;
    other.client = {WireTestWorld::address(static_cast<std::uint8_t>(from)), 40000};
    other.server = {WireTestWorld::address(static_cast<std::uint8_t>(to)), port};
    other.is_refused = is_refused;
    world_.seen.connections = {other};
    return faults(world_.read());
  };
  EXPECT_THAT(faults_of(WireTestWorld::mx, WireTestWorld::store, 2525, false),
              HasSubstr("mx.example connected to port 2525 of store.example"));
  EXPECT_EQ(faults_of(WireTestWorld::mx, WireTestWorld::store, 53, false), "");
  EXPECT_EQ(faults_of(WireTestWorld::mx, WireTestWorld::store, 2525, true), "");
  EXPECT_EQ(faults_of(WireTestWorld::mx, WireTestWorld::mx, 10025, false), "");
}

TEST_F(WireJournalTest, ALogThatIsNotWholeIsAFault) {
  world_.forgotten_lines[WireTestWorld::store] = 3;
  EXPECT_THAT(faults(world_.read()), HasSubstr("the log of store.example lacks its first 3 lines"));
}

// A queue says which files there are; who is left in one follows from what became of the others.
TEST_F(WireJournalTest, WhoIsNotYetTriedIsStillInTheQueue) {
  world_.send(WireTestWorld::station, WireTestWorld::mx, "op@station.example",
              {{"all@ctbto.int", "250 2.0.0 Ok: queued as 4AAAAA"},
               {"a@ctbto.int", "250 2.0.0 Ok: queued as 4AAAAA"},
               {"b@ctbto.int", "250 2.0.0 Ok: queued as 4AAAAA"}},
              content_with({}));
  for (const char* recipient : {"all@ctbto.int", "a@ctbto.int", "b@ctbto.int"}) {
    world_.offer(recipient, content_marks(content_with({})).body_hash);
  }
  world_.send(WireTestWorld::mx, WireTestWorld::store, "op@station.example",
              {{"a@ctbto.int", "250 2.0.0 <a@ctbto.int> Lz12 Saved"}, {"one@ctbto.int", "250 2.0.0 <one> Lz12 Saved"}},
              content_with({by_mx}));
  world_.log(WireTestWorld::mx,
             "4AAAAA: to=<one@ctbto.int>, orig_to=<all@ctbto.int>, relay=store.example[192.0.2.3]:24, delay=0.1, "
             "dsn=2.0.0, status=sent (250 2.0.0 <one> Lz12 Saved)");
  world_.queues.push_back({WireTestWorld::mx, "4AAAAA", "active", "", "in the queue"});
  const JournalReading reading = world_.read();
  EXPECT_EQ(faults(reading), "");
  const Lineage lineage = world_.lineage(reading);
  EXPECT_THAT(lineage.anomalies(), IsEmpty());
  EXPECT_EQ(end_of(lineage, "a@ctbto.int", "mx.example"), "relayed");
  EXPECT_EQ(end_of(lineage, "one@ctbto.int", "mx.example"), "relayed");
  EXPECT_EQ(end_of(lineage, "all@ctbto.int", "mx.example"), "replaced");
  EXPECT_EQ(end_of(lineage, "b@ctbto.int", "mx.example"), "queued");
}

TEST_F(WireJournalTest, MessagesKeepTheirNumberFromOneReadingToTheNext) {
  station_to_mx("robot@ctbto.int");
  WireJournal wire(world_.hosts, 0);
  const auto custody = [&] {
    const JournalReading reading =
        wire.read({world_.direct, world_.seen, world_.numbered, world_.logs, world_.files, world_.queues, {}, {}});
    for (const stage::Fact& fact : reading.facts) {
      if (fact.kind == stage::FactKind::accepted && fact.host == WireTestWorld::mx) return fact.custody;
    }
    return stage::Custody{0};
  };
  const stage::Custody before = custody();
  EXPECT_NE(before, 0U);
  mx_to_store("robot@ctbto.int");
  EXPECT_EQ(custody(), before);
}

}  // namespace
}  // namespace watershed::harness
