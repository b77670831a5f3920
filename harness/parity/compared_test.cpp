// What the lanes are compared by: a second copy is a difference, a second attempt is none.
#include "harness/parity/compared.hpp"

#include "harness/lanes/results.hpp"
#include "harness/scenario/test_evidence.hpp"

#include <gtest/gtest.h>

namespace watershed::harness {
namespace {

using stage::Fact;
using stage::FactKind;

// One lane's run: a message from the station, taken by the store.
struct Lane : TestEvidence {
  stage::HostId station = journal.add_host("station.example");
  stage::HostId store = journal.add_host("store.example");

  Lane() {
    Fact fact = about(FactKind::offered, station, 1);
    fact.detail = "request";
    fact.text = "verification";
    journal.record(std::move(fact));
  }

  static Fact about(FactKind kind, stage::HostId host, stage::Custody custody) {
    return {.kind = kind, .host = host, .custody = custody, .recipient = "a@b", .reverse_path = "op@station.example"};
  }

  void put_off() {
    Fact fact = about(FactKind::deferred, station, 1);
    fact.code = 451;
    journal.record(std::move(fact));
  }

  // The store takes it under this custody and files it.
  void deliver(stage::Custody custody) {
    for (const FactKind kind : {FactKind::attempted, FactKind::accepted, FactKind::stored, FactKind::relayed}) {
      const bool is_server = kind == FactKind::accepted || kind == FactKind::stored;
      Fact fact = about(kind, is_server ? store : station, is_server ? custody : 1);
      if (kind != FactKind::stored) fact.connection = custody * 10;
      if (kind != FactKind::stored) fact.transaction = 1;
      if (kind == FactKind::stored) fact.detail = "INBOX";
      if (kind == FactKind::stored) fact.text = "a@b";
      journal.record(std::move(fact));
    }
    const auto message = std::make_shared<const mail::Message>(mail::Message::parse("Subject: s\r\n\r\nbody\r\n"));
    copies.push_back({custody, "a@b", "INBOX", {}, message, true});
  }

  std::string aspect(const std::string& name) const {
    const Evidence seen = evidence();
    ScenarioResult result;
    fill_results(seen, result);
    const auto messages = compared_messages(seen, result);
    for (const ComparedAspect& each : messages.at(0).aspects) {
      if (each.name == name) return each.value;
    }
    return "no such aspect";
  }
};

TEST(ComparedMessages, ASecondCopyIsADifference) {
  Lane once;
  once.deliver(2);
  Lane twice;
  twice.deliver(2);
  twice.deliver(3);
  EXPECT_NE(once.aspect("mailbox"), "");
  for (const char* name : {"mailbox", "content", "hops", "envelope"}) EXPECT_NE(once.aspect(name), twice.aspect(name));
}

TEST(ComparedMessages, AFurtherAttemptIsNone) {
  Lane once;
  once.put_off();
  once.deliver(2);
  Lane often;
  for (int attempt = 0; attempt < 3; ++attempt) often.put_off();
  often.deliver(2);
  EXPECT_NE(once.aspect("replies"), "");
  for (const char* name : {"replies", "mailbox", "content", "hops", "envelope", "notices", "fate"}) {
    EXPECT_EQ(once.aspect(name), often.aspect(name)) << name;
  }
}

}  // namespace
}  // namespace watershed::harness
