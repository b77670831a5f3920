// Messages keep every byte; fields are found, added and removed without touching the rest.
#include "mail/message.hpp"

#include <gmock/gmock.h>

namespace watershed::mail {
namespace {

TEST(Message, SplitsWithoutChangingAByte) {
  struct Case {
    std::string bytes, header, body;
  };
  const Case cases[] = {
      {"A: 1\r\nB: 2\r\n\r\nbody\r\n", "A: 1\r\nB: 2\r\n", "body\r\n"},
      {"A: 1\nB: 2\n\nbody\n", "A: 1\nB: 2\n", "body\n"},
      {"A: 1\r\n", "A: 1\r\n", ""},
      {"A: 1", "A: 1", ""},
      {"A: 1\r\n\r\n", "A: 1\r\n", ""},
      {"\r\nbody", "", "body"},
      {"\nbody", "", "body"},
      {"no field here\r\nA: 1\r\n\r\nbody", "", "no field here\r\nA: 1\r\n\r\nbody"},
      {" folded: x\r\n\r\nbody", "", " folded: x\r\n\r\nbody"},
      {"A: 1\r\njunk\r\nB: 2\r\n\r\nbody", "A: 1\r\njunk\r\nB: 2\r\n", "body"},
      {std::string("A: \0\r\n\r\n\0\xff\r.\n", 13), std::string("A: \0\r\n", 6), std::string("\0\xff\r.\n", 5)},
      {"A: 1\r\n\r\r\n\r\nbody", "A: 1\r\n\r\r\n", "body"},
      {"", "", ""},
  };
  for (const Case& c : cases) {
    const Message message = Message::parse(c.bytes);
    EXPECT_EQ(message.bytes(), c.bytes);
    EXPECT_EQ(message.header_section(), c.header) << c.bytes;
    EXPECT_EQ(message.body(), c.body) << c.bytes;
    EXPECT_EQ(message.size_octets(), c.bytes.size());
  }
}

TEST(Message, FieldsAreViewsInOrder) {
  const Message message =
      Message::parse("Received: one\r\n\tfolded\r\nSubject : x\r\njunk line\r\n more junk\r\nreceived:two\r\n\r\nb");
  const std::vector<HeaderField> fields = message.fields();
  ASSERT_EQ(fields.size(), 3U);
  EXPECT_EQ(fields[0].name, "Received");
  EXPECT_EQ(fields[0].value, " one\r\n\tfolded");
  EXPECT_EQ(fields[0].raw, "Received: one\r\n\tfolded\r\n");
  EXPECT_EQ(fields[1].name, "Subject");
  EXPECT_EQ(fields[2].value, "two");
  EXPECT_EQ(message.value("RECEIVED"), "one\tfolded");
  EXPECT_EQ(message.value("subject"), "x");
  EXPECT_EQ(message.value("Sub"), "");
  EXPECT_FALSE(message.field("Subject ").has_value());
  EXPECT_FALSE(message.field("b").has_value()) << "the body holds no fields";
  EXPECT_EQ(message.count("Received"), 2U);
}

TEST(Message, PrependAppendRemoveKeepTheRest) {
  Message message = Message::parse("A: 1\r\nX: a\r\n b\r\nB: 2\r\nx: c\n\nbody\n");
  const Message copy = message;
  message.prepend("T: 0\r\n");
  message.append("Z: 9\r\n");
  EXPECT_EQ(message.bytes(), "T: 0\r\nA: 1\r\nX: a\r\n b\r\nB: 2\r\nx: c\nZ: 9\r\n\nbody\n");
  EXPECT_TRUE(message.remove("X", 1));
  EXPECT_TRUE(message.remove("x", 0));
  EXPECT_FALSE(message.remove("x", 0));
  EXPECT_EQ(message.bytes(), "T: 0\r\nA: 1\r\nB: 2\r\nZ: 9\r\n\nbody\n");
  EXPECT_EQ(copy.value("x"), "a b") << "copies have a header section of their own";
}

TEST(Message, FirstFieldOfAHeaderlessMessageBringsTheEmptyLine) {
  Message message = Message::parse("just text\r\n");
  message.prepend("T: 0\r\n");
  EXPECT_EQ(message.bytes(), "T: 0\r\n\r\njust text\r\n");
  EXPECT_EQ(Message::parse(message.bytes()).body(), "just text\r\n");
  Message cut_off = Message::parse("A: 1");
  cut_off.append("B: 2\r\n");
  EXPECT_EQ(cut_off.bytes(), "A: 1\r\nB: 2\r\n");
}

TEST(Message, BodyHashIsOfTheBodyAloneAndSeesEveryOctet) {
  const std::string body = "BEGIN IMS2.0\r\nMSG_TYPE DATA\r\nSTOP\r\n";
  const std::uint64_t hash = Message::parse("A: 1\r\n\r\n" + body).body_hash();
  EXPECT_EQ(Message::parse("B: other\r\n\r\n" + body).body_hash(), hash);
  for (std::size_t place = 0; place < body.size(); ++place) {
    std::string changed = body;
    changed[place] = static_cast<char>(changed[place] ^ 1);
    EXPECT_NE(Message::parse("A: 1\r\n\r\n" + changed).body_hash(), hash) << "octet " << place;
    EXPECT_NE(Message::parse("A: 1\r\n\r\n" + body.substr(0, place)).body_hash(), hash) << "cut at " << place;
  }
  EXPECT_NE(Message::parse("A: 1\r\n\r\n" + body + std::string(1, '\0')).body_hash(), hash);
}

TEST(Message, UnfoldingTakesLineEndsBeforeBlanksOnly) {
  EXPECT_EQ(unfold(" a\r\n b\n\tc\r\n"), "a b\tc");
  EXPECT_EQ(unfold("a\r\nb"), "a\r\nb") << "a line end that folds nothing is not hidden";
  EXPECT_EQ(unfold(" \r\n "), "");
  EXPECT_EQ(unfold("a\rb"), "a\rb");
}

TEST(Message, LongLinesAndManyFieldsStayLinear) {
  const std::string line(10'000'000, 'x');
  const Message long_line = Message::parse("A: " + line + "\r\n\r\n" + line);
  EXPECT_EQ(long_line.value("a").size(), line.size());
  EXPECT_EQ(long_line.body().size(), line.size());
  std::string many;
  for (int number = 0; number < 200'000; ++number) many += "Received: x\r\n y\r\n";
  EXPECT_EQ(Message::parse(many).count("received"), 200'000U);
}

}  // namespace
}  // namespace watershed::mail
