// Automatic replies: who gets one, how often, and how it looks. RFC 5230, RFC 6131, RFC 3834.
#include "components/filter/sieve/vacation.hpp"
#include "components/filter/sieve/test_support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <vector>

namespace watershed::sieve {
namespace {

using test::Setting;

class History final : public ResponseHistory {
 public:
  bool remembers(std::string_view key, std::int64_t now) const override {
    const auto found = until_.find(std::string(key));
    return found != until_.end() && now < found->second;
  }
  void apply(const Outcome& outcome, std::int64_t now) {
    for (const Remembered& remembered : outcome.remember) until_[remembered.key] = now + remembered.period_seconds;
  }

 private:
  std::map<std::string, std::int64_t> until_;
};

Setting letter(std::string_view further_fields = "") {
  Setting setting;
  setting.message = "From: Op <op@station.example>\r\nTo: ann@ctbto.org\r\nSubject: =?utf-8?q?Caf=C3=A9?=\r\n" +
                    std::string(further_fields) + "Message-ID: <7@station.example>\r\n\r\nhello\r\n";
  setting.forward_path = "<ann@ctbto.org>";
  return setting;
}

Outcome answer(std::string_view command, const Setting& setting) {
  const auto script =
      compile("require [\"vacation\", \"vacation-seconds\", \"variables\"]; " + std::string(command), "v");
  EXPECT_TRUE(script.has_value()) << command;
  return test::run(*script, setting);
}

/// The vacation action, or none.
const Vacation* reply_of(const Outcome& outcome) {
  for (const Action& action : outcome.actions) {
    if (const auto* vacation = std::get_if<Vacation>(&action.what)) return vacation;
  }
  return nullptr;
}

/// "replied", or the reason why not.
std::string verdict(std::string_view command, const Setting& setting) {
  const Outcome outcome = answer(command, setting);
  EXPECT_TRUE(outcome.implicit_keep);
  if (reply_of(outcome) != nullptr) return outcome.remember.empty() ? "forgotten" : "replied";
  EXPECT_TRUE(outcome.remember.empty());
  return outcome.notes.empty() ? "nothing" : outcome.notes.front().text.substr(19);
}

TEST(SieveVacation, WhoIsAnswered) {
  struct Case {
    std::string_view fields;
    std::string_view expected;
  };
  const std::vector<Case> cases = {
      {"", "replied"},
      {"Auto-Submitted: no\r\n", "replied"},
      {"Auto-Submitted: NO (a person)\r\n", "replied"},
      {"Auto-Submitted: auto-replied\r\n", "it was sent by a program (Auto-Submitted)"},
      {"List-Id: <x.example>\r\n", "it came over a mailing list (List-Id)"},
      {"list-unsubscribe: <x.example>\r\n", "it came over a mailing list (list-unsubscribe)"},
      {"Precedence: Bulk\r\n", "it has Precedence: bulk"},
      {"Precedence: first-class\r\n", "replied"},
      {"X-Auto-Response-Suppress: DR, OOF\r\n", "it asks for no reply (X-Auto-Response-Suppress)"},
  };
  for (const Case& c : cases) EXPECT_EQ(verdict("vacation \"away\";", letter(c.fields)), c.expected) << c.fields;

  const std::vector<Case> paths = {
      {"<>", "the reverse-path is null"},
      {"<MAILER-daemon@x.example>", "the reverse-path is that of a program"},
      {"<owner-list@x.example>", "the reverse-path is that of a program"},
      {"<list-REQUEST@x.example>", "the reverse-path is that of a program"},
      {"<ANN@ctbto.org>", "the reverse-path is the recipient's own"},
      {"<bob@x.example>", "replied"},
  };
  for (const Case& c : paths) {
    Setting setting = letter();
    setting.reverse_path = c.fields;
    EXPECT_EQ(verdict("vacation \"away\";", setting), c.expected) << c.fields;
  }

  Setting other = letter();
  other.forward_path = "<office@ctbto.org>";
  EXPECT_EQ(verdict("vacation \"away\";", other), "no recipient field names the recipient");
  EXPECT_EQ(verdict("vacation :addresses [\"x@y.example\", \"ANN@ctbto.org\"] \"away\";", other), "replied");
}

TEST(SieveVacation, OncePerCorrespondentAndPeriod) {
  History history;
  Setting setting = letter();
  setting.history = &history;
  constexpr std::int64_t day = 86'400;
  const std::int64_t start = setting.now_unix_seconds;
  const auto replies_at = [&](std::int64_t now, std::string_view command, std::string_view reverse_path) {
    setting.now_unix_seconds = now;
    setting.reverse_path = reverse_path;
    const Outcome outcome = answer(command, setting);
    history.apply(outcome, now);
    return reply_of(outcome) != nullptr;
  };
  EXPECT_TRUE(replies_at(start, "vacation :days 3 \"away\";", "<op@station.example>"));
  EXPECT_FALSE(replies_at(start + 3 * day - 1, "vacation :days 3 \"away\";", "<OP@station.example>"));
  EXPECT_TRUE(replies_at(start + 1, "vacation :days 3 \"away\";", "<other@station.example>"));
  EXPECT_TRUE(replies_at(start + 2, "vacation :days 3 \"really away\";", "<op@station.example>"));
  EXPECT_TRUE(replies_at(start + 3, "vacation :days 3 :handle \"h\" \"one\";", "<op@station.example>"));
  EXPECT_FALSE(replies_at(start + 4, "vacation :days 3 :handle \"h\" \"two\";", "<op@station.example>"));
  EXPECT_TRUE(replies_at(start + 3 * day, "vacation :days 3 \"away\";", "<op@station.example>"));
}

TEST(SieveVacation, PeriodsStayWithinTheLimits) {
  const auto period = [](std::string_view command) {
    const Outcome outcome = answer(command, letter());
    return reply_of(outcome) == nullptr ? -1 : reply_of(outcome)->period_seconds;
  };
  EXPECT_EQ(period("vacation \"x\";"), 7 * 86'400);
  EXPECT_EQ(period("vacation :days 0 \"x\";"), 86'400);
  EXPECT_EQ(period("vacation :days 18446744073709551615 \"x\";"), 100'000'000 * std::int64_t{86'400});
  EXPECT_EQ(period("vacation :seconds 30 \"x\";"), 86'400);  // sieve_vacation_min_period
  EXPECT_EQ(test::decide("require [\"vacation\", \"vacation-seconds\"]; vacation :days 1 :seconds 30 \"x\";"),
            "error 1:60: encountered ':seconds' beside ':days' for the vacation command: they exclude each other");
}

TEST(SieveVacation, ConflictsWithRejectAndItself) {
  EXPECT_EQ(test::decide("require [\"vacation\", \"reject\"]; vacation \"x\"; reject \"y\";", letter()),
            "run-time error 1: a message cannot be both rejected and answered (line 1); implicit keep");
  EXPECT_EQ(test::decide("require \"vacation\"; vacation \"x\"; vacation \"y\";", letter()),
            "run-time error 1: duplicate vacation action not allowed (the first is in line 1); implicit keep");
  // Whether or not a reply comes of it.
  const Setting to_nobody = letter("Precedence: bulk\r\n");
  EXPECT_EQ(test::decide("require \"vacation\"; vacation \"x\"; vacation \"y\";", to_nobody),
            "run-time error 1: duplicate vacation action not allowed (the first is in line 1); implicit keep");
  EXPECT_EQ(test::decide("require [\"vacation\", \"reject\"]; vacation \"x\"; reject \"y\";", to_nobody),
            "run-time error 1: a message cannot be both rejected and answered (line 1); implicit keep");
  const Outcome failed = answer("vacation \"x\"; set \"a\" \"b\"; redirect \"${a}\";", letter());
  EXPECT_TRUE(failed.error.has_value());
  EXPECT_TRUE(failed.remember.empty());  // what was not sent is not remembered
}

TEST(SieveVacation, TheReplyAsAMessage) {
  const Setting setting = letter("References: <1@station.example>\r\n <2@station.example>\r\n");
  const mail::Message original = mail::Message::parse(setting.message);
  const Outcome outcome = answer("vacation :from \"Änn <ann@ctbto.org>\" text:\nI am away.\n..\n.\n;", setting);
  const Vacation* reply = reply_of(outcome);
  ASSERT_NE(reply, nullptr);
  const mail::Message message = compose_vacation(*reply, original, "<r1@ctbto.org>", 1'795'000'000);
  EXPECT_EQ(message.bytes(),
            "From: =?utf-8?B?w4Rubg==?= <ann@ctbto.org>\r\n"
            "To: <op@station.example>\r\n"
            "Subject: =?utf-8?B?QXV0bzogQ2Fmw6k=?=\r\n"
            "Date: Wed, 18 Nov 2026 11:06:40 +0000\r\n"
            "Message-ID: <r1@ctbto.org>\r\n"
            "In-Reply-To: <7@station.example>\r\n"
            "References: <1@station.example>\r\n <2@station.example>\r\n <7@station.example>\r\n"
            "Auto-Submitted: auto-replied (vacation)\r\n"
            "Precedence: bulk\r\n"
            "MIME-Version: 1.0\r\n"
            "Content-Type: text/plain; charset=utf-8\r\n"
            "Content-Transfer-Encoding: 7bit\r\n"
            "\r\n"
            "I am away.\r\n.\r\n");

  const Outcome mime = answer(
      "vacation :mime :subject \"Away\r\nBcc: all@x.example\" text:\nContent-Type: text/html\n\n<p>\n.\n;", setting);
  ASSERT_NE(reply_of(mime), nullptr);
  const mail::Message html = compose_vacation(*reply_of(mime), original, "<r2@ctbto.org>", 1'795'000'000);
  EXPECT_EQ(html.value("Content-Type"), "text/html");
  EXPECT_EQ(html.value("From"), "ann@ctbto.org");
  EXPECT_EQ(html.value("Subject"), "Away  Bcc: all@x.example");
  EXPECT_FALSE(html.field("Bcc").has_value());  // no field can be smuggled in
  EXPECT_EQ(html.body(), "<p>\r\n");
}

}  // namespace
}  // namespace watershed::sieve
