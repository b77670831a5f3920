// Replies: written, read back, and read from servers that break the rules.
#include "mail/reply.hpp"

#include <gtest/gtest.h>

namespace watershed::mail {
namespace {

TEST(EnhancedStatus, ReadsAndWrites) {
  EXPECT_EQ(to_string(EnhancedStatus{5, 1, 10}), "5.1.10");
  EXPECT_EQ(*parse_enhanced_status("4.4.7"), (EnhancedStatus{4, 4, 7}));
  EXPECT_EQ(*parse_enhanced_status("5.0.999"), (EnhancedStatus{5, 0, 999}));
  for (const std::string_view bad :
       {"", "5", "5.1", "5.1.", "5.1.1.", "5.1.1 ", "3.1.1", "5.01.1", "5.1.1000", "x", "-5.1.1"}) {
    EXPECT_FALSE(parse_enhanced_status(bad)) << bad;
  }
}

TEST(Reply, WritesWireAndLine) {
  EXPECT_EQ(to_wire(make_reply(550, "5.1.1", "No such user")), "550 5.1.1 No such user\r\n");
  EXPECT_EQ(to_wire(make_reply(250, "", "one\ntwo")), "250-one\r\n250 two\r\n");
  EXPECT_EQ(to_wire(make_reply(451, "4.3.0", "one\r\ntwo")), "451-4.3.0 one\r\n451 4.3.0 two\r\n");
  EXPECT_EQ(to_wire(Reply{250, std::nullopt, {}}), "250 \r\n");
  EXPECT_EQ(to_line(make_reply(550, "5.1.1", "No\nuser")), "550 5.1.1 No user");
  EXPECT_EQ(to_line(Reply{250, std::nullopt, {}}), "250");
  std::string out;
  append_wire(make_reply(250, "2.1.0", "Ok"), false, out);
  EXPECT_EQ(out, "250 Ok\r\n");
}

TEST(Reply, TextCannotSplitTheReply) {
  EXPECT_EQ(to_wire(Reply{550, std::nullopt, {"a\r\n250 fooled"}}), "550 a  250 fooled\r\n");
}

TEST(Reply, ReadsWhatPeopleWrite) {
  EXPECT_EQ(*parse_reply("550 5.1.1 No such user"), make_reply(550, "5.1.1", "No such user"));
  EXPECT_EQ(*parse_reply(" 421 "), make_reply(421, "", ""));
  EXPECT_EQ(*parse_reply("250 2.0.0"), make_reply(250, "2.0.0", ""));
  EXPECT_EQ(*parse_reply("550 4.1.1 x"), make_reply(550, "", "4.1.1 x")) << "the class must agree with the code";
  for (const std::string_view bad : {"", "55", "550x", "099 x", "600 x", "150 x", "abc", "550-more", "550 a\nb"}) {
    EXPECT_FALSE(parse_reply(bad)) << bad;
  }
}

TEST(ReplyReader, CollectsLinesUntilTheLast) {
  ReplyReader reader;
  EXPECT_FALSE(reader.feed("250-5.x mx.example")->has_value());
  EXPECT_FALSE(reader.feed("250-")->has_value());
  const auto reply = reader.feed("250 SIZE 1000");
  ASSERT_TRUE(reply && reply->has_value());
  EXPECT_EQ(**reply, (Reply{250, std::nullopt, {"5.x mx.example", "", "SIZE 1000"}}));
  EXPECT_EQ(**reader.feed("354"), (Reply{354, std::nullopt, {""}})) << "ready for the next reply";
}

TEST(ReplyReader, RepeatedStatusIsTakenOffEachLine) {
  ReplyReader reader;
  ASSERT_TRUE(reader.feed("550-5.7.1 one"));
  ASSERT_TRUE(reader.feed("550-two"));
  const auto reply = reader.feed("550 5.7.1 three");
  EXPECT_EQ(**reply, (Reply{550, EnhancedStatus{5, 7, 1}, {"one", "two", "three"}}));
}

TEST(ReplyReader, NulIsABlankBeforeTheStatusIsLookedFor) {
  EXPECT_EQ(**ReplyReader().feed(std::string_view("250 2.0.3\0x", 11)), make_reply(250, "2.0.3", "x"));
}

TEST(ReplyReader, RefusesBrokenServers) {
  ReplyReader mixed;
  ASSERT_TRUE(mixed.feed("250-a"));
  EXPECT_FALSE(mixed.feed("550 b")) << "RFC 5321 §4.2.1: one code in all lines";
  EXPECT_FALSE(ReplyReader().feed("hello"));
  EXPECT_FALSE(ReplyReader().feed("250" + std::string(10'000, ' ')));
  ReplyReader endless;
  bool refused = false;
  for (int line = 0; line < 2000 && !refused; ++line) refused = !endless.feed("250-again");
  EXPECT_TRUE(refused);
}

TEST(Reply, KindsFollowTheFirstDigit) {
  EXPECT_TRUE(make_reply(250, "", "").is_positive());
  EXPECT_TRUE(make_reply(354, "", "").is_intermediate());
  EXPECT_TRUE(make_reply(450, "", "").is_transient());
  EXPECT_TRUE(make_reply(599, "", "").is_permanent());
  EXPECT_FALSE(make_reply(354, "", "").is_positive());
}

}  // namespace
}  // namespace watershed::mail
