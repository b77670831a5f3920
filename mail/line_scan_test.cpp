// The quick look must agree with the slow one, and the decoder with itself, however the octets come.
#include "mail/line_scan.hpp"

#include "mail/data_codec.hpp"

#include <gtest/gtest.h>

#include <random>

namespace watershed::mail {
namespace {

bool is_plain_octet_by_octet(std::string_view text) {
  for (std::size_t index = 0; index < text.size(); ++index) {
    const bool feed_follows = index + 1 < text.size() && text[index + 1] == '\n';
    const bool return_before = index > 0 && text[index - 1] == '\r';
    if (text[index] == '\r' && !feed_follows) return false;
    if (text[index] == '\n' && !return_before) return false;
    if (text[index] == '.' && (index == 0 || text[index - 1] == '\n')) return false;
  }
  return true;
}

// Texts in which every case occurs often, of lengths around the sizes of vectors.
std::string random_text(std::mt19937& random) {
  static constexpr std::string_view pieces[] = {"\r\n", "\r\n", "\r\n.", "x", "abcdefgh", "\r", "\n", "."};
  std::string text;
  const std::size_t count = random() % 24;
  // A third of the texts holds no odd piece.
  const std::size_t kinds = random() % 3 == 0 ? 8 : random() % 2 == 0 ? 5 : 2;
  for (std::size_t index = 0; index < count; ++index) text += pieces[random() % kinds];
  return text + std::string(random() % 40, 'y');
}

TEST(LineScan, AgreesWithALookAtEachOctet) {
  std::mt19937 random(1);
  std::size_t plain = 0;
  for (int round = 0; round < 20'000; ++round) {
    const std::string text = random_text(random);
    EXPECT_EQ(is_plain(text), is_plain_octet_by_octet(text)) << testing::PrintToString(text);
    const bool has_dot = text.starts_with('.') || text.find("\n.") != std::string::npos;
    EXPECT_EQ(has_leading_dot(text), has_dot) << testing::PrintToString(text);
    if (is_plain(text)) ++plain;
  }
  EXPECT_GT(plain, 1000U);
  EXPECT_LT(plain, 19'000U);
}

TEST(LineScan, TheDecoderTakesInOnePieceWhatItTakesOctetByOctet) {
  std::mt19937 random(2);
  for (int round = 0; round < 20'000; ++round) {
    const std::string wire = random_text(random) + "\r\n.\r\n";
    for (const BareNewlinePolicy policy :
         {BareNewlinePolicy::keep, BareNewlinePolicy::normalize, BareNewlinePolicy::normalize_content}) {
      DataDecoder whole(policy, 200);
      DataDecoder slow(policy, 200);
      const std::size_t taken = whole.feed(wire);
      std::size_t fed = 0;
      while (fed < wire.size() && !slow.is_complete()) slow.feed(std::string_view(wire).substr(fed++, 1));
      ASSERT_EQ(taken, fed) << testing::PrintToString(wire);
      ASSERT_EQ(whole.is_too_large(), slow.is_too_large());
      ASSERT_EQ(whole.has_bare_newline(), slow.has_bare_newline());
      ASSERT_EQ(whole.take_content(), slow.take_content()) << testing::PrintToString(wire);
    }
  }
}

}  // namespace
}  // namespace watershed::mail
