// The IMS2.0 checksum must hold for a good message and break for every altered data character.
#include "harness/content/ims2.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace watershed::harness {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// 120 samples; the checksum was worked out with another program.
const std::string data_message =
    "BEGIN IMS2.0\r\nMSG_TYPE DATA\r\nDATA_TYPE WAVEFORM IMS2.0:CM6\r\n"
    "WID2 2026/11/20 06:15:00.000 TST01 BHZ      CM6      120   40.000000   1.42e-02   1.000 STS-2   -1.0  0.0\r\n"
    "STA2 TST_NET    48.23457   16.41670 WGS-84       0.171 0.000\r\n"
    "DAT2\r\n"
    "VZClZ4GKLKDUE8Sl4kP2VHW2UIlKnGmHV3YIZ6UQoQrBo1XEcGb3NrOt+n7Z-d1ZKlBr4qKl9Y0ZSWOl\r\n"
    "HnTn00W0W5UMkQl3kL1UJ88KNGJ70+GK3F+FJ3FF-K4+++J4-+-J3--FI2+-GI2F+FJ2+++K4F--K4-+\r\n"
    "-J4+++\r\n"
    "CHK2   144002\r\nSTOP\r\n";

TEST(Ims2, TheChecksumOfAGoodMessageHolds) {
  const auto checks = check_waveforms(data_message);
  ASSERT_TRUE(checks) << checks.error().message;
  ASSERT_EQ(checks->size(), 1U);
  EXPECT_TRUE(checks->front().holds());
  EXPECT_EQ(checks->front().samples_found, 120);
  EXPECT_EQ(checks->front().station, "TST01");
  EXPECT_EQ(checks->front().channel, "BHZ");
}

TEST(Ims2, AnAlteredCharacterIsSeen) {
  const std::size_t data = data_message.find("VZClZ4");
  for (std::size_t offset = 0; offset < 60; offset += 7) {
    std::string altered = data_message;
    altered[data + offset] = altered[data + offset] == 'A' ? 'B' : 'A';
    const auto checks = check_waveforms(altered);
    EXPECT_TRUE(!checks || !checks->front().holds()) << "offset " << offset;
  }
}

TEST(Ims2, WhatIsCutOffOrFoldedIsAnError) {
  const auto error = [](std::string body) {
    const auto checks = check_waveforms(body);
    return checks ? std::string() : checks.error().message;
  };
  EXPECT_THAT(error("hello\r\n"), HasSubstr("no waveform section"));
  EXPECT_THAT(error(data_message.substr(0, data_message.find("CHK2"))), HasSubstr("no CHK2"));
  EXPECT_THAT(error(data_message.substr(0, data_message.find("STOP"))), HasSubstr("cut off"));
  std::string folded = data_message;
  folded.insert(folded.find("CM6      120"), "\r\n ");  // re-wrapped at a column
  EXPECT_THAT(error(folded), HasSubstr("columns 49 to 56"));
  EXPECT_THAT(error("CHK2 1\r\nSTOP\r\n"), HasSubstr("without WID2"));
}

TEST(Ims2, Cm6IsSecondDifferences) {
  // 1, then difference of difference 0: 1 2 3; negative numbers have bit 16.
  EXPECT_THAT(*decode_cm6("-++"), ElementsAre(1, 2, 3));
  EXPECT_THAT(*decode_cm6("F"), ElementsAre(-1));
  EXPECT_FALSE(decode_cm6("=")) << "no CM6 character";
  EXPECT_FALSE(decode_cm6("V")) << "ends in the middle of a number";
}

TEST(Ims2, TheSumIsKeptSmallWithoutItsSign) {
  EXPECT_EQ(chk2({-5, 2}), 3);
  EXPECT_EQ(chk2({99'999'999, 2}), 1);
  EXPECT_EQ(chk2({}), 0);
}

}  // namespace
}  // namespace watershed::harness
