// What a mailboxes file says of folders beside their names, and how scripts find it.
#include "harness/world/mailboxes_file.hpp"

#include "components/filter/sieve/evaluate.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace watershed::harness {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class MailboxesFileTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(testing::TempDir()) / "mailboxes_file_test";
    fs::create_directories(folder_ / "sieve");
  }

  Parsed<std::vector<store::MailboxSettings>> read(const std::string& mailboxes, bool has_scripts = true) {
    std::ofstream(folder_ / "m.yaml") << "version: 1\n" << mailboxes;
    return read_mailboxes_file(folder_ / "m.yaml", "m.yaml",
                               has_scripts ? ScriptFolder{folder_ / "sieve", "sieve"} : ScriptFolder{});
  }

  std::string errors(const std::string& mailboxes, bool has_scripts = true) {
    const auto read_ones = read(mailboxes, has_scripts);
    return read_ones ? std::string() : render(read_ones.error());
  }

  fs::path folder_;
};

TEST_F(MailboxesFileTest, SpecialUsesAndAnnotationsAreFound) {
  const auto mailboxes = read(R"(
mailboxes:
  a@x.example:
    folders: [Spam, Old]
    special_use: { Spam: "\\Junk", Old: ["\\Archive", "\\All"] }
    annotations: { inbox: { /private/comment: mine }, Old: { /Shared/Years: "5" } }
  b@x.example: {}
server_annotations: { /shared/admin: postmaster@x.example }
)");
  ASSERT_TRUE(mailboxes) << render(mailboxes.error());
  store::Mailbox a((*mailboxes)[0]);
  EXPECT_EQ(a.with_special_use("\\junk", ""), "Spam");
  EXPECT_EQ(a.with_special_use("\\Archive", "Old"), "Old");
  EXPECT_EQ(a.with_special_use("\\Archive", "Spam"), std::nullopt);
  EXPECT_EQ(a.with_special_use("\\Sent", ""), std::nullopt);
  EXPECT_EQ(a.find("INBOX", "/PRIVATE/comment"), "mine");
  EXPECT_EQ(a.find("Old", "/shared/years"), "5");
  EXPECT_EQ(a.find("Spam", "/private/comment"), std::nullopt);
  EXPECT_EQ(a.find("", "/shared/admin"), "postmaster@x.example");
  store::Mailbox b((*mailboxes)[1]);
  EXPECT_EQ(b.with_special_use("\\Junk", ""), std::nullopt);
  EXPECT_EQ(b.find("INBOX", "/private/comment"), std::nullopt);
  EXPECT_EQ(b.find("", "/shared/admin"), "postmaster@x.example");
}

TEST_F(MailboxesFileTest, AScriptSeesThem) {
  std::ofstream(folder_ / "sieve/s.sieve") << R"(require ["fileinto", "special-use", "mboxmetadata"];
if metadata "INBOX" "/private/vip" "yes" { fileinto :specialuse "\\Junk" "INBOX"; } else { discard; })";
  const auto mailboxes = read(
      "mailboxes: { a@x.example: { folders: [Spam], sieve: s.sieve, special_use: { Spam: \"\\\\Junk\" }, "
      "annotations: { INBOX: { /private/vip: \"yes\" } } } }\n");
  ASSERT_TRUE(mailboxes) << render(mailboxes.error());
  const store::Mailbox mailbox((*mailboxes)[0]);
  const mail::Message message = mail::Message::parse("Subject: x\r\n\r\n");
  const mail::ReversePath from;
  const mail::ForwardPath to(mail::Address{"a", "x.example"});
  const auto outcome = sieve::evaluate(
      *mailbox.settings().script,
      {.message = message, .reverse_path = from, .forward_path = to, .mailboxes = &mailbox, .annotations = &mailbox});
  ASSERT_EQ(outcome.actions.size(), 1U);
  const auto* filed = std::get_if<sieve::FileInto>(&outcome.actions[0].what);
  ASSERT_NE(filed, nullptr);
  EXPECT_EQ(filed->mailbox, "Spam");
}

