// That a comparison sees what differs, shows it small, and says which rules it reached.
#include "components/filter/rules/compare.hpp"
#include "components/filter/rules/builtin_engines.hpp"

#include <gmock/gmock.h>

namespace watershed::rules {
namespace {

using testing::ElementsAre;

constexpr std::string_view old_rules =
    ":0 c\n* ^Subject:.*URGENT\nUrgent/\n:0\n* ^Subject:.*(SAMPLEPHD|QCPHD)\nReports/\n:0\n* > 2000\nLarge/\n";

Comparison run(std::string_view before, std::string_view after, std::size_t count = 300) {
  const auto rcfile = procmail::read_rcfile(before, "rc");
  const auto script = sieve::compile(after, "new.sieve");
  EXPECT_TRUE(rcfile && script) << (script ? "" : render(script.error()));
  Random random(7);
  std::vector<Demand> demands = demands_of(**rcfile, random);
  for (Demand& one : demands_of_sieve(after, "new.sieve", random)) demands.push_back(std::move(one));
  ProcmailEngine old_engine(*rcfile);
  SieveEngine new_engine(*script);
  return compare(old_engine, new_engine, generate(demands, {.count = count, .seed = 7, .recipients = {}}));
}

TEST(CompareRules, AgreesWhereTheEffectIsTheSame) {
  const Comparison comparison =
      run(old_rules,
          "require [\"fileinto\", \"copy\"];\n"
          "if header :contains \"subject\" \"URGENT\" { fileinto :copy \"Urgent\"; }\n"
          "if header :contains \"subject\" [\"SAMPLEPHD\", \"QCPHD\"] { fileinto \"Reports\"; stop; }\n"
          "if size :over 2020 { fileinto \"Large\"; }\n");
  for (const Disagreement& one : comparison.disagreements) {
    // Line ends count one octet in procmail and two in Sieve: only messages near the bound may differ.
    EXPECT_LT(one.smallest.message.size_octets(), 2100u);
    EXPECT_GT(one.smallest.message.size_octets(), 1900u);
  }
  for (const LineCount& one : comparison.old_coverage) EXPECT_GT(one.taken, 0u) << one.line;
  for (const LineCount& one : comparison.new_coverage) EXPECT_GT(one.taken, 0u) << one.line;
}

TEST(CompareRules, ARuleLostInTranslationIsShownSmall) {
  const Comparison comparison = run(":0\n* ^Subject:.*URGENT\nUrgent/\n:0\n* ^X-Other:\nOther/\n",
                                    "require \"fileinto\";\nif exists \"x-other\" { fileinto \"Other\"; }\n");
  ASSERT_FALSE(comparison.disagreements.empty());
  const Disagreement& one = comparison.disagreements.front();
  EXPECT_EQ(one.old_fate, "file Urgent");
  EXPECT_EQ(one.new_fate, "file INBOX");
  EXPECT_THAT(one.old_lines, ElementsAre("rc:1"));
  EXPECT_THAT(one.new_lines, ElementsAre("(no rule: the default)"));
  EXPECT_EQ(one.smallest.message.fields().size(), 1u) << one.smallest.message.bytes();
  EXPECT_EQ(one.smallest.message.body(), "");
}

TEST(CompareRules, TheSameSeedMakesTheSameMessages) {
  const auto rcfile = procmail::read_rcfile(old_rules, "rc");
  const auto letters = [&] {
    Random random(3);
    return generate(demands_of(**rcfile, random), {.count = 50, .seed = 3, .recipients = {}});
  };
  const auto first = letters();
  const auto second = letters();
  ASSERT_EQ(first.size(), 50u);
  for (std::size_t i = 0; i < first.size(); ++i) EXPECT_EQ(first[i].message.bytes(), second[i].message.bytes());
}

TEST(CompareRules, FoldersAreTheSameWhereverTheyLie) {
  EXPECT_EQ(folder_name("/var/mail/x/Lists/", "/var/mail/x", ""), "Lists");
  EXPECT_EQ(folder_name("Lists/.", "", ""), "Lists");
  EXPECT_EQ(folder_name(".Lists.Travel/", "", ""), "Lists/Travel");
  EXPECT_EQ(folder_name("inbox", "", ""), "INBOX");
  EXPECT_EQ(folder_name("/var/mail/x", "", "/var/mail/x"), "INBOX");
}

}  // namespace
}  // namespace watershed::rules
