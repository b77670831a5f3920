// What a procmailrc does, each fact as the real program (3.22) shows it; oracle_procmail compares thousands more.
#include "components/filter/procmail/test_support.hpp"

#include <gmock/gmock.h>

namespace watershed::procmail::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(Procmail, FirstDeliveringRecipeEndsIt) {
  EXPECT_THAT(run(":0\n* ^Subject:.*nothing\na/\n:0\n* ^Subject:.*data\nb/\n:0\nc/\n").deliveries,
              ElementsAre("file \"b/\" (rc:5)"));
  EXPECT_THAT(run("").deliveries, ElementsAre("file \"INBOX/\" (default)"));
}

TEST(Procmail, FoldedFieldsAreOneLine) {
  EXPECT_TRUE(holds("^Subject:.*data .report"));
  EXPECT_FALSE(holds("^report"));
}

TEST(Procmail, FlagsChainRecipes) {
  EXPECT_THAT(run(":0 c\n* ^Subject\na/\n:0 A\nb/\n:0 E\nc/\n").deliveries,
              ElementsAre("file \"a/\" copy (rc:2)", "file \"b/\" (rc:5)"));
  EXPECT_THAT(run(":0 c\n* nothing\na/\n:0 A\nb/\n:0 E\nc/\n").deliveries, ElementsAre("file \"c/\" (rc:7)"));
  EXPECT_THAT(run(":0\n* ^Subject\n{\n:0 A\nb/\n}\n").deliveries, ElementsAre("file \"b/\" (rc:5)"))
      << "a block begins with what its own recipe found";
}

TEST(Procmail, ACopiedBlockRunsOnByItself) {
  EXPECT_THAT(run(":0 c\n{\nX=child\n:0 c\nin/\n}\n:0\n* X ?? child\nfrom-child/\n:0\nafter/\n").deliveries,
              ElementsAre("file \"in/\" copy (rc:5)", "file \"from-child/\" (rc:8)", "file \"after/\" (rc:11)"));
}

TEST(Procmail, Sizes) {
  const std::string size = std::to_string(letter.size());
  EXPECT_FALSE(holds("> " + size));
  EXPECT_FALSE(holds("< " + size));
  EXPECT_TRUE(holds("< " + std::to_string(letter.size() + 1)));
  EXPECT_TRUE(holds("B ?? < 30"));
}

TEST(Procmail, Scores) {
  const auto score = [](std::string_view conditions) {
    return run("A=abc\n:0\n" + std::string(conditions) + "\n{ }\nLOG=\"$=\"\n").log;
  };
  EXPECT_EQ(score("* 2.5^0 A ?? a"), "2");
  EXPECT_EQ(score("* 0.4^0 A ?? a"), "1");
  EXPECT_EQ(score("* 5^.5 A ?? ."), "8");
  EXPECT_EQ(score("* 3^2 A ?? ()"), "2147483647");
  EXPECT_EQ(score("* 3^.5 A ?? ()"), "6");
  EXPECT_EQ(score("* 1^2 A ?? > 2"), "2");
  EXPECT_EQ(score("* -3^1 ! A ?? x"), "-3");
  EXPECT_EQ(score("* 1^0 ^From\n* ^Nope"), "1");
  EXPECT_EQ(score("* -1^0\n* 3^0 A ?? zzz"), "-1");
}

// Each as procmail 3.22 has it.
TEST(Procmail, ScoresAtTheirLimits) {
  const auto score = [](std::string_view conditions) {
    return run("A=abc\n:0\n" + std::string(conditions) + "\n{ }\nLOG=\"$=\"\n").log;
  };
  EXPECT_EQ(score("* -100^0\n* 2.5^2 A ?? ()"), "2147483549") << "infinity is added";
  EXPECT_EQ(score("* 100^0\n* -2.5^2 A ?? ()\n* 50^0"), "-2147483499");
  EXPECT_EQ(score("* -100^0\n* 2.5^2 A ?? ()\n* -2.5^2 A ?? ()\n* 7^0"), "-93");
  EXPECT_EQ(score("* -1^2 > 0\n* 7^0"), "2147483647") << "a division by nothing is plus infinity";
  EXPECT_EQ(score("* -1^0 NONE ?? < 5\n* 7^0"), "2147483647");
  EXPECT_EQ(score("* 1^0 NONE ?? < 0\n* 7^0"), "-2147483647");
}

TEST(Procmail, LastFolder) {
  const auto last = [](std::string_view action) {
    return run("A=foo\nSENDMAIL=/sm\nLASTFOLDER=before\n:0 c\n" + std::string(action) + "\nLOG=$LASTFOLDER\n").log;
  };
  EXPECT_EQ(last("mbox"), "mbox");
  EXPECT_EQ(last("f/"), "f/new/1");
  EXPECT_EQ(last("f/. g/ h"), "f/1 g/new/1 h/msg.1");
  EXPECT_EQ(last("/dev/null"), "/dev/null");
  EXPECT_EQ(last("! a@b.example   $A"), "/sm -oi a@b.example foo");
  EXPECT_EQ(last("|  cat  \"$A b\" - "), "cat foo b -");
  EXPECT_EQ(last("| cat $A >x"), " cat $A >x");
  EXPECT_EQ(last("B=|cat"), "before");
}

