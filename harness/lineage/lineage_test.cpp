// What the lineage must see: every end, every hop, and everything that does not fit.
#include "harness/lineage/lineage.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace watershed::harness {
namespace {

using stage::Fact;
using stage::FactKind;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class LineageTest : public ::testing::Test {
 protected:
  LineageTest() {
    station_ = journal_.add_host("station.example");
    mx_ = journal_.add_host("mx.ctbto.int");
    store_ = journal_.add_host("store.ctbto.int");
  }

  void offer() {
    lineage_.take({.kind = FactKind::offered,
                   .host = station_,
                   .custody = 1,
                   .body_hash = 7,
                   .recipient = "a@b",
                   .reverse_path = "op@station.example",
                   .detail = "request",
                   .text = "verification"});
  }
  void attempt(stage::HostId host, stage::Custody custody, stage::ConnectionId connection) {
    lineage_.take(
        {.kind = FactKind::attempted, .host = host, .transaction = 1, .custody = custody, .connection = connection});
  }
  void accept(stage::HostId host, stage::Custody custody, stage::ConnectionId connection, std::string recipient) {
    lineage_.take({.kind = FactKind::accepted,
                   .host = host,
                   .transaction = 1,
                   .custody = custody,
                   .connection = connection,
                   .body_hash = 7,
                   .recipient = std::move(recipient),
                   .reverse_path = "op@station.example"});
  }
  void relay(stage::HostId host, stage::Custody custody, stage::ConnectionId connection, std::string recipient) {
    lineage_.take({.kind = FactKind::relayed,
                   .host = host,
                   .code = 250,
                   .transaction = 1,
                   .custody = custody,
                   .connection = connection,
                   .recipient = std::move(recipient),
                   .detail = "next",
                   .text = "250 Ok"});
  }
  void store(stage::Custody custody, std::string recipient) {
    lineage_.take({.kind = FactKind::stored,
                   .host = store_,
                   .custody = custody,
                   .body_hash = 7,
                   .recipient = std::move(recipient),
                   .detail = "INBOX",
                   .text = "c@d"});
  }

  stage::Journal journal_;
  Lineage lineage_{journal_};
  stage::HostId station_ = 0;
  stage::HostId mx_ = 0;
  stage::HostId store_ = 0;
};

TEST_F(LineageTest, FollowsAMessageThroughHostsAndRewriting) {
  offer();
  attempt(station_, 1, 10);
  accept(mx_, 2, 10, "a@b");
  relay(station_, 1, 10, "a@b");
  lineage_.take({.kind = FactKind::rewritten,
                 .host = mx_,
                 .custody = 2,
                 .recipient = "a@b",
                 .detail = "c@d",
                 .decided_by = "virtual:3"});
  attempt(mx_, 2, 11);
  accept(store_, 3, 11, "c@d");
  relay(mx_, 2, 11, "c@d");
  store(3, "c@d");

  EXPECT_THAT(lineage_.anomalies(), IsEmpty());
  const RootMessage& root = lineage_.roots().at(0);
  EXPECT_EQ(root.open_duties, 0);
  ASSERT_THAT(root.deliveries, SizeIs(1));
  EXPECT_EQ(root.deliveries[0].root_recipient, "a@b") << "the alias is traced back to what was offered";
  EXPECT_FALSE(root.deliveries[0].is_notice);
  EXPECT_THAT(lineage_.path(3), ElementsAre(station_, mx_, store_));
  EXPECT_EQ(lineage_.message_class(3), "verification");
}

TEST_F(LineageTest, ARelayThatNobodyAcceptedIsAnAnomalyAndTheMessageStaysOpen) {
  offer();
  attempt(station_, 1, 10);
  relay(station_, 1, 10, "a@b");
  ASSERT_THAT(lineage_.anomalies(), SizeIs(1));
  EXPECT_THAT(lineage_.anomalies()[0].text, HasSubstr("never accepted it"));
  EXPECT_EQ(lineage_.roots().at(0).open_duties, 1);
}

TEST_F(LineageTest, AnAcceptanceThatNobodySentIsAnAnomaly) {
  accept(mx_, 2, 99, "a@b");
  ASSERT_THAT(lineage_.anomalies(), SizeIs(1));
  EXPECT_THAT(lineage_.anomalies()[0].text, HasSubstr("nobody is known to have sent"));
}

TEST_F(LineageTest, AnEndForARecipientThatWasNeverThereIsAnAnomaly) {
  offer();
  attempt(station_, 1, 10);
  accept(store_, 2, 10, "a@b");
  store(2, "other@b");
  ASSERT_THAT(lineage_.anomalies(), SizeIs(1));
  EXPECT_THAT(lineage_.anomalies()[0].text, HasSubstr("was never addressed to"));
}

TEST_F(LineageTest, NoticesInheritTheClassAndAreNoDeliveriesOfTheMessage) {
  offer();
  attempt(station_, 1, 10);
  accept(mx_, 2, 10, "a@b");
  relay(station_, 1, 10, "a@b");
  lineage_.take({.kind = FactKind::failed, .host = mx_, .code = 550, .custody = 2, .recipient = "a@b"});
  lineage_.take({.kind = FactKind::spawned,
                 .host = mx_,
                 .custody = 3,
                 .cause = 2,
                 .body_hash = 9,
                 .recipient = "op@station.example",
                 .reverse_path = "<>",
                 .detail = "dsn",
                 .text = "a@b"});
  EXPECT_EQ(lineage_.message_class(3), "verification");
  EXPECT_EQ(lineage_.custody(3)->expected_hash, 9U) << "a notice has content of its own";
  attempt(mx_, 3, 12);
  accept(store_, 4, 12, "op@station.example");
  relay(mx_, 3, 12, "op@station.example");
  lineage_.take({.kind = FactKind::stored,
                 .host = store_,
                 .custody = 4,
                 .body_hash = 9,
                 .recipient = "op@station.example",
                 .detail = "INBOX",
                 .text = "op@station.example"});
  ASSERT_THAT(lineage_.roots().at(0).deliveries, SizeIs(1));
  EXPECT_TRUE(lineage_.roots().at(0).deliveries[0].is_notice);
  EXPECT_EQ(lineage_.roots().at(0).deliveries[0].kind, "dsn");
  EXPECT_EQ(lineage_.roots().at(0).open_duties, 0);
}

TEST_F(LineageTest, ABccAddsARecipientAndKeepsTheFirst) {
  offer();
  attempt(station_, 1, 10);
  accept(mx_, 2, 10, "a@b");
  relay(station_, 1, 10, "a@b");
  lineage_.take({.kind = FactKind::rewritten, .host = mx_, .custody = 2, .recipient = "a@b", .detail = "a@b"});
  lineage_.take({.kind = FactKind::rewritten, .host = mx_, .custody = 2, .recipient = "a@b", .detail = "bcc@b"});
  // stage/journal.hpp: the first says that a@b stays, the second adds bcc@b.
  const CustodyRecord& record = *lineage_.custody(2);
  ASSERT_THAT(record.duties, SizeIs(2));
  EXPECT_EQ(record.duties[0].end, End::open);
  EXPECT_EQ(record.duties[1].end, End::open);
}

TEST_F(LineageTest, ForgetsFinishedMessagesBeyondTheLimitAndReportsThem) {
  int finished = 0;
  lineage_.forget_finished(1, [&](const RootMessage& root, const Lineage&) {
    ++finished;
    EXPECT_THAT(root.deliveries, SizeIs(1));
  });
  for (stage::Custody number = 1; number <= 10; number += 2) {
    lineage_.take({.kind = FactKind::offered,
                   .host = station_,
                   .custody = number,
                   .body_hash = 7,
                   .recipient = "a@b",
                   .reverse_path = "x@y",
                   .detail = "load",
                   .text = "verification"});
    attempt(station_, number, number);
    accept(store_, number + 1, number, "a@b");
    relay(station_, number, number, "a@b");
    store(number + 1, "a@b");
  }
  EXPECT_EQ(finished, 4);
  EXPECT_THAT(lineage_.roots(), SizeIs(1));
  EXPECT_THAT(lineage_.anomalies(), IsEmpty());
}

}  // namespace
}  // namespace watershed::harness
