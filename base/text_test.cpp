// ASCII text helpers: case without a locale, splitting, and what is safe on a terminal.
#include "base/text.hpp"

#include <gmock/gmock.h>

namespace watershed {
namespace {

TEST(Text, CaseIsFoldedForAsciiOnly) {
  EXPECT_EQ(to_lower("MAIL From:<Ä@X>"), "mail from:<Ä@x>");
  EXPECT_TRUE(equal_ignoring_case("StartTLS", "STARTTLS"));
  EXPECT_FALSE(equal_ignoring_case("a", "ab"));
  EXPECT_FALSE(equal_ignoring_case("[", "{")) << "only letters have a case";
  EXPECT_TRUE(starts_with_ignoring_case("Received: x", "received"));
  EXPECT_FALSE(starts_with_ignoring_case("Rec", "Received"));
}

TEST(Text, TrimTakesBlanksAndLineEnds) {
  EXPECT_EQ(trim(" \t a b\r\n"), "a b");
  EXPECT_EQ(trim(" \r\n\t"), "");
  EXPECT_EQ(trim(""), "");
}

TEST(Text, SplitDropsEmptyParts) {
  EXPECT_THAT(split(",a,, b ,", ", "), testing::ElementsAre("a", "b"));
  EXPECT_THAT(split(" , ", ", "), testing::IsEmpty());
  EXPECT_THAT(split("one", ","), testing::ElementsAre("one"));
}

TEST(Text, Utf8IsCheckedAsRfc3629Says) {
  for (const std::string_view good : {"", "a", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80"}) {
    EXPECT_TRUE(is_utf8(good)) << good;
  }
  const std::string_view bad[] = {"\x80",
                                  "\xc0\xaf" /* overlong */,
                                  "\xc3",
                                  "\xe2\x82",
                                  "\xed\xa0\x80" /* surrogate */,
                                  "\xf4\x90\x80\x80" /* > 10FFFF */,
                                  "\xe0\x80\x80",
                                  "\xf0\x80\x80\x80",
                                  "\xff"};
  for (const std::string_view text : bad) EXPECT_FALSE(is_utf8(text)) << printable(text);
}

TEST(Text, PrintableHidesWhatRewritesATerminal) {
  EXPECT_EQ(printable("caf\xc3\xa9"), "caf\xc3\xa9");
  EXPECT_EQ(printable("\x1b[2J"), "\\x1b[2J");
  EXPECT_EQ(printable(std::string_view("a\0b\r\n", 5)), "a\\x00b\\x0d\\x0a");
  EXPECT_EQ(printable("\xff\x80"), "\\xff\\x80");
  EXPECT_EQ(printable("\xc2\x9b"), "\\xc2\\x9b") << "C1 control";
  EXPECT_EQ(printable("\xe2\x80\xae"), "\\xe2\\x80\\xae") << "right-to-left override";
}

}  // namespace
}  // namespace watershed
