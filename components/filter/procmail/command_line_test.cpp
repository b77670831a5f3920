// procmail(1), sendmail(1): what a mailer and a recipe write on command lines.
#include "components/filter/procmail/command_line.hpp"
#include "components/filter/procmail/sendmail_arguments.hpp"
#include "components/filter/procmail/test_support.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace watershed::procmail {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Result<CommandLine, Error> read(std::vector<std::string> words) { return read_command_line(words); }

TEST(CommandLine, FindsRcfileVariablesAndArguments) {
  const auto line = read({"-t", "-Ym", "-a", "first", "X=1", "/usr/local/etc/rc", "autodrm", "Y=2"});
  ASSERT_TRUE(line);
  EXPECT_EQ(line->rcfile, "/usr/local/etc/rc");
  EXPECT_TRUE(line->fails_softly);
  EXPECT_THAT(line->arguments, ElementsAre("first", "autodrm", "Y=2"));
  EXPECT_THAT(line->variables, ElementsAre(testing::Pair("X", "1")));
}

TEST(CommandLine, SaysWhatItDoesNotModel) {
  EXPECT_THAT(read({"-d", "op"}).error().message, HasSubstr("-d"));
  EXPECT_THAT(read({"-f", "op", "-m", "rc"}).error().message, HasSubstr("-f"));
  EXPECT_THAT(read({"rc"}).error().message, HasSubstr("without -m"));
  EXPECT_THAT(read({"-m"}).error().message, HasSubstr("without an rcfile"));
  EXPECT_THAT(read({"-m", "-a"}).error().message, HasSubstr("-a without"));
}

TEST(SendmailArguments, TellsOptionsFromRecipients) {
  const std::vector<std::string> words{"-oi", "-f", "<op@a.example>", "-Fname", "--", "x@b.example", "-y@b.example"};
  const SendmailArguments read = read_sendmail_arguments(words);
  EXPECT_EQ(read.reverse_path, "op@a.example");
  EXPECT_THAT(read.recipients, ElementsAre("x@b.example", "-y@b.example"));
  EXPECT_FALSE(read.recipients_from_header);
  const std::vector<std::string> null{"-t", "-f", "<>"};
  EXPECT_EQ(read_sendmail_arguments(null).reverse_path, "");
  EXPECT_TRUE(read_sendmail_arguments(null).recipients_from_header);
  const std::vector<std::string> open{"-f"};
  EXPECT_THAT(read_sendmail_arguments(open).recipients, IsEmpty());
}

// Seen in Postfix 3.7: each word behind the options is read as an address list is, and an option there is none.
TEST(SendmailArguments, RecipientsAreListsOfAddresses) {
  const std::vector<std::string> words{"-i",
                                       "erik.falk@ctbto.org,",
                                       "op@ctbto.int",
                                       "erik",
                                       "Erik <e@a.example> (office)",
                                       "a@b.example;c@b.example d@b.example",
                                       "-t",
                                       "g:m@x.example;"};
  const SendmailArguments read = read_sendmail_arguments(words);
  EXPECT_THAT(read.recipients, ElementsAre("erik.falk@ctbto.org", "op@ctbto.int", "erik", "e@a.example", "a@b.example",
                                           "c@b.example", "d@b.example", "-t", "m@x.example"));
  EXPECT_FALSE(read.recipients_from_header);
  EXPECT_EQ(read.not_understood, "");
}

TEST(SendmailArguments, WhatChangesTheRouteIsNotPassedOver) {
  const auto about = [](std::vector<std::string> words) {
    words.emplace_back("x@b.example");
    return read_sendmail_arguments(words).not_understood;
  };
  EXPECT_EQ(about({"-oi", "-om", "-oem", "-bm", "-Fme", "-F", "me", "-it", "-U", "-Am", "-Odelivery=b"}), "");
  EXPECT_THAT(about({"-oi", "-C/etc/postfix-people"}), HasSubstr("-C/etc/postfix-people"));
  EXPECT_THAT(about({"-C", "/etc/postfix-people"}), HasSubstr("-C/etc/postfix-people"));
  for (const char* option : {"-bs", "-bv", "-v", "-G", "-n", "-Nnever", "-XV", "-Z", "-oA/etc/x"}) {
    EXPECT_THAT(about({option}), HasSubstr(option));
  }
  EXPECT_THAT(about({"-f", "op"}), HasSubstr("reverse-path op"));
  EXPECT_THAT(about({","}), HasSubstr("recipient ','"));
  EXPECT_THAT(about({"<y@b.example"}), HasSubstr("recipient '<y@b.example'"));
}

