// Notices that smtpd(8) sends to its postmaster: each has the refused session for its cause, or it has none.
#include "harness/lanes/wire/wire_test_world.hpp"

#include <gmock/gmock.h>

namespace watershed::harness {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

class PostmasterNotice : public ::testing::Test {
 protected:
  void refuse_station() {
    witness::SmtpTransaction& refused =
        world_.send(WireTestWorld::station, WireTestWorld::mx, "op@station.example",
                    {{"robot@ctbto.int", "", "452 4.3.1 Insufficient system storage"}}, "");
    refused.end = witness::TransactionEnd::reset;
    world_.offer("robot@ctbto.int", 1);
    world_.direct.pop_back();  // nothing was relayed
  }
  void tell_postmaster(const std::string& client) {
    world_.send(WireTestWorld::mx, WireTestWorld::store, "double-bounce@mx.example",
                {{"postmaster@ctbto.int", "250 2.0.0 <postmaster@ctbto.int> Lz12 Saved"}},
                content_with({"by mx.example (Postfix) id 4BBBBB"},
                             "Subject: Postfix SMTP server: errors from station.example[" + client + "]\r\n"));
  }

  WireTestWorld world_;
};

TEST_F(PostmasterNotice, IsCausedByTheMessageThatWasRefused) {
  refuse_station();
  tell_postmaster("192.0.2.1");
  const JournalReading reading = world_.read();
  EXPECT_THAT(reading.faults, SizeIs(0));
  const Lineage lineage = world_.lineage(reading);
  EXPECT_THAT(lineage.anomalies(), IsEmpty());
  ASSERT_EQ(lineage.roots().size(), 1U);
  const auto& custodies = lineage.roots().at(0).custodies;
  ASSERT_EQ(custodies.size(), 3U) << "the message, the notice at the router, the notice at the store";
  EXPECT_EQ(lineage.custody(custodies[1])->why, "notification");
  EXPECT_EQ(lineage.custody(custodies[1])->parent, custodies[0]);
}

TEST_F(PostmasterNotice, OfAClientThatWasNotRefusedHasNoCause) {
  refuse_station();
  tell_postmaster("192.0.2.4");
  EXPECT_THAT(world_.read().faults, SizeIs(1));
}

}  // namespace
}  // namespace watershed::harness
