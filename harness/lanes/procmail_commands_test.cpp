// procmail behind a pipe transport in the simulated lane: folders, forwards with their reverse-path, what is thrown
// away, what bounces, and what nobody can know.
#include "harness/lanes/procmail_commands.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace watershed::harness {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class ProcmailCommandsTest : public testing::Test {
 protected:
  router::CommandResult run(std::string_view recipes, std::string local = "op",
                            std::string reverse_path = "s@c.example") {
    if (!commands_) {
      ProcmailRules rules;
      const std::string source = "MAILDIR=/var/mail/$1\nDEFAULT=$MAILDIR/INBOX/\n" + std::string(recipes);
      rules.files.emplace("/usr/local/etc/rc", *procmail::read_rcfile(source, "rc"));
      commands_.emplace("mail.a.example", rules,
                        std::vector<store::MailboxSettings>{{*mail::parse_address("op@a.example"), {}, {}, {}}});
    }
    const mail::Message message = mail::Message::parse(
        "Return-Path: <s@c.example>\r\nFrom: s@c.example\r\nSubject: data\r\nMessage-ID: "
        "<1@c.example>\r\n\r\nbody\r\n");
    const mail::ReversePath from =
        reverse_path.empty() ? mail::ReversePath() : mail::ReversePath(*mail::parse_address(reverse_path));
    const mail::Address to{local, "a.example"};
    return *commands_->run(
        {{"/usr/bin/procmail", "-t", "-m", "/usr/local/etc/rc", local, reverse_path}, "mail", message, from, to});
  }

  std::optional<ProcmailCommands> commands_;
};

TEST_F(ProcmailCommandsTest, KeepsInTheFolderThatARecipeNames) {
  const auto result = run(":0\n* ^Subject: data\nData/\n");
  ASSERT_THAT(result.kept, SizeIs(1));
  EXPECT_EQ(result.kept[0].mailbox, "op@a.example");
  EXPECT_EQ(result.kept[0].folder, "Data");
  EXPECT_EQ(result.kept[0].decided_by, "rc:3");
  EXPECT_EQ(result.kept[0].message.body(), "body\r\n");
  EXPECT_THAT(result.rules_taken, ElementsAre("rc:3"));
  EXPECT_THAT(result.not_understood, IsEmpty());
}

TEST_F(ProcmailCommandsTest, SendsOnAsItsOwnUserUnlessFlagsSayOtherwise) {
  const auto plain = run(":0 c\n! b@b.example\n");
  ASSERT_THAT(plain.submitted, SizeIs(1));
  EXPECT_FALSE(plain.submitted[0].reverse_path);
  EXPECT_EQ(plain.submitted[0].message.body(), "body\r\n\r\n");  // an empty line is added: no r flag
  EXPECT_THAT(plain.kept, SizeIs(1));
  commands_.reset();
  const auto kept = run("SENDMAILFLAGS=\"-oi -f <$2>\"\n:0 r\n! b@b.example\n");
  ASSERT_THAT(kept.submitted, SizeIs(1));
  EXPECT_EQ(display(kept.submitted[0].reverse_path.value()), "s@c.example");
  EXPECT_EQ(kept.submitted[0].message.body(), "body\r\n");
  EXPECT_THAT(kept.kept, IsEmpty());
  commands_.reset();
  const auto notice = run("SENDMAILFLAGS=\"-oi -f <$2>\"\n:0 r\n! b@b.example\n", "op", "");
  EXPECT_TRUE(notice.submitted.at(0).reverse_path.value().is_null());
}

// sendmail(1): a recipient that came out as one odd address would bounce here, and reach a person in production.
TEST_F(ProcmailCommandsTest, SendsToAllThatSendmailFinds) {
  const auto recipients = [](const router::CommandResult& result) {
    std::vector<std::string> all;
    for (const auto& each : result.submitted.at(0).recipients) all.push_back(to_string(each.forward_path.address()));
    return all;
  };
  const auto list = run(":0\n! erik.falk@ctbto.org, calibration@ctbto.int\n");
  EXPECT_THAT(recipients(list), ElementsAre("erik.falk@ctbto.org", "calibration@ctbto.int"));
  commands_.reset();
  const auto header = run(":0 f\n| formail -I \"To: erik.falk@ctbto.org\"\n:0\n! -t\n");
  EXPECT_THAT(recipients(header), ElementsAre("erik.falk@ctbto.org"));
  EXPECT_EQ(header.submitted.at(0).detail, "redirect");
  EXPECT_THAT(header.not_understood, IsEmpty());
  commands_.reset();
  const auto elsewhere = run("SENDMAILFLAGS=\"-oi -C/etc/postfix-people\"\n:0\n! b@b.example\n");
  ASSERT_THAT(elsewhere.not_understood, SizeIs(1));
  EXPECT_EQ(to_file_line(elsewhere.not_understood[0].at), "rc:4");
}

TEST_F(ProcmailCommandsTest, ThrowsAwayBouncesAndRemembers) {
  EXPECT_EQ(run(":0\n/dev/null\n").discarded_by, "rc:3");
  commands_.reset();
  EXPECT_EQ(run(":0\n* > 3\n{\n  EXITCODE=77\n  HOST\n}\n").exit_code, 77);
  commands_.reset();
  // -t: a mailbox that nobody has made is no reason to bounce.
  EXPECT_EQ(run("", "nobody").exit_code, 75);
  commands_.reset();
  const char* seen = ":0 Whc: msgid.lock\n| formail -D 8192 msgid.cache\n:0 a\nDuplicates/\n";
  EXPECT_EQ(run(seen).kept.at(0).folder, "INBOX");
  EXPECT_EQ(run(seen).kept.at(0).folder, "Duplicates");
}

TEST_F(ProcmailCommandsTest, SaysWhatRestsOnAProgramOutside) {
  const auto result = run(":0\n* ? /usr/local/bin/oracle\nSpecial/\n");
  ASSERT_THAT(result.not_understood, SizeIs(1));
  EXPECT_EQ(to_file_line(result.not_understood[0].at), "rc:4");
  EXPECT_THAT(result.not_understood[0].text, HasSubstr("/usr/local/bin/oracle"));
}

}  // namespace
}  // namespace watershed::harness
