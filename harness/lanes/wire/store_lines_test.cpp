// The line behind what a real store did is named where our own engine agrees, and only there.
#include "harness/lanes/wire/store_lines.hpp"

#include "components/filter/sieve/coverage.hpp"

#include <gmock/gmock.h>

namespace watershed::harness {
namespace {

constexpr std::string_view request = "Subject: REQUEST\r\n\r\nbody\r\n";
constexpr std::string_view other = "Subject: hello\r\n\r\nbody\r\n";

store::MailboxSettings mailbox(const std::string& script) {
  store::MailboxSettings settings;
  settings.address = *mail::parse_address("robot@ctbto.int");
  settings.at = {"mailboxes.yaml", 7, 1};
  if (!script.empty()) {
    auto compiled = sieve::compile(script, "robot.sieve");
    EXPECT_TRUE(compiled);
    if (compiled) settings.script = std::move(*compiled);
  }
  return settings;
}

std::optional<sieve::Outcome> outcome(const store::MailboxSettings& settings, std::string_view content) {
  return script_outcome(settings, {content, "op@station.example", "robot@ctbto.int", 0});
}

std::string line(const store::MailboxSettings& settings, std::string_view content, StoreDeed deed,
                 std::string_view target = {}) {
  return line_behind(settings, outcome(settings, content), deed, target);
}

TEST(StoreLines, NamesTheCommandThatDidIt) {
  const auto settings = mailbox(
      "require [\"fileinto\", \"copy\"];\n"
      "if header :is \"subject\" \"REQUEST\" {\n"
      "  fileinto \"Requests\";\n"
      "  redirect :copy \"archive@ctbto.int\";\n"
      "} elsif header :is \"subject\" \"noise\" {\n"
      "  discard;\n"
      "}\n");
  EXPECT_EQ(line(settings, request, StoreDeed::file, "Requests"), "robot.sieve:3");
  EXPECT_EQ(line(settings, request, StoreDeed::redirect, "archive@ctbto.int"), "robot.sieve:4");
  EXPECT_EQ(line(settings, "Subject: noise\r\n\r\n", StoreDeed::discard), "robot.sieve:6");
  EXPECT_EQ(line(settings, other, StoreDeed::file, "INBOX"), "mailboxes.yaml:7") << "the implicit keep";
}

TEST(StoreLines, NamesNoneForWhatItWouldNotHaveDone) {
  const auto settings = mailbox("require \"fileinto\";\nfileinto \"Requests\";\n");
  EXPECT_EQ(line(settings, request, StoreDeed::file, "INBOX"), "");
  EXPECT_EQ(line(settings, request, StoreDeed::redirect, "archive@ctbto.int"), "");
  EXPECT_EQ(line(settings, request, StoreDeed::discard), "");
}

TEST(StoreLines, ForetellsHowMuchAScriptDoesAndWhatLedThere) {
  const auto settings = mailbox(
      "require [\"fileinto\", \"copy\"];\n"
      "if header :is \"subject\" \"REQUEST\" {\n"
      "  fileinto :copy \"Requests\";\n"
      "} elsif header :is \"subject\" \"noise\" {\n"
      "  discard; stop;\n"
      "}\n");
  const auto actions = [&](std::string_view content) { return outcome(settings, content)->actions.size(); };
  const auto led_there = [&](std::string_view content) {
    std::vector<std::string> lines;
    for (const SourcePosition& at : sieve::lines_without_action(*settings.script, *outcome(settings, content))) {
      lines.push_back(to_file_line(at));
    }
    return lines;
  };
  EXPECT_EQ(actions(request), 2U) << "and the implicit keep";
  EXPECT_THAT(led_there(request), testing::ElementsAre("robot.sieve:2"));
  EXPECT_EQ(actions("Subject: noise\r\n\r\n"), 1U);
  EXPECT_THAT(led_there("Subject: noise\r\n\r\n"), testing::ElementsAre("robot.sieve:4"));
  EXPECT_THAT(led_there(other), testing::IsEmpty());
}

TEST(StoreLines, AMailboxWithoutAScriptKeeps) {
  EXPECT_EQ(line(mailbox(""), request, StoreDeed::file, "INBOX"), "mailboxes.yaml:7");
  EXPECT_EQ(line(mailbox(""), request, StoreDeed::file, "Requests"), "");
}

}  // namespace
}  // namespace watershed::harness