TEST(SendmailArguments, OfAForwardFromItsHeader) {
  const auto recipients = [](std::string_view recipes, std::string_view message) {
    const test::Ran ran = test::run(recipes, message);
    return sendmail_arguments_of(ran.outcome.deliveries.at(0)).recipients;
  };
  EXPECT_THAT(recipients(":0\n! -t\n", "To: a@x.example,\n\tb@x.example\nCC: c@x.example\nTo: d@x.example\n\nTo: no\n"),
              ElementsAre("a@x.example", "b@x.example", "c@x.example", "d@x.example"));
  EXPECT_THAT(recipients(":0\n! -t e@x.example\n", "Bcc: Bob <b@x.example>\n\nx\n"),
              ElementsAre("e@x.example", "b@x.example"));
  EXPECT_THAT(recipients(":0\n! -t\n", "To: a@x.example\nResent-Cc: r@x.example\nResent-To: s@x.example\n\nx\n"),
              ElementsAre("r@x.example", "s@x.example"));
  EXPECT_THAT(recipients(":0\n! -t\n", "To: a@x.example\nResent-From: r@x.example\n\nx\n"), ElementsAre("a@x.example"));
}

TEST(Forward, IsAnAssumptionWhereSendmailIsNotKnown) {
  const auto assumed = [](std::string_view recipes) {
    std::string text;
    for (const Assumption& one : test::run(recipes).outcome.assumptions) text += to_file_line(one.at) + " " + one.text;
    return text;
  };
  EXPECT_EQ(assumed(":0\n! a@b.example\n"), "");
  EXPECT_EQ(assumed("SENDMAIL=/usr/lib/sendmail\n:0\n! a@b.example\n"), "");
  EXPECT_THAT(assumed("SENDMAIL=/usr/bin/msmtp\n:0\n! a@b.example\n"), HasSubstr("rc:3 SENDMAIL is `/usr/bin/msmtp`"));
  EXPECT_THAT(assumed("SENDMAILFLAGS=\"-oi -C/etc/postfix-people\"\n:0\n! a@b.example\n"),
              HasSubstr("rc:3 sendmail's option -C/etc/postfix-people"));
  EXPECT_THAT(assumed(":0\n! $NOBODY\n"), HasSubstr("rc:2 sendmail"));
}

// procmailrc(5): `!` calls $SENDMAIL with $SENDMAILFLAGS; `-f <$2>` is how a forward keeps the reverse-path.
TEST(SendmailArguments, ComeFromSendmailFlags) {
  const test::Ran ran =
      test::run("SENDMAILFLAGS=\"-oi -f <$2>\"\n:0\n! a@b.example\n", test::letter, nullptr, {"u", "s@c.example"});
  ASSERT_EQ(ran.outcome.deliveries.size(), 1U);
  EXPECT_THAT(ran.outcome.deliveries[0].options, ElementsAre("-oi", "-f", "<s@c.example>"));
  EXPECT_EQ(read_sendmail_arguments(ran.outcome.deliveries[0].options).reverse_path, "s@c.example");
}

// Measured: `Subject: a\n\nbody\n` reaches sendmail with one more newline, unless the r flag is there.
TEST(Forward, GetsAnEmptyLineAtTheEndUnlessRaw) {
  const auto sent = [](std::string_view flags, std::string_view message) {
    const test::Ran ran = test::run(fmt::format(":0 {}\n! a@b.example\n", flags), message);
    return written_text(ran.outcome.deliveries.at(0));
  };
  EXPECT_EQ(sent("", "Subject: a\n\nbody\n"), "Subject: a\n\nbody\n\n");
  EXPECT_EQ(sent("", "Subject: a\n\nbody"), "Subject: a\n\nbody\n");
  EXPECT_EQ(sent("", "Subject: a\n\nbody\n\n"), "Subject: a\n\nbody\n\n");
  EXPECT_EQ(sent("r", "Subject: a\n\nbody\n"), "Subject: a\n\nbody\n");
  EXPECT_EQ(sent("b", "Subject: a\n\nbody\n"), "body\n\n");
}

class OnlyMailOfOp final : public FolderView {
 public:
  PathKind kind(const std::string& path) const override {
    return path == "/var/mail/op" ? PathKind::directory : PathKind::nothing;
  }
};

