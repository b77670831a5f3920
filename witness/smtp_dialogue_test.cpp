// What must hold of dialogues that are only listened to.
#include "witness/smtp_dialogue.hpp"

#include <gmock/gmock.h>

namespace watershed::witness {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class SmtpDialogueTest : public ::testing::Test {
 protected:
  void client(std::string_view bytes) { dialogue_.from_client(bytes, ++now_); }
  void server(std::string_view bytes) { dialogue_.from_server(bytes, ++now_); }
  void hello(std::string_view verb = "EHLO") {
    server("220 mx.example ESMTP\r\n");
    client(std::string(verb) + " station.example\r\n");
    server("250-mx.example\r\n250 PIPELINING\r\n");
  }
  void envelope() {
    client("MAIL FROM:<op@station.example> SIZE=99\r\n");
    server("250 2.1.0 Ok\r\n");
    client("RCPT TO:<autodrm@ctbto.int>\r\n");
    server("250 2.1.5 Ok\r\n");
  }

  std::vector<SmtpTransaction> seen_;
  SmtpDialogue dialogue_{[this](SmtpTransaction transaction) { seen_.push_back(std::move(transaction)); }};
  std::int64_t now_ = 0;
};

TEST_F(SmtpDialogueTest, ReadsOneTransaction) {
  hello();
  envelope();
  EXPECT_TRUE(dialogue_.is_busy());
  client("DATA\r\n");
  server("354 go on\r\n");
  client("Subject: x\r\n\r\n..dot\r\n");
  client(".\r\n");
  EXPECT_THAT(seen_, IsEmpty());
  server("250 2.0.0 Ok: queued as 4ABC\r\n");
  ASSERT_THAT(seen_, SizeIs(1));
  const SmtpTransaction& seen = seen_[0];
  EXPECT_EQ(seen.end, TransactionEnd::answered);
  EXPECT_EQ(seen.number, 1U);
  EXPECT_EQ(seen.helo, "station.example");
  EXPECT_EQ(seen.reverse_path, "op@station.example");
  EXPECT_EQ(seen.content, "Subject: x\r\n\r\n.dot\r\n");
  ASSERT_THAT(seen.recipients, SizeIs(1));
  EXPECT_EQ(seen.recipients[0].forward_path, "autodrm@ctbto.int");
  EXPECT_TRUE(seen.is_accepted(seen.recipients[0]));
  EXPECT_THAT(seen.recipients[0].final_reply->lines[0], HasSubstr("queued as 4ABC"));
  EXPECT_FALSE(dialogue_.is_busy());
}

TEST_F(SmtpDialogueTest, ReadsAPipelinedGroupByteByByte) {
  hello();
  const std::string commands = "MAIL FROM:<>\r\nRCPT TO:<a@x.example>\r\nRCPT TO:<b@x.example>\r\nDATA\r\n";
  for (const char c : commands) client({&c, 1});
  const std::string replies = "250 2.1.0 Ok\r\n250 Ok\r\n550 5.1.1 no such user\r\n354 go on\r\n";
  for (const char c : replies) server({&c, 1});
  const std::string content = "\r\nbody\r\n.\r\nQUIT\r\n";
  for (const char c : content) client({&c, 1});
  server("250 2.0.0 Ok\r\n221 bye\r\n");
  ASSERT_THAT(seen_, SizeIs(1));
  EXPECT_EQ(seen_[0].reverse_path, "<>");
  EXPECT_EQ(seen_[0].content, "\r\nbody\r\n");
  ASSERT_THAT(seen_[0].recipients, SizeIs(2));
  EXPECT_TRUE(seen_[0].is_accepted(seen_[0].recipients[0]));
  EXPECT_FALSE(seen_[0].is_accepted(seen_[0].recipients[1]));
  EXPECT_EQ(seen_[0].deciding_reply(seen_[0].recipients[1])->code, 550);
}

TEST_F(SmtpDialogueTest, LmtpHasAReplyForEachAcceptedRecipient) {
  hello("LHLO");
  client(
      "MAIL FROM:<a@b.example>\r\nRCPT TO:<x@c.example>\r\nRCPT TO:<y@c.example>\r\nRCPT TO:<z@c.example>\r\nDATA\r\n");
  server("250 Ok\r\n250 Ok\r\n550 5.1.1 no\r\n250 Ok\r\n354 go on\r\n");
  client("\r\nx\r\n.\r\n");
  server("250 2.0.0 <x@c.example> abc Saved\r\n");
  EXPECT_THAT(seen_, IsEmpty());
  server("452 4.2.2 <z@c.example> over quota\r\n");
  ASSERT_THAT(seen_, SizeIs(1));
  EXPECT_TRUE(seen_[0].lmtp);
  EXPECT_TRUE(seen_[0].is_accepted(seen_[0].recipients[0]));
  EXPECT_EQ(seen_[0].deciding_reply(seen_[0].recipients[2])->code, 452);
}

TEST_F(SmtpDialogueTest, ReadsChunks) {
  hello();
  client("MAIL FROM:<a@b.example>\r\nRCPT TO:<x@c.example>\r\nBDAT 5\r\nab\r\n.BDAT 4 LAST\r\n\r\ncdQUIT\r\n");
  server("250 Ok\r\n250 Ok\r\n250 5 octets\r\n250 2.0.0 Ok\r\n221 bye\r\n");
  ASSERT_THAT(seen_, SizeIs(1));
  EXPECT_EQ(seen_[0].content, "ab\r\n.\r\ncd");
  EXPECT_EQ(seen_[0].end, TransactionEnd::answered);
  EXPECT_TRUE(seen_[0].is_accepted(seen_[0].recipients[0]));
}

TEST_F(SmtpDialogueTest, ALostConnectionAfterTheFinalDotIsNoAcceptance) {
  hello();
  envelope();
  client("DATA\r\n");
  server("354 go on\r\n");
  client("\r\nx\r\n.\r\n");
  dialogue_.end(++now_);
  ASSERT_THAT(seen_, SizeIs(1));
  EXPECT_EQ(seen_[0].end, TransactionEnd::lost);
  EXPECT_TRUE(seen_[0].has_content);
  EXPECT_FALSE(seen_[0].is_accepted(seen_[0].recipients[0]));
  EXPECT_EQ(seen_[0].deciding_reply(seen_[0].recipients[0]), nullptr);
}

TEST_F(SmtpDialogueTest, RefusedMailIsSeenWithItsReply) {
  hello();
  client("MAIL FROM:<a@b.example>\r\n");
  server("450 4.7.1 later\r\n");
  ASSERT_THAT(seen_, SizeIs(1));
  EXPECT_EQ(seen_[0].end, TransactionEnd::refused);
  EXPECT_EQ(seen_[0].number, 1U);
  EXPECT_EQ(seen_[0].mail_reply->code, 450);
}

TEST_F(SmtpDialogueTest, RefusedDataLeavesTheClientInCommands) {
  hello();
  client("MAIL FROM:<a@b.example>\r\nRCPT TO:<x@c.example>\r\nDATA\r\n");
  server("250 Ok\r\n550 5.1.1 no\r\n554 5.5.1 no valid recipients\r\n");
  client("RSET\r\n");
  server("250 Ok\r\n");
  ASSERT_THAT(seen_, SizeIs(1));
  EXPECT_EQ(seen_[0].end, TransactionEnd::reset);
  envelope();
  client("DATA\r\n");
  server("354 go on\r\n");
  client("\r\n.\r\n");
  server("250 Ok\r\n");
  ASSERT_THAT(seen_, SizeIs(2));
  EXPECT_EQ(seen_[1].number, 2U);
  EXPECT_EQ(seen_[1].end, TransactionEnd::answered);
}

TEST_F(SmtpDialogueTest, StartTlsHidesWhatFollows) {
  hello();
  client("STARTTLS\r\n");
  server("220 2.0.0 ready\r\n");
  client("\x16\x03\x01 MAIL FROM:<a@b>\r\n");
  server("\x16\x03\x03 250 nonsense");
  EXPECT_TRUE(dialogue_.is_tls());
  EXPECT_THAT(dialogue_.confusion(), IsEmpty());
  dialogue_.end(++now_);
  EXPECT_THAT(seen_, IsEmpty());
}

// Postfix before smtpd_forbid_bare_newline ends the data at LF "." LF; the bystander sees it by the reply that comes.
TEST_F(SmtpDialogueTest, FollowsAServerThatIsSmuggledTo) {
  hello();
  envelope();
  client("DATA\r\n");
  server("354 go on\r\n");
  client("\r\nfirst\n.\nMAIL FROM:<evil@x.example>\r\nRCPT TO:<y@c.example>\r\nDATA\r\n");
  server("250 2.0.0 Ok: queued as 1\r\n250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n354 go on\r\n");
  client("\r\nsecond\r\n.\r\n");
  server("250 2.0.0 Ok: queued as 2\r\n");
  ASSERT_THAT(seen_, SizeIs(2));
  EXPECT_TRUE(seen_[0].ended_by_bare_newline);
  EXPECT_EQ(seen_[0].content, "\r\nfirst\r\n");
  EXPECT_EQ(seen_[1].reverse_path, "evil@x.example");
  EXPECT_EQ(seen_[1].content, "\r\nsecond\r\n");
  EXPECT_FALSE(seen_[1].ended_by_bare_newline);
}

TEST_F(SmtpDialogueTest, AServerThatIsNotSmuggledToGivesOneTransaction) {
  hello();
  envelope();
  client("DATA\r\n");
  server("354 go on\r\n");
  client("\r\nfirst\n.\nMAIL FROM:<evil@x.example>\r\n.\r\n");
  server("250 2.0.0 Ok: queued as 1\r\n");
  ASSERT_THAT(seen_, SizeIs(1));
  EXPECT_EQ(seen_[0].content, "\r\nfirst\n.\nMAIL FROM:<evil@x.example>\r\n");
}

TEST_F(SmtpDialogueTest, ReadsThroughAuthentication) {
  hello();
  client("AUTH LOGIN\r\n");
  server("334 VXNlcm5hbWU6\r\n");
  client("MAIL FROM:<not@a.command>\r\n");
  server("334 UGFzc3dvcmQ6\r\n");
  client("c2VjcmV0\r\n");
  server("235 2.7.0 Ok\r\n");
  envelope();
  client("QUIT\r\n");
  server("221 bye\r\n");
  ASSERT_THAT(seen_, SizeIs(1));
  EXPECT_EQ(seen_[0].reverse_path, "op@station.example");
  EXPECT_EQ(seen_[0].end, TransactionEnd::reset);
}

TEST_F(SmtpDialogueTest, SaysSoWhenItCannotFollow) {
  server("220 mx.example\r\n");
  server("what is this\r\n");
  EXPECT_THAT(dialogue_.confusion(), HasSubstr("malformed reply"));
  EXPECT_FALSE(dialogue_.is_busy());
}

TEST_F(SmtpDialogueTest, ARefusalInTheMiddleOfTheContentIsItsAnswer) {
  hello();
  envelope();
  client("DATA\r\n");
  server("354 go on\r\n");
  client("\r\nvery long");
  server("421 4.3.0 no more\r\n");
  dialogue_.end(++now_);
  ASSERT_THAT(seen_, SizeIs(1));
  EXPECT_FALSE(seen_[0].has_content);
  EXPECT_EQ(seen_[0].deciding_reply(seen_[0].recipients[0])->code, 421);
}

TEST_F(SmtpDialogueTest, PathsThatOurParserRefusesAreShownAsWritten) {
  hello();
  client("MAIL FROM:<\"a>b\"@x.example> BODY=8BITMIME\r\nRCPT TO:<no domain>\r\nRCPT TO:x@y.example\r\nRSET\r\n");
  server("250 Ok\r\n501 5.1.3 bad\r\n250 Ok\r\n250 Ok\r\n");
  ASSERT_THAT(seen_, SizeIs(1));
  EXPECT_EQ(seen_[0].reverse_path, "\"a>b\"@x.example");
  EXPECT_EQ(seen_[0].recipients[0].forward_path, "no domain");
  EXPECT_EQ(seen_[0].recipients[1].forward_path, "x@y.example");
}

// Postfix's smtpd(8) takes any blanks between the words.
TEST_F(SmtpDialogueTest, BlanksBetweenTheWordsHideNothing) {
  hello();
  client("  MAIL  FROM: <a@b.example>\r\nrcpt\tTo:\t<x@c.example>  NOTIFY=NEVER\r\n\tDATA \r\n");
  server("250 Ok\r\n250 Ok\r\n354 go on\r\n");
  client("\r\nx\r\n.\r\n");
  server("250 Ok\r\n");
  ASSERT_THAT(seen_, SizeIs(1));
  EXPECT_EQ(seen_[0].reverse_path, "a@b.example");
  ASSERT_THAT(seen_[0].recipients, SizeIs(1));
  EXPECT_EQ(seen_[0].recipients[0].forward_path, "x@c.example");
  EXPECT_EQ(seen_[0].recipients[0].parameters, "NOTIFY=NEVER");
  EXPECT_EQ(seen_[0].content, "\r\nx\r\n");
}

TEST_F(SmtpDialogueTest, WhatIsTakenWithoutAMailThatWasSeenIsNotLeftOut) {
  for (const std::string_view commands : {"RCPT TO:<x@c.example>\r\n", "DATA\r\n", "BDAT 2 LAST\r\nx\n"}) {
    const bool is_data = commands.starts_with("DATA");
    SmtpDialogue dialogue([](const SmtpTransaction&) { ADD_FAILURE() << "whose would it be?"; });
    dialogue.from_server("220 mx\r\n", 1);
    dialogue.from_client("MAIL=a@b.example\r\n" + std::string(commands), 2);
    dialogue.from_server("250 Ok\r\n", 3);
    EXPECT_THAT(dialogue.confusion(), IsEmpty());
    dialogue.from_server(is_data ? "354 go on\r\n" : "250 Ok\r\n", 4);
    EXPECT_THAT(dialogue.confusion(), HasSubstr("no MAIL was seen")) << commands;
  }
}

TEST_F(SmtpDialogueTest, AHangUpBeforeTheRepliesStillNamesTheRecipients) {
  hello();
  client("MAIL FROM:<a@b.example>\r\nRCPT TO:<x@c.example>\r\nRCPT TO:<y@c.example> NOTIFY=NEVER\r\n");
  server("250 Ok\r\n250 Ok\r\n");
  client("RSET\r\nRCPT TO:<nobody@c.example>\r\nMAIL FROM:<d@b.example>\r\nRCPT TO:<z@c.example>\r\nDATA\r\n");
  dialogue_.end(++now_);
  ASSERT_THAT(seen_, SizeIs(2));
  ASSERT_THAT(seen_[0].recipients, SizeIs(2));
  EXPECT_TRUE(seen_[0].recipients[0].reply);
  EXPECT_EQ(seen_[0].recipients[1].forward_path, "y@c.example");
  EXPECT_EQ(seen_[0].recipients[1].parameters, "NOTIFY=NEVER");
  EXPECT_FALSE(seen_[0].recipients[1].reply);
  EXPECT_EQ(seen_[1].reverse_path, "d@b.example");
  EXPECT_EQ(seen_[1].end, TransactionEnd::lost);
  ASSERT_THAT(seen_[1].recipients, SizeIs(1));
  EXPECT_EQ(seen_[1].recipients[0].forward_path, "z@c.example");
  EXPECT_EQ(seen_[1].deciding_reply(seen_[1].recipients[0]), nullptr);
}

}  // namespace
}  // namespace watershed::witness
