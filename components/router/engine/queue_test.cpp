#include "components/router/engine/queue.hpp"

#include "components/router/engine/concurrency.hpp"
#include "components/router/engine/delivery.hpp"

#include <gtest/gtest.h>

namespace watershed::router {
namespace {

using namespace std::chrono_literals;

RetryPolicy stock_policy() { return {300s, 4000s, 300s, 5 * 24h, 5 * 24h, 0s}; }

TEST(RetryDelay, IsTheAgeWithinTheLimits) {
  const RetryPolicy policy = stock_policy();
  EXPECT_EQ(retry_delay(0s, policy), 300s);
  EXPECT_EQ(retry_delay(299s, policy), 300s);
  EXPECT_EQ(retry_delay(1200s, policy), 1200s);
  EXPECT_EQ(retry_delay(100h, policy), 4000s);
}

TEST(QueueRun, IsTheFirstTickAtOrAfter) {
  const RetryPolicy policy = stock_policy();
  const stage::Time origin = 50s;
  EXPECT_EQ(queue_run_at_or_after(0s, origin, policy), origin);
  EXPECT_EQ(queue_run_at_or_after(50s, origin, policy), 50s);
  EXPECT_EQ(queue_run_at_or_after(51s, origin, policy), 350s);
  EXPECT_EQ(queue_run_at_or_after(350s, origin, policy), 350s);
  EXPECT_EQ(queue_run_at_or_after(350s + 1ns, origin, policy), 650s);
}

TEST(Expiry, HasALifetimeOfItsOwnForNotices) {
  RetryPolicy policy = stock_policy();
  policy.bounce_queue_lifetime = 1h;
  QueuedMessage message;
  EXPECT_TRUE(is_expired(message, 1h, policy));
  EXPECT_FALSE(is_expired(message, 59min, policy));
  message.envelope.reverse_path = mail::ReversePath(mail::Address{"a", "b.example"});
  EXPECT_FALSE(is_expired(message, 119h, policy));
  EXPECT_TRUE(is_expired(message, 120h, policy));
}

MessagePtr message(std::uint64_t sequence, QueueState state, stage::Time next_attempt = {}) {
  auto made = std::make_shared<QueuedMessage>();
  made->sequence = sequence;
  made->state = state;
  made->next_attempt = next_attempt;
  return made;
}

TEST(MessageQueue, KnowsWhatIsDueAndInWhichState) {
  MessageQueue queue;
  queue.add(message(1, QueueState::deferred, 700s));
  queue.add(message(2, QueueState::deferred, 300s));
  queue.add(message(3, QueueState::incoming));
  queue.add(message(4, QueueState::incoming));
  EXPECT_EQ(queue.next_due(), 300s);
  EXPECT_EQ(queue.first_incoming()->sequence, 3U);
  ASSERT_EQ(queue.due(699s).size(), 1U);
  const MessagePtr due = queue.due(700s).back();
  EXPECT_EQ(due->sequence, 1U);
  queue.move(*due, QueueState::active);
  EXPECT_EQ(queue.count(QueueState::deferred), 1U);
  EXPECT_EQ(queue.in_state(QueueState::active).size(), 1U);
  queue.remove(*queue.first_incoming());
  EXPECT_EQ(queue.first_incoming()->sequence, 4U);
  queue.remove(*queue.due(300s).front());
  EXPECT_EQ(queue.next_due(), stage::forever);
  EXPECT_EQ(queue.size(), 2U);
}

TEST(Feedback, ReadsTheFormsOfMainCf) {
  EXPECT_DOUBLE_EQ(parse_feedback("1").at(5), 1);
  EXPECT_DOUBLE_EQ(parse_feedback("0.5").at(5), 0.5);
  EXPECT_DOUBLE_EQ(parse_feedback("1/concurrency").at(5), 0.2);
  EXPECT_DOUBLE_EQ(parse_feedback("1/sqrt_concurrency").at(16), 0.25);
  EXPECT_DOUBLE_EQ(parse_feedback("often").at(5), 1);
}

TEST(ConcurrencyWindow, GrowsWithSuccessAsFarAsItIsUsed) {
  ConcurrencyWindow window({5, 20, 1, {}, {}});
  EXPECT_EQ(window.size(), 5U);
  window.on_success(1);
  EXPECT_EQ(window.size(), 6U);
  window.on_success(1);  // one running delivery does not justify more
  EXPECT_EQ(window.size(), 6U);
  for (int count = 0; count < 100; ++count) window.on_success(window.size());
  EXPECT_EQ(window.size(), 20U);
  ConcurrencyWindow narrow({5, 2, 1, {}, {}});
  EXPECT_EQ(narrow.size(), 2U);
}

TEST(ConcurrencyWindow, AWholeCohortOfFailuresKillsTheDestination) {
  ConcurrencyWindow window({5, 20, 1, {}, {}});
  int failures = 0;
  while (!window.is_dead() && failures < 100) {
    window.on_site_failure();
    ++failures;
  }
  EXPECT_EQ(failures, 4);  // 1/5 + 1/4 + 1/3 + 1/2
  EXPECT_EQ(window.size(), 0U);
  window.revive();
  EXPECT_EQ(window.size(), 5U);
  window.on_site_failure();
  EXPECT_EQ(window.size(), 4U);
  ConcurrencyWindow single({1, 1, 1, {}, {}});
  EXPECT_TRUE(single.on_site_failure());
  ConcurrencyWindow immortal({1, 1, 0, {}, {}});
  for (int count = 0; count < 10; ++count) EXPECT_FALSE(immortal.on_site_failure());
}

TEST(ErrorText, StatusDecidesBetweenFailureAndDeferral) {
  const Outcome plain = outcome_of_error_text("no such host", "5.0.0");
  EXPECT_EQ(plain.kind, Outcome::Kind::failed);
  EXPECT_EQ(describe(plain), "5.0.0 no such host");
  const Outcome given = outcome_of_error_text("5.1.1 gone away", "4.0.0");
  EXPECT_EQ(given.kind, Outcome::Kind::failed);
  EXPECT_EQ(describe(given), "5.1.1 gone away");
  EXPECT_EQ(outcome_of_error_text("4.2.1 later", "5.0.0").kind, Outcome::Kind::deferred);
  EXPECT_EQ(outcome_of_error_text("", "4.0.0").kind, Outcome::Kind::deferred);
}

}  // namespace
}  // namespace watershed::router
