// Dot-stuffing and the end of data, with every way of cutting the bytes, and the line ends that smuggling lives on.
#include "mail/data_codec.hpp"

#include <gtest/gtest.h>

namespace watershed::mail {
namespace {

struct Decoded {
  bool complete;
  std::string content;
  std::size_t used;
  bool bare_newline;
  bool operator==(const Decoded&) const = default;
};

Decoded decode(std::string_view bytes, BareNewlinePolicy policy, std::size_t piece_octets) {
  DataDecoder decoder(policy);
  std::size_t used = 0;
  while (used < bytes.size() && !decoder.is_complete()) used += decoder.feed(bytes.substr(used, piece_octets));
  return {decoder.is_complete(), decoder.take_content(), used, decoder.has_bare_newline()};
}

TEST(DataDecoder, EveryLineEndUnderEveryPolicy) {
  constexpr auto keep = BareNewlinePolicy::keep;
  constexpr auto normalize = BareNewlinePolicy::normalize;
  constexpr auto content = BareNewlinePolicy::normalize_content;
  struct Case {
    std::string bytes;
    BareNewlinePolicy policy;
    Decoded expected;
  };
  const Case cases[] = {
      {".\r\nQUIT", keep, {true, "", 3, false}},
      {"a\r\n.\r\nQUIT", keep, {true, "a\r\n", 6, false}},
      {"..\r\n...b\r\n.c\r\n.\r\n", keep, {true, ".\r\n..b\r\nc\r\n", 17, false}},
      {"a\n.\nb\r\n.\r\n", keep, {true, "a\n.\nb\r\n", 10, true}},
      {"a\n.\r\nb\r\n.\r\n", keep, {true, "a\n.\r\nb\r\n", 11, true}},
      {"a\r\n.\nb\r\n.\r\n", keep, {true, "a\r\n\nb\r\n", 11, true}},
      {"a\r.\rb\r\n.\r\n", keep, {true, "a\r.\rb\r\n", 10, false}},
      {"a\r\n.\r\r\nb\r\r\n.\r\n", keep, {true, "a\r\n\r\r\nb\r\r\n", 14, false}},
      {"\r\n\r\n.\r\n", keep, {true, "\r\n\r\n", 7, false}},
      {std::string("\0\xff\r\n.\r\n", 7), keep, {true, std::string("\0\xff\r\n", 4), 7, false}},
      {"a\r\n.\r", keep, {false, "a\r\n", 5, false}},
      {"a\n.\nQUIT", normalize, {true, "a\r\n", 4, true}},
      {"a\n.\r\nQUIT", normalize, {true, "a\r\n", 5, true}},
      {"a\r\n.\r\r\nQUIT", normalize, {true, "a\r\n", 7, false}},
      {"a\r\r\n..b\n\rc\r\n.\r\n", normalize, {true, "a\r\n.b\r\n\rc\r\n", 15, true}},
      {"a\n.\nb\r\n.\r\n", content, {true, "a\r\nb\r\n", 10, true}},
      {"a\n.\r\nb\r\n.\r\n", content, {true, "a\r\nb\r\n", 11, true}},
      {"a\r\n.\nb\r\n.\r\n", content, {true, "a\r\nb\r\n", 11, true}},
      {"a\n..b\r\n.\r\nX", content, {true, "a\r\n.b\r\n", 10, true}},
      {"a\r\r\n.\r\nX", content, {true, "a\r\r\n", 7, false}},
      {"a\n.\r\n.\r\nX", content, {true, "a\r\n", 8, true}},
      {"a\r\n.\r\r\nb\r\n.\r\n", content, {true, "a\r\n\r\r\nb\r\n", 13, false}},
  };
  for (const Case& c : cases) {
    for (const std::size_t piece : {1U, 2U, 3U, 1000U}) {
      const Decoded got = decode(c.bytes, c.policy, piece);
      EXPECT_EQ(got.complete, c.expected.complete) << c.bytes;
      EXPECT_EQ(got.content, c.expected.content) << c.bytes;
      EXPECT_EQ(got.used, c.expected.used) << c.bytes;
      EXPECT_EQ(got.bare_newline, c.expected.bare_newline) << c.bytes;
    }
  }
}

TEST(DataDecoder, RejectSeesTheSameBytesAsKeep) {
  for (const std::string_view bytes : {"a\n.\nb\r\n.\r\n", "a\r\n..\r\n.\r\nX", "\n.\r\n\r\n.\r\n"}) {
    EXPECT_EQ(decode(bytes, BareNewlinePolicy::keep, 2), decode(bytes, BareNewlinePolicy::reject, 5));
  }
}

TEST(DataDecoder, OverTheLimitIsReadAndDropped) {
  for (const std::size_t octets : {8U, 9U, 10'000'000U}) {
    DataDecoder decoder(BareNewlinePolicy::keep, 10);
    const std::string bytes = std::string(octets, 'x') + "\r\n.\r\nQUIT";
    EXPECT_EQ(decoder.feed(bytes), bytes.size() - 4);
    EXPECT_TRUE(decoder.is_complete());
    EXPECT_EQ(decoder.is_too_large(), octets > 8);
    EXPECT_EQ(decoder.take_content().size(), octets > 8 ? 0 : 10);
  }
  DataDecoder returns(BareNewlinePolicy::keep, 10);
  returns.feed(std::string(1000, '\r') + "a\r\n.\r\n");
  EXPECT_TRUE(returns.is_complete() && returns.is_too_large());
}

TEST(DataDecoder, LongLinesOfCarriageReturnsStayLinear) {
  std::string bytes;
  for (int count = 0; count < 2'000'000; ++count) bytes += "\ra";
  DataDecoder decoder;
  decoder.feed(bytes);
  decoder.feed("\r\n.\r\n");
  EXPECT_TRUE(decoder.is_complete());
  EXPECT_EQ(decoder.take_content(), bytes + "\r\n");
}

TEST(EncodeData, StuffsAndEnds) {
  EXPECT_EQ(encode_data(""), ".\r\n");
  EXPECT_EQ(encode_data("a"), "a\r\n.\r\n");
  EXPECT_EQ(encode_data(".\r\n..\r\n.a\r\n"), "..\r\n...\r\n..a\r\n.\r\n");
  EXPECT_EQ(encode_data("a\n.\r\n"), "a\n.\r\n.\r\n") << "a bare LF starts no line";
  EXPECT_EQ(encode_data("a\r"), "a\r\r\n.\r\n");
}

TEST(Newlines, AreFoundAndNormalized) {
  EXPECT_TRUE(has_bare_newline("\n"));
  EXPECT_TRUE(has_bare_newline("a\r\nb\nc"));
  EXPECT_FALSE(has_bare_newline("a\r\n\r\nb\r"));
  EXPECT_EQ(normalize_newlines("a\nb\r\nc\r\r\n\rd"), "a\r\nb\r\nc\r\n\rd");
  EXPECT_EQ(normalize_newlines("a\nb\r\nc\r\r\n\rd", BareNewlinePolicy::normalize_content), "a\r\nb\r\nc\r\r\n\rd");
}

}  // namespace
}  // namespace watershed::mail
