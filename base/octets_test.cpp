// The word-wise looks, against each octet at each place.
#include "base/octets.hpp"

#include <gtest/gtest.h>

#include <string>

namespace watershed {
namespace {

TEST(Octets, EachOctetAtEachPlace) {
  for (std::size_t length = 1; length < 20; ++length) {
    for (std::size_t place = 0; place < length; ++place) {
      for (unsigned octet = 0; octet < 256; ++octet) {
        std::string text(length, ' ');
        text[place] = static_cast<char>(octet);
        ASSERT_EQ(has_no_control(text), octet >= 0x20) << length << ' ' << place << ' ' << octet;
        ASSERT_EQ(is_printable_ascii(text), octet >= 0x20 && octet < 0x7f) << length << ' ' << place << ' ' << octet;
      }
    }
  }
  EXPECT_TRUE(has_no_control(""));
  EXPECT_TRUE(is_printable_ascii(""));
}

TEST(Octets, NeighboursDoNotHideEachOther) {
  for (const char* const text : {"\x7f\x01\x01\x01\x01\x01\x01\x01", "\xff\xff\xff\xff\xff\xff\xff\x1f", "~~~~~~~\x7f",
                                 "\x80\x00 \x00", "\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f"}) {
    EXPECT_FALSE(is_printable_ascii(text));
  }
  EXPECT_TRUE(has_no_control("\xff\x80\x7f~ \xa0\xc3\xbc"));
  EXPECT_TRUE(is_printable_ascii("~~~~~~~~ ~~~ \x21"));
}

}  // namespace
}  // namespace watershed