TEST_F(MailboxesFileTest, WhatCannotBeIsSaid) {
  const auto with = [](const std::string& keys) {
    return "mailboxes: { a@x.example: { folders: [Spam, Old], " + keys + " } }\n";
  };
  EXPECT_THAT(errors(with("special_use: { Span: \"\\\\Junk\" }")),
              testing::AllOf(HasSubstr("m.yaml:2:"), HasSubstr("no folder 'Span'")));
  EXPECT_THAT(errors(with("special_use: { Spam: Junk }")), HasSubstr("an attribute that begins with a backslash"));
  EXPECT_THAT(errors(with("special_use: { Spam: \"\\\\Junk\", Old: \"\\\\junk\" }")),
              HasSubstr("the use of two folders"));
  EXPECT_THAT(errors(with("annotations: { Nowhere: { /private/comment: x } }")), HasSubstr("no folder 'Nowhere'"));
  EXPECT_THAT(errors(with("annotations: { INBOX: { /other/comment: x } }")), HasSubstr("below /private or /shared"));
  EXPECT_THAT(errors(with("special_use: { Spam: \"\\\\Junk\" }"), false),
              HasSubstr("only Sieve scripts ask for `special_use`"));
  EXPECT_EQ(errors(with("special_use: { Spam: \"\\\\Junk\" }")), "");
}

// RFC 6609 §3.2. A redirect in an included script that the rehearsal never saw would be a crossing that it never saw.
TEST_F(MailboxesFileTest, ScriptsIncludeThoseBesideThem) {
  std::ofstream(folder_ / "sieve/duty.sieve")
      << "require \"include\";\ninclude :optional \"nowhere\";\ninclude :personal :optional \"oncall\";\n";
  std::ofstream(folder_ / "sieve/oncall.sieve") << "require \"copy\";\nredirect :copy \"erik@people.example\";\n";
  const auto mailboxes = read("mailboxes: { a@x.example: { sieve: duty.sieve } }\n");
  ASSERT_TRUE(mailboxes) << render(mailboxes.error());
  const mail::Message message = mail::Message::parse("Subject: x\r\n\r\nx\r\n");
  const mail::ForwardPath to(*mail::parse_address("a@x.example"));
  const auto outcome = sieve::evaluate(*(*mailboxes)[0].script,
                                       {.message = message, .reverse_path = mail::ReversePath(), .forward_path = to});
  ASSERT_EQ(outcome.actions.size(), 2U);
  EXPECT_EQ(to_file_line(outcome.actions[0].at), "sieve/oncall.sieve:2");
  EXPECT_TRUE(std::holds_alternative<sieve::Redirect>(outcome.actions[0].what));
}

TEST_F(MailboxesFileTest, AScriptThatIsNotThereOrCannotBeLookedForIsAnErrorOfWhoIncludesIt) {
  const auto errors_of = [&](const std::string& include) {
    std::ofstream(folder_ / "sieve/duty.sieve") << "require \"include\";\n" << include << "\n";
    return errors("mailboxes: { a@x.example: { sieve: duty.sieve } }\n");
  };
  EXPECT_THAT(errors_of("include \"nowhere\";"),
              HasSubstr("sieve/duty.sieve:2:1: error: the included personal script 'nowhere' does not exist"));
  EXPECT_THAT(errors_of("include :global :optional \"oncall\";"),
              HasSubstr("sieve/duty.sieve:2:1: error: there is no place for global scripts here"));
  fs::create_directories(folder_ / "sieve/folder.sieve");
  EXPECT_THAT(errors_of("include :optional \"folder\";"),
              HasSubstr("sieve/duty.sieve:2:1: error: the included personal script 'folder' cannot be read"));
  std::ofstream(folder_ / "sieve/wrong.sieve") << "\nredirekt \"erik@people.example\";\n";
  EXPECT_THAT(errors_of("include :optional \"wrong\";"), HasSubstr("sieve/wrong.sieve:2:1: error: unknown command"));
}

}  // namespace
}  // namespace watershed::harness
