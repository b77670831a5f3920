// What must hold of Postfix's log lines as values.
#include "harness/lanes/wire/postfix_log.hpp"

#include <gmock/gmock.h>

namespace watershed::harness {
namespace {

using Kind = PostfixLogLine::Kind;

TEST(PostfixLogTest, ReadsADelivery) {
  const auto line = parse_postfix_log(
      "A1B2C3D4: to=<one@ctbto.int>, orig_to=<all@ctbto.int>, relay=store.ctbto.int[192.0.2.30]:24, delay=0.05, "
      "delays=0.01/0/0.02/0.02, dsn=2.0.0, status=sent (250 2.0.0 <one@ctbto.int> Lz12 Saved)");
  ASSERT_TRUE(line);
  EXPECT_EQ(line->kind, Kind::delivery);
  EXPECT_EQ(line->queue_id, "A1B2C3D4");
  EXPECT_EQ(line->to, "one@ctbto.int");
  EXPECT_EQ(line->orig_to, "all@ctbto.int");
  EXPECT_EQ(line->relay, "store.ctbto.int[192.0.2.30]:24");
  EXPECT_EQ(line->status, "sent");
  EXPECT_EQ(line->text, "250 2.0.0 <one@ctbto.int> Lz12 Saved");
  EXPECT_EQ(line->code, 250);
}

TEST(PostfixLogTest, FindsTheServersReplyInItsText) {
  const auto line = parse_postfix_log(
      "A1B2C3D4: to=<x@y.example>, relay=mx.y.example[192.0.2.1]:25, delay=1, dsn=5.1.1, status=bounced (host "
      "mx.y.example[192.0.2.1] said: 550 5.1.1 no (such) user (in reply to RCPT TO command))");
  ASSERT_TRUE(line);
  EXPECT_EQ(line->status, "bounced");
  EXPECT_EQ(line->code, 550);
  EXPECT_TRUE(line->text.ends_with("(in reply to RCPT TO command)"));
}

TEST(PostfixLogTest, ReadsWhatIsNoReply) {
  const auto line = parse_postfix_log(
      "A1B2C3D4: to=<x@y.example>, relay=none, delay=1, dsn=4.4.1, status=deferred (connect to "
      "mx[192.0.2.1]:25: Connection refused)");
  ASSERT_TRUE(line);
  EXPECT_EQ(line->code, 0);
  EXPECT_EQ(line->relay, "none");
  EXPECT_TRUE(line->text.starts_with("4.4.1 connect to"));
}

TEST(PostfixLogTest, ReadsNoticesExpiryAndTheRest) {
  EXPECT_EQ(parse_postfix_log("A1B2C3D4: sender non-delivery notification: E5F6A7B8")->other_id, "E5F6A7B8");
  EXPECT_EQ(parse_postfix_log("A1B2C3D4: sender delay notification: E5F6A7B8")->status, "delay-notice");
  EXPECT_EQ(parse_postfix_log("A1B2C3D4: from=<a@b>, status=expired, returned to sender")->kind, Kind::expired);
  EXPECT_EQ(parse_postfix_log("A1B2C3D4: removed")->kind, Kind::removed);
  EXPECT_EQ(parse_postfix_log("A1B2C3D4: client=a[192.0.2.1]")->kind, Kind::received);
  EXPECT_EQ(parse_postfix_log("A1B2C3D4: milter-reject: END-OF-MESSAGE from a")->kind, Kind::milter);
}

TEST(PostfixLogTest, PassesOverOtherLines) {
  for (const char* text : {"", "connect from a[192.0.2.1]", "A1B2C3D4", "A1B2C3D4: from=<a@b>, size=1, nrcpt=1",
                           "NOQUEUE: reject: RCPT from a", "warning: A: b", "A1B2C3D4: to=<unterminated status=sent"}) {
    EXPECT_FALSE(parse_postfix_log(text)) << text;
  }
}

TEST(PostfixLogTest, AddressesMayHoldWhatTheyLike) {
  const auto line = parse_postfix_log("A1B2C3D4: to=<\"a> b, c\"@x.example>, relay=none, status=bounced (no)");
  ASSERT_TRUE(line);
  EXPECT_EQ(line->to, "\"a> b, c\"@x.example");
}

}  // namespace
}  // namespace watershed::harness