// Measured, and found by seed 4 of the oracle: `ae` after a failure is taken, `Ae` behind an E chain is not.
TEST(Flags, AskForTheErrorAloneWhereEStandsBesideA) {
  const auto folder = [](std::string_view flags) {
    const OnlyMailOfOp folders;
    const auto rcfile = read_rcfile(
        fmt::format("MAILDIR=/var/mail/op\nDEFAULT=$MAILDIR/INBOX/\n:0\nmissing/mbox\n:0 E\nother/\n:0 {}\nf/\n",
                    flags),
        "rc");
    const MailText mail{std::string(test::letter)};
    return evaluate(**rcfile, {.mail = mail, .folders = &folders}).deliveries.at(0).folder;
  };
  EXPECT_EQ(folder("ae"), "/var/mail/op/f/");
  EXPECT_EQ(folder("e"), "/var/mail/op/f/");
  EXPECT_EQ(folder("Ae"), "/var/mail/op/INBOX/");
}

// Measured, and found by seed 7 of the oracle: what stands behind sees a recipe with e as one without a and E.
TEST(Flags, BesideEAreNoPartOfAChain) {
  const auto folder = [](std::string_view second, std::string_view third) {
    const OnlyMailOfOp folders;
    const auto rcfile = read_rcfile(
        fmt::format("MAILDIR=/var/mail/op\nDEFAULT=$MAILDIR/INBOX/\n:0 c\nfirst/\n:0 {}c\nsecond/\n:0 {}\nthird/\n",
                    second, third),
        "rc");
    const MailText mail{std::string(test::letter)};
    return evaluate(**rcfile, {.mail = mail, .folders = &folders}).deliveries.back().folder;
  };
  EXPECT_EQ(folder("e", "E"), "/var/mail/op/third/");
  EXPECT_EQ(folder("Ee", "E"), "/var/mail/op/third/");
  EXPECT_EQ(folder("E", "E"), "/var/mail/op/INBOX/");
  EXPECT_EQ(folder("ae", "A"), "/var/mail/op/INBOX/");
  EXPECT_EQ(folder("e", "A"), "/var/mail/op/INBOX/");
  EXPECT_EQ(folder("a", "A"), "/var/mail/op/third/");
}

// Measured: 2046 octets fit a LINEBUF of 2048; a longer value is empty, a longer condition or folder fails its recipe.
TEST(LineBuffer, LeavesOutWhatDoesNotFit) {
  const auto folder = [](const std::string& rcfile) {
    return test::run(rcfile + ":0\n* PROCMAIL_OVERFLOW ?? yes\nover/\n").outcome.deliveries.at(0).folder;
  };
  const auto assigned = [&](std::size_t octets) {
    return folder("X=" + std::string(octets, 'A') + "\n:0\n* X ?? ^^A+^^\nfits/\n");
  };
  EXPECT_EQ(assigned(2046), "fits/");
  EXPECT_EQ(assigned(2047), "over/");
  EXPECT_EQ(folder("LINEBUF=8192\nX=" + std::string(5000, 'A') + "\n:0\n* X ?? A\nfits/\n"), "fits/");
  EXPECT_EQ(folder(":0\n* ^Subject: (IMS2|" + std::string(3000, 'B') + ")\nfits/\n"), "over/");
  EXPECT_EQ(folder(":0\n" + std::string(3000, 'B') + "/\n"), "over/");
}

// Measured: "Couldn't chdir to", MAILDIR is "." then, and what cannot be written there bounces with 73.
TEST(Maildir, ThatCannotBeEnteredLeavesProcmailWhereItWas) {
  const auto rcfile = read_rcfile("MAILDIR=/var/mail/$1\nDEFAULT=$MAILDIR/INBOX/\n", "rc");
  ASSERT_TRUE(rcfile);
  const MailText mail{std::string(test::letter)};
  const OnlyMailOfOp folders;
  const Outcome known = evaluate(**rcfile, {.mail = mail, .arguments = {"op"}, .folders = &folders});
  EXPECT_EQ(known.end, Outcome::End::delivered);
  EXPECT_EQ(known.deliveries.at(0).folder, "/var/mail/op/INBOX/");
  const Outcome unknown = evaluate(**rcfile, {.mail = mail, .arguments = {"nobody"}, .folders = &folders});
  EXPECT_EQ(unknown.end, Outcome::End::refused);
  EXPECT_EQ(unknown.exit_code, 73);
  EXPECT_EQ(unknown.maildir, ".");
}

}  // namespace
}  // namespace watershed::procmail
