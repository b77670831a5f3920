// What must hold of the comparison of lanes: every difference is listed and counts, unless a declaration explains it,
// and a declaration that explains nothing is an error.
#include "harness/parity/parity.hpp"

#include "harness/parity/compared.hpp"
#include "harness/parity/lane_differences.hpp"
#include "mail/message.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

namespace watershed::harness {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

ComparedMessage message(std::string label, std::string fate, std::string replies = "250") {
  return {std::move(label), "a@b", {{"fate", std::move(fate)}, {"replies", std::move(replies)}}, {"{journal}"}};
}

class ParityTest : public ::testing::Test {
 protected:
  Parity compare() {
    return compare_lanes({{"scenarios/faults/x.yaml", "phase2", &simulated_}},
                         {{"scenarios/faults/x.yaml", "phase2", &live_}}, declared_, unused_);
  }

  std::vector<ComparedMessage> simulated_ = {message("one", "delivered"), message("two", "delivered")};
  std::vector<ComparedMessage> live_ = simulated_;
  std::vector<DeclaredDifference> declared_;
  Diagnostics unused_;
};

TEST_F(ParityTest, LanesThatAgreeHaveRatioOne) {
  const Parity parity = compare();
  EXPECT_EQ(parity.compared, 2U);
  EXPECT_EQ(parity.ratio(), 1.0);
  EXPECT_THAT(parity.differences, IsEmpty());
}

TEST_F(ParityTest, NothingComparedIsNoAgreement) {
  EXPECT_EQ(compare_lanes({}, {}, {}, unused_).ratio(), 0.0);
  simulated_.clear();
  live_.clear();
  EXPECT_EQ(compare().ratio(), 0.0);
}

TEST_F(ParityTest, ADifferenceIsListedWithBothJournals) {
  live_[1] = message("two", "delivered", "250 4xx");
  const Parity parity = compare();
  EXPECT_EQ(parity.agree, 1U);
  ASSERT_THAT(parity.differences, SizeIs(1));
  EXPECT_EQ(parity.differences[0].label, "two");
  EXPECT_EQ(parity.differences[0].aspect, "replies");
  EXPECT_EQ(parity.differences[0].simulated, "250");
  EXPECT_EQ(parity.differences[0].live, "250 4xx");
  EXPECT_THAT(parity.differences[0].live_journal, SizeIs(1));
}

TEST_F(ParityTest, AMessageThatOneLaneLacksIsADifference) {
  live_.pop_back();
  EXPECT_EQ(compare().agree, 1U);
  live_ = simulated_;
  live_.push_back(message("two", "delivered"));
  EXPECT_EQ(compare().compared, 3U);
  EXPECT_EQ(compare().agree, 2U);
}

TEST_F(ParityTest, ADeclaredDifferenceIsListedAndDoesNotCount) {
  live_[1] = message("two", "delivered", "450");
  declared_ = {{"faults/x.yaml", "phase2", "two", "replies", "the lane's clock", {}}};
  const Parity parity = compare();
  EXPECT_EQ(parity.ratio(), 1.0);
  ASSERT_THAT(parity.differences, SizeIs(1));
  EXPECT_EQ(parity.differences[0].declared_because, "the lane's clock");
  EXPECT_THAT(unused_, IsEmpty());
}

TEST_F(ParityTest, ADeclarationCoversOnlyWhatItNames) {
  live_[1] = message("two", "lost", "450");
  declared_ = {{"faults/x.yaml", "", "", "replies", "why", {}},
               {"faults/x.yaml", "phase1", "", "fate", "why", {}},
               {"x.yaml", "", "one", "fate", "why", {}}};
  EXPECT_EQ(compare().agree, 1U);
  ASSERT_THAT(unused_, SizeIs(1));
}

TEST_F(ParityTest, AnUnusedDeclarationIsAnErrorOnlyWhereItsScenarioWasCompared) {
  declared_ = {{"faults/x.yaml", "", "", "fate", "why", {}}, {"faults/other.yaml", "", "", "fate", "why", {}}};
  compare();
  ASSERT_THAT(unused_, SizeIs(1));
  EXPECT_THAT(unused_[0].message, HasSubstr("'fate'"));
}

TEST(MaskedContentTest, MasksByFieldAndNothingElse) {
  const auto masked = [](std::string bytes, bool is_notice = false) {
    return masked_content(mail::Message::parse(std::move(bytes)), is_notice);
  };
  const std::string simulated =
      "Received: from a (b [1.2.3.4]) by mx.example (Postfix) with ESMTP id 1; now\r\nSubject: s\r\n\r\nbody\r\n";
  const std::string live =
      "Received: from a (c [1.2.3.5])\r\n\tby mx.example (Postfix) with ESMTPS id 2 for <x>; later\r\nX-Sieve: P\r\n"
      "Subject: s\r\n\r\nbody\r\n";
  EXPECT_EQ(masked(simulated), masked(live));
  EXPECT_NE(masked(simulated), masked("Received: by other.example\r\nSubject: s\r\n\r\nbody\r\n"));
  EXPECT_NE(masked("Subject: s\r\n\r\nbody\r\n"), masked("Subject: s\r\n\r\nBody\r\n"));
  EXPECT_NE(masked("Subject: s\r\n\r\nbody\r\n"), masked("Subject: t\r\n\r\nbody\r\n"));
  EXPECT_EQ(masked_srs("a+SRS=x1=jj=b.example=c@d"), masked_srs("a+SRS=y2=jo=b.example=c@d"));
  EXPECT_NE(masked_srs("a+SRS=x1=jj=b.example=c@d"), masked_srs("a+SRS=x1=jj=b.example=e@d"));
  EXPECT_EQ(masked("Subject: s\r\n\r\nsorry\r\n", true), masked("Subject: t\r\n\r\nI regret\r\n", true));
  EXPECT_EQ(masked(simulated, true), masked(live, true));
  EXPECT_NE(masked(simulated, true), masked("Received: by other.example (Postfix); now\r\n\r\nbody\r\n", true));
}

TEST(LaneDifferencesTest, ReadsEntriesAndRefusesWhatIsNone) {
  const auto file = std::filesystem::temp_directory_path() / "watershed-lane-differences-test.yaml";
  const auto read = [&](const std::string& text) {
    std::ofstream(file) << text;
    return read_lane_differences(file, "lane-differences.yaml");
  };
  const auto good = read(
      "version: 1\ndifferences:\n  - { scenario: faults/x.yaml, message: one, aspect: replies, because: clock }\n");
  ASSERT_TRUE(good);
  ASSERT_THAT(*good, SizeIs(1));
  EXPECT_EQ((*good)[0].message, "one");
  EXPECT_EQ((*good)[0].at.line, 3);
  EXPECT_FALSE(read("version: 1\ndifferences:\n  - { scenario: faults/x.yaml, aspect: replies }\n"));
  EXPECT_FALSE(read("version: 1\ndifferences:\n  - { scenario: x, aspect: colour, because: y }\n"));
  std::filesystem::remove(file);
  EXPECT_THAT(*read_lane_differences(file, "lane-differences.yaml"), IsEmpty());
}

}  // namespace
}  // namespace watershed::harness
