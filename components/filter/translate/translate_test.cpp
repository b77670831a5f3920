// What the translator writes, what it assumes, and what it refuses; and that what it writes does the same.
#include "components/filter/translate/translate.hpp"
#include "components/filter/rules/builtin_engines.hpp"
#include "components/filter/rules/compare.hpp"

#include <gmock/gmock.h>

namespace watershed::rules {
namespace {

using testing::HasSubstr;
using testing::Not;

Translation of(std::string_view source) {
  const auto rcfile = procmail::read_rcfile(source, "rc");
  EXPECT_TRUE(rcfile);
  Translation translation = translate(**rcfile);
  const auto script = sieve::compile(translation.script, "translated.sieve");
  EXPECT_TRUE(script) << translation.script << (script ? "" : render(script.error()));
  return translation;
}

std::string verdict(std::string_view source) { return to_string(of(source).recipes.front()); }

TEST(Translate, PlainCases) {
  EXPECT_THAT(of(":0\n* ^Subject:.*alarm\nAlarms/\n").script,
              HasSubstr("if header :contains \"Subject\" \"alarm\" {\n    fileinto \"Alarms\";\n    stop;\n}"));
  EXPECT_THAT(of(":0\n* ^List-Id:\nLists/\n").script, HasSubstr("if exists \"List-Id\" {"));
  EXPECT_THAT(of(":0\n* ^X-Spam-Flag: YES\nSpam/\n").script, HasSubstr("header :matches \"X-Spam-Flag\" \"YES*\""));
  EXPECT_THAT(of(":0 c\n! erik@ctbto.example\n").script, HasSubstr("redirect :copy \"erik@ctbto.example\";"));
  EXPECT_THAT(of(":0\n* > 1000\n/dev/null\n").script, HasSubstr("if size :over 1000 {\n    discard;\n    stop;\n}"));
  EXPECT_THAT(of("EXITCODE=77\nHOST\n").script, HasSubstr("reject "));
}

TEST(Translate, OriginalStandsAbove) {
  EXPECT_THAT(of(":0\n* ^List-Id:\nLists/\n").script, HasSubstr("#   * ^List-Id:"));
}

TEST(Translate, VerdictsSayWhatIsAssumed) {
  EXPECT_EQ(verdict(":0\n* ^List-Id:\nLists/\n"), "exact");
  EXPECT_THAT(verdict(":0\n* ^Subject:.*x\nx/\n"), HasSubstr("assumption: no encoded words"));
  EXPECT_THAT(verdict(":0\n* ? test -f /tmp/x\nx/\n"), HasSubstr("refused: it asks the program"));
  EXPECT_THAT(verdict(":0\n* 1^0 ^Subject:.*x\nx/\n"), HasSubstr("refused: weighted scoring"));
  EXPECT_THAT(verdict(":0\n* anywhere\nx/\n"), HasSubstr("refused: the expression is searched in every header field"));
  EXPECT_THAT(verdict(":0\n| program\n"), HasSubstr("refused: it runs the program"));
  EXPECT_THAT(verdict(":0 c\n{\n:0\nx/\n}\n"), HasSubstr("refused: a block with the c flag"));
  EXPECT_THAT(verdict(":0\n* ^Subject:x\nx/\n"), HasSubstr("refused: 'x' has to stand directly behind the colon"));
}

TEST(Translate, MatchIsUsedOnlyWhereBothSplitAlike) {
  EXPECT_THAT(of(":0\n* ^Subject:.*<\\/[^>]+\n$MATCH/\n").script, HasSubstr("fileinto \"${1}\""));
  // procmail splits `a b< c<` at the first `<`, a POSIX expression at the last.
  const std::string unknown = "refused: the folder's name is known only to a run";
  EXPECT_THAT(verdict(":0\n* ^Subject:.*a.*<\\/[^>]+\n$MATCH/\n"), HasSubstr(unknown));
  EXPECT_THAT(verdict(":0\n* ^(To|Cc):.*<\\/[^>]+\n$MATCH/\n"), HasSubstr(unknown));
  EXPECT_THAT(of(":0\n* ^Subject:.*a.*<\\/[^>]+\nx/\n").script, HasSubstr("fileinto \"x\""));
}

TEST(Translate, WhatIsNotUtf8IsRefused) {
  const std::string reason = "refused: it has octets that are not UTF-8";
  EXPECT_THAT(verdict(":0\n* ^List-Id:\nLis\xe6ts/\n"), HasSubstr(reason));
  EXPECT_THAT(verdict(":0\n* ^Subject:.*\xe6\nx/\n"), HasSubstr(reason));
  EXPECT_THAT(verdict(std::string_view(":0\n* ^Subject:.*a\0b\nx/\n", 23)), HasSubstr(reason));
  EXPECT_EQ(verdict(":0\n* ^List-Id:\nLis\xc3\xa6ts/\n"), "exact");
}

TEST(Translate, RefusedRecipesLeaveNoRule) {
  const std::string script = of(":0\n* ? test -f x\nFolder/\n").script;
  EXPECT_THAT(script, HasSubstr("# REFUSED: it asks the program"));
  EXPECT_THAT(script, Not(HasSubstr("fileinto")));
}

TEST(Translate, DuplicatesAndAnswers) {
  EXPECT_THAT(of(":0 Wh: msgid.lock\n| formail -D 8192 msgid.cache\n").script,
              HasSubstr("if duplicate {\n    discard;"));
  EXPECT_THAT(
      of(":0 c\n* !^FROM_DAEMON\n| (formail -rt -I\"Subject: Got it\" ; echo \"Thank you.\") | sendmail -t\n").script,
      HasSubstr("vacation :days 1 :subject \"Got it\" \"Thank you.\";"));
}

/// Both files over messages that are made from both: no message may tell them apart.
void expect_same(std::string_view source) {
  const auto rcfile = procmail::read_rcfile(source, "rc");
  ASSERT_TRUE(rcfile);
  const Translation translation = translate(**rcfile);
  EXPECT_TRUE(translation.is_complete()) << translation.script;
  const auto script = sieve::compile(translation.script, "translated.sieve");
  ASSERT_TRUE(script);
  Random random(1);
  std::vector<Demand> demands = demands_of(**rcfile, random);
  for (Demand& one : demands_of_sieve(translation.script, "translated.sieve", random))
    demands.push_back(std::move(one));
  ProcmailEngine before(*rcfile);
  SieveEngine after(*script);
  const Comparison comparison = compare(before, after, generate(demands, {.count = 400, .recipients = {}}));
  EXPECT_EQ(comparison.messages, 400u);
  for (const Disagreement& one : comparison.disagreements) {
    ADD_FAILURE() << "old: " << one.old_fate << "\nnew: " << one.new_fate << "\n"
                  << to_string(one.smallest.forward_path) << "\n"
                  << one.smallest.message.bytes() << "\n"
                  << translation.script;
  }
  for (const LineCount& one : comparison.old_coverage) EXPECT_GT(one.taken, 0u) << "recipe in line " << one.line;
}

TEST(Translate, DoesTheSame) {
  expect_same(
      "LOCAL=$1\nMAILDIR=/var/mail/$LOCAL\nDEFAULT=$MAILDIR/INBOX/\n"
      ":0\n* LOCAL ?? ^^(autodrm|duty)^^\n* ^X-Loop: hub@ctbto\\.example\n/dev/null\n"
      ":0 c\n* ^Subject:.*URGENT\nUrgent/\n"
      ":0\n* LOCAL ?? ^^autodrm^^\n* ^Subject:(.*(IMS|GSE)[12]\\.[0-9][ \t]+REQUEST|[ \t]*HELP[ \t]*$)\nRequests/\n"
      ":0\n* ^Subject:.*ALARM\n{\n  :0 c\n  ! erik@ctbto.example\n  :0\n  * !^X-Quiet:\n  Alarms/\n}\n"
      ":0 E\n* ^X-Spam-Flag: YES\nSpam/\n"
      ":0\n* ^TO_lists@lists\\.example\nLists/\n");
}

}  // namespace
}  // namespace watershed::rules
