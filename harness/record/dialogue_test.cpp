// What was said is kept line by line; message content is counted, whichever way it is cut into writes.
#include "harness/record/dialogue.hpp"

#include <gmock/gmock.h>

#include <string>
#include <vector>

namespace watershed::harness {
namespace {

using testing::ElementsAre;

std::vector<std::string> lines_of(const DialogueRecorder& recorder) {
  std::vector<std::string> lines;
  const Dialogue* dialogue = recorder.find(1);
  if (dialogue == nullptr) return lines;
  for (const DialogueLine& line : dialogue->lines) lines.push_back((line.from_client ? "C " : "S ") + line.text);
  return lines;
}

// The client's bytes in writes of `octets` each: what is content must not depend on it.
void say(DialogueRecorder& recorder, std::string_view bytes, std::size_t octets) {
  for (std::size_t at = 0; at < bytes.size(); at += octets) {
    recorder.hear(1, true, stage::Time{}, bytes.substr(at, octets));
  }
}

TEST(DialogueRecorder, CountsContentHoweverItIsCut) {
  for (const std::size_t octets : {1U, 2U, 3U, 5U, 7U, 1000U}) {
    DialogueRecorder recorder;
    recorder.hear(1, false, stage::Time{}, "220 mx ESMTP\r\n");
    say(recorder, "MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n", octets);
    recorder.hear(1, false, stage::Time{}, "250 ok\r\n250 ok\r\n354 go\r\n");
    say(recorder, "Subject: x\r\n\r\nQUIT\r\n.\n\r\n..\r\n.\r\nQUIT\r\n", octets);
    recorder.hear(1, false, stage::Time{}, "250 queued\r\n221 bye\r\n");
    EXPECT_THAT(lines_of(recorder), ElementsAre("S 220 mx ESMTP", "C MAIL FROM:<a@b>", "C RCPT TO:<c@d>", "C DATA",
                                                "S 250 ok", "S 250 ok", "S 354 go", "C [28 octets of message content]",
                                                "C .", "C QUIT", "S 250 queued", "S 221 bye"))
        << octets;
  }
}

TEST(DialogueRecorder, CountsChunksAndEmptyContent) {
  DialogueRecorder recorder;
  say(recorder, "BDAT 10 LAST\r\nQUIT\r\n....QUIT\r\n", 4);
  EXPECT_THAT(lines_of(recorder), ElementsAre("C BDAT 10 LAST", "C [10 octets of message content]", "C QUIT"));
  DialogueRecorder other;
  other.hear(1, false, stage::Time{}, "354 go\r\n");
  say(other, ".\r\nNOOP\r\n", 1);
  EXPECT_THAT(lines_of(other), ElementsAre("S 354 go", "C [0 octets of message content]", "C .", "C NOOP"));
}

TEST(DialogueRecorder, TakesTheNumbersThatConnectionsHaveInTheJournal) {
  DialogueRecorder recorder;
  for (const stage::ConnectionId witnessed : {1U, 2U, 3U}) {
    recorder.hear(witnessed, true, stage::Time{}, "HELO h" + std::to_string(witnessed) + "\r\n");
  }
  // The third was seen after the journal was read.
  const std::vector<stage::ConnectionId> numbers = {40, 1};
  recorder.renumber(numbers);
  ASSERT_NE(recorder.find(40), nullptr);
  EXPECT_EQ(recorder.find(40)->lines.at(0).text, "HELO h1");
  EXPECT_EQ(recorder.find(40)->connection, 40U);
  EXPECT_THAT(lines_of(recorder), ElementsAre("C HELO h2"));
  EXPECT_EQ(recorder.find(2), nullptr);
  EXPECT_EQ(recorder.find(3), nullptr);
}

TEST(DialogueRecorder, IsBounded) {
  DialogueRecorder recorder;
  for (int line = 0; line < 10'000; ++line) recorder.hear(1, true, stage::Time{}, "NOOP\r\n");
  EXPECT_LT(recorder.find(1)->lines.size(), 1000U);
  EXPECT_TRUE(recorder.find(1)->is_cut);
  for (stage::ConnectionId connection = 2; connection < 10'000; ++connection) {
    recorder.hear(connection, true, stage::Time{}, "NOOP\r\n");
  }
  EXPECT_TRUE(recorder.is_incomplete());
  EXPECT_EQ(recorder.find(9'999), nullptr);
}

}  // namespace
}  // namespace watershed::harness
