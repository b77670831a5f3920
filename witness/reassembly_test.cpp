// What must hold of one direction of a connection: the bytes as sent, whatever the order they came in; a hole is a gap.
#include "witness/reassembly.hpp"

#include <gmock/gmock.h>

namespace watershed::witness {
namespace {

class ReassemblyTest : public ::testing::Test {
 protected:
  ReassemblyTest() { stream_.start(first_ - 1); }
  std::string feed(std::uint32_t offset, std::string_view bytes) {
    std::string out;
    stream_.feed(first_ + offset, bytes, out);
    return out;
  }

  static constexpr std::uint32_t first_ = 0xfffffffc;  // wraps around after four bytes
  Reassembly stream_;
};

TEST_F(ReassemblyTest, HandsOutInOrderBytesAtOnce) {
  EXPECT_EQ(feed(0, "abcd"), "abcd");
  EXPECT_EQ(feed(4, "efgh"), "efgh");
  stream_.finish(first_ + 8);
  EXPECT_TRUE(stream_.is_complete());
  EXPECT_FALSE(stream_.has_gap());
}

TEST_F(ReassemblyTest, PutsEarlySegmentsBehindWhatTheyWaitFor) {
  EXPECT_EQ(feed(6, "gh"), "");
  EXPECT_EQ(feed(3, "def"), "");
  EXPECT_TRUE(stream_.has_gap());
  EXPECT_EQ(feed(0, "abc"), "abcdefgh");
  EXPECT_FALSE(stream_.has_gap());
}

TEST_F(ReassemblyTest, RetransmissionsGiveNothingTwice) {
  EXPECT_EQ(feed(0, "abcd"), "abcd");
  EXPECT_EQ(feed(0, "abcd"), "");
  EXPECT_EQ(feed(2, "cdef"), "ef");
  EXPECT_FALSE(stream_.has_conflict());
}

TEST_F(ReassemblyTest, KeepAlivesGiveNothing) {
  EXPECT_EQ(feed(static_cast<std::uint32_t>(-1), "x"), "");
  EXPECT_EQ(feed(0, "abcd"), "abcd");
  EXPECT_EQ(feed(3, "d"), "");
  EXPECT_FALSE(stream_.has_gap());
}

TEST_F(ReassemblyTest, OverlapsOfWaitingSegmentsFit) {
  EXPECT_EQ(feed(2, "cdef"), "");
  EXPECT_EQ(feed(4, "efghij"), "");
  EXPECT_EQ(feed(0, "abc"), "abcdefghij");
  EXPECT_FALSE(stream_.has_conflict());
}

TEST_F(ReassemblyTest, ADifferentRetransmissionIsAConflictAndTheFirstStays) {
  EXPECT_EQ(feed(0, "abcd"), "abcd");
  EXPECT_EQ(feed(0, "aXcdef"), "ef");
  EXPECT_TRUE(stream_.has_conflict());
}

TEST_F(ReassemblyTest, WaitingSegmentsThatDifferAreAConflict) {
  feed(2, "cdef");
  feed(4, "Xf");
  EXPECT_EQ(feed(0, "ab"), "abcdef");
  EXPECT_TRUE(stream_.has_conflict());
}

TEST_F(ReassemblyTest, AMissingSegmentIsAGapAndNothingIsGuessed) {
  EXPECT_EQ(feed(0, "ab"), "ab");
  EXPECT_EQ(feed(4, "ef"), "");
  stream_.finish(first_ + 6);
  EXPECT_FALSE(stream_.is_complete());
  EXPECT_TRUE(stream_.has_gap());
  EXPECT_EQ(stream_.octets(), 2U);
}

TEST_F(ReassemblyTest, AMissingLastSegmentIsAGap) {
  EXPECT_EQ(feed(0, "ab"), "ab");
  stream_.finish(first_ + 4);
  EXPECT_TRUE(stream_.has_gap());
}

TEST_F(ReassemblyTest, TooMuchThatWaitsIsAGapForGood) {
  const std::string block(1 << 20, 'x');
  for (std::uint32_t index = 0; index < 17; ++index) feed(10 + index * (1 << 20), block);
  EXPECT_EQ(feed(0, "0123456789"), "");
  EXPECT_TRUE(stream_.has_gap());
}

TEST(Reassembly, BytesWithoutABeginningAreAGap) {
  Reassembly stream;
  std::string out;
  stream.feed(7, "", out);
  EXPECT_FALSE(stream.has_gap());
  stream.feed(7, "220 mx", out);
  EXPECT_EQ(out, "");
  EXPECT_TRUE(stream.has_gap());
}

}  // namespace
}  // namespace watershed::witness