TEST(Procmail, LastFolderIsWhatFailedToo) {
  struct Failing final : Programs {
    std::optional<ProgramResult> run(std::string_view, const MailText&, const Environment&) override {
      return ProgramResult{1, {}, {}, {}};
    }
  } failing;
  EXPECT_EQ(run(":0 w\n| exit; x\nLOG=$LASTFOLDER\n", letter, &failing).log, " exit; x");
  EXPECT_EQ(run("LASTFOLDER=before\n:0 fw\n| exit; x\nLOG=$LASTFOLDER\n", letter, &failing).log, "before");
}

TEST(Procmail, SeveralFolders) {
  struct OnlyRoot final : FolderView {
    PathKind kind(const std::string& path) const override {
      return path == "." ? PathKind::directory : path == "box" ? PathKind::file : PathKind::nothing;
    }
  } folders;
  const auto filed = [&](std::string_view action) {
    const auto rcfile = read_rcfile("DEFAULT=INBOX/\n:0\n" + std::string(action) + "\n", "rc");
    std::string names;
    for (const Delivery& one :
         evaluate(**rcfile, {.mail = MailText{std::string(letter)}, .folders = &folders}).deliveries)
      names += one.folder + " ";
    return names;
  };
  EXPECT_EQ(filed("a/ b c/."), "a/ b c/. ");
  EXPECT_EQ(filed("a/ no/b/ box c"), "a/ c ") << "those that cannot be are skipped";
  EXPECT_EQ(filed("no/a/ b/"), "INBOX/ ") << "but not the first";
}

TEST(Procmail, ConditionsWithSubstitution) {
  EXPECT_TRUE(holds("$ V ?? ^^${V}^^", "V=abc\n"));
  EXPECT_TRUE(holds("$ W ?? $\\W", "W='a.c (x'\n"));
  EXPECT_TRUE(holds("! $ V ?? x", "V=abc\n"));
  EXPECT_FALSE(holds("V ?? !a", "V=abc\n"));
  EXPECT_TRUE(holds("\\!", "", "B") == false);
}

TEST(Procmail, ValuesAreReadAsByAShell) {
  EXPECT_EQ(
      run("A=foo\nB=\"x y\"z'q q'\\ w\nC = d # behind\nD=${X:-y}${A:+\"p q\"}$\\B\nLOG=\"[$A][$B][$C][$D][$$x]\"\n")
          .log,
      "[foo][x yzq q w][d][yp q()x yzq q w][1x]");
}

TEST(Procmail, HostEndsItAndExitCodeTellsTheMailer) {
  const Ran refused = run("EXITCODE=77\nHOST\n:0\nx/\n");
  EXPECT_TRUE(refused.deliveries.empty());
  EXPECT_EQ(refused.outcome.end, Outcome::End::refused);
  EXPECT_EQ(refused.outcome.exit_code, 77);
  EXPECT_EQ(run("HOST=elsewhere\n").outcome.end, Outcome::End::vanished);
}

TEST(Procmail, UnknownProgramsAreStatedAssumptions) {
  const Ran ran = run(":0\n* ? test -f /etc/motd\na/\n");
  EXPECT_THAT(ran.deliveries, ElementsAre("file \"a/\" (rc:2)"));
  ASSERT_EQ(ran.outcome.assumptions.size(), 1u);
  EXPECT_THAT(ran.outcome.assumptions.front().text, HasSubstr("test -f /etc/motd"));
}

TEST(Procmail, MatchAndArguments) {
  EXPECT_THAT(
      run("LOCAL=$1\n:0\n* LOCAL ?? ^^robot^^\n* ^Subject:.*\\/(data|other)\n$MATCH/\n", letter, nullptr, {"robot"})
          .deliveries,
      ElementsAre("file \"data/\" (rc:3)"));
}

TEST(Procmail, CutOffBlockNamesItsOpeningLine) {
  EXPECT_THAT(run(":0\n* a\n{\n:0\nx/\n").log, HasSubstr("rc:4:1: error: the block that begins here is never closed"));
  EXPECT_THAT(run(":0\n* a\n").log, HasSubstr("rc:2:1: error: the recipe that begins here has no action"));
  EXPECT_THAT(run("}\n").log, HasSubstr("rc:2:1: error: a closing brace"));
  EXPECT_THAT(run("A=\"x\n").log, HasSubstr("never closed"));
}

TEST(Procmail, EveryDiagnosticIsGiven) {
  const auto rcfile = read_rcfile(":0 Z\n* (a\nx/\n*foo\n%\n", "rc");
  ASSERT_TRUE(rcfile);
  EXPECT_EQ((*rcfile)->warnings.size(), 4u) << render((*rcfile)->warnings);
}

TEST(Procmail, LoopsMeetALimit) {
  struct Itself final : RcfileSource {
    std::shared_ptr<const Rcfile> open(const std::string&) override { return *read_rcfile("INCLUDERC=x\n", "x"); }
  } itself;
  const MailText mail{std::string(letter)};
  const auto outcome = evaluate(**read_rcfile("INCLUDERC=x\n", "rc"), {.mail = mail, .rcfiles = &itself});
  ASSERT_TRUE(outcome.error);
  EXPECT_THAT(outcome.error->message, HasSubstr("include each other"));
  std::string clones;
  for (int i = 0; i < 12; ++i) clones += ":0 c\n{ }\n";
  EXPECT_TRUE(run(clones).outcome.error) << "each doubles what comes after it";
}

}  // namespace
}  // namespace watershed::procmail::test
