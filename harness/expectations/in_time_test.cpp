// A time limit where the lane shortens waiting: what it did not see go by must not count as time kept.
#include "harness/expectations/support.hpp"
#include "harness/scenario/test_evidence.hpp"
#include "harness/yaml/load.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace watershed::harness {
namespace {

using namespace std::chrono_literals;
using stage::Fact;
using stage::FactKind;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class InTimeTest : public ::testing::Test, protected TestEvidence {
 protected:
  InTimeTest() { host_ = journal.add_host("station.example"); }

  // A message that is stored so long after it was offered, at the first attempt or at a later one.
  void deliver(bool is_put_off, stage::Duration after) {
    const stage::Custody custody = ++custodies_;
    journal.record({.kind = FactKind::offered,
                    .host = host_,
                    .custody = custody,
                    .recipient = "a@b",
                    .reverse_path = "op@station.example",
                    .detail = "request",
                    .text = "verification"});
    if (is_put_off) {
      journal.record({.kind = FactKind::deferred, .host = host_, .code = 451, .custody = custody, .recipient = "a@b"});
    }
    journal.record({.kind = FactKind::stored,
                    .host = host_,
                    .at = after,
                    .custody = custody,
                    .recipient = "a@b",
                    .detail = "INBOX",
                    .text = "a@b"});
  }

  Findings check(const std::string& kind, const std::string& yaml, double time_factor = 300) {
    const bool is_load = kind == "throughput";
    const auto node = yaml::load_text(yaml, "s.yaml", is_load ? throughput_shape() : delivered_shape());
    if (!node) throw std::runtime_error(render(node.error()));
    const auto expectation = is_load ? bind_throughput(*node) : bind_delivered(*node);
    expectation->kind = kind;
    expectation->subject = "request";
    const Evidence seen = evidence(time_factor);
    Findings findings;
    expectation->check(seen, findings);
    return findings;
  }

  stage::HostId host_ = 0;
  stage::Custody custodies_ = 0;
};

TEST_F(InTimeTest, WaitingThatWasShortenedLeavesTheLimitOpen) {
  deliver(true, 1200ms);
  const Findings found = check("delivered", "within: 1m\n");
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_TRUE(found[0].is_inconclusive);
  EXPECT_THAT(found[0].sentence, AllOf(HasSubstr("took 1.200 s"), HasSubstr("put off"), HasSubstr("300 times")));
  EXPECT_THAT(check("delivered", "within: 1m\n", 1), IsEmpty());
}

TEST_F(InTimeTest, WhatWouldBeInTimeAtItsSlowestHolds) {
  deliver(true, 1200ms);
  EXPECT_THAT(check("delivered", "within: 9m\n"), IsEmpty());  // 1.2 s · 300 · 1.5 = 540 s
  EXPECT_THAT(check("delivered", "within: 539s\n"), SizeIs(1));
}

TEST_F(InTimeTest, WhatTookTooLongAnywayIsBroken) {
  deliver(true, 61s);
  const Findings found = check("delivered", "within: 1m\n");
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_FALSE(found[0].is_inconclusive);
}

TEST_F(InTimeTest, WithoutADeferralRealTimeCounts) {
  deliver(false, 1200ms);
  EXPECT_THAT(check("delivered", "within: 2s\n"), IsEmpty());
  const Findings found = check("delivered", "within: 1s\n");
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_FALSE(found[0].is_inconclusive);
}

TEST_F(InTimeTest, OfALoadAsManyAreOpenAsWerePutOff) {
  deliver(false, 100ms);
  deliver(true, 1200ms);
  for (const char* yaml : {"{ within: 1m, count: 1 }\n", "{ within: 1m, count: 2 }\n"}) {
    const Findings found = check("delivered", yaml);
    ASSERT_THAT(found, SizeIs(1)) << yaml;
    EXPECT_TRUE(found[0].is_inconclusive) << yaml;
  }
  const Findings found = check("delivered", "{ within: 1m, count: 3 }\n");
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_FALSE(found[0].is_inconclusive);
  EXPECT_THAT(check("delivered", "{ within: 1m, count: 2 }\n", 1), IsEmpty());
}

TEST_F(InTimeTest, NoThroughputRestsOnShortenedWaiting) {
  deliver(false, 100ms);
  deliver(true, 1200ms);
  for (const char* yaml : {"p95: 2s\n", "at_least: 1/s\n"}) {
    const Findings found = check("throughput", yaml);
    ASSERT_THAT(found, SizeIs(1)) << yaml;
    EXPECT_TRUE(found[0].is_inconclusive) << yaml;
    EXPECT_THAT(check("throughput", yaml, 1), IsEmpty()) << yaml;
  }
  EXPECT_THAT(check("throughput", "{ p50: 1s, p95: 1h }\n"), IsEmpty());
  EXPECT_FALSE(check("throughput", "p95: 1s\n").at(0).is_inconclusive);
}

}  // namespace
}  // namespace watershed::harness
