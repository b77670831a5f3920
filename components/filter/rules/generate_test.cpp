// That messages made from rules reach every rule: those behind points, flags, blocks, and what was seen before.
#include "components/filter/rules/builtin_engines.hpp"
#include "components/filter/rules/compare.hpp"

#include <gmock/gmock.h>

namespace watershed::rules {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// The lines that no made message reached.
std::vector<int> unreached(Engine& engine, const std::vector<Demand>& demands, std::size_t count) {
  for (const Letter& letter : generate(demands, {.count = count, .seed = 5, .recipients = {}})) {
    judge_afresh(engine, letter);
  }
  std::vector<int> lines;
  for (const LineCount& one : engine.coverage()) {
    if (one.taken == 0) lines.push_back(one.line);
  }
  return lines;
}

std::vector<int> unreached_recipes(std::string_view rules, std::size_t count = 60) {
  const auto rcfile = procmail::read_rcfile(rules, "rc");
  EXPECT_TRUE(rcfile);
  Random random(5);
  ProcmailEngine engine(*rcfile);
  return unreached(engine, demands_of(**rcfile, random), count);
}

std::vector<int> unreached_commands(std::string_view script, std::size_t count = 60) {
  const auto compiled = sieve::compile(script, "s.sieve");
  EXPECT_TRUE(compiled) << render(compiled.error());
  Random random(5);
  SieveEngine engine(*compiled);
  return unreached(engine, demands_of_sieve(script, "s.sieve", random), count);
}

Trait subject(const std::string& text) {
  return {.kind = Trait::Kind::header_line, .text = "Subject: " + text, .octets = 0};
}

/// Which of the conditions, by their subjects, each demand meets.
std::vector<std::string> met(const std::vector<ScoredCondition>& conditions) {
  std::vector<std::string> all;
  for (const Demand& demand : demands_of_score({}, conditions)) {
    std::string one;
    for (const Trait& trait : demand.needed) one += trait.text.substr(9);
    all.push_back(one);
  }
  return all;
}

TEST(Demands, OfPointsAreWhatIsEnoughAndWhatIsNot) {
  const ScoredCondition threshold{
      .traits = {}, .weight = -1, .exponent = 0, .is_inverted = false, .always_holds = true};
  const auto sign = [](const std::string& text, double weight, double exponent = 0) {
    return ScoredCondition{.traits = {subject(text)}, .weight = weight, .exponent = exponent};
  };
  // Two of three are enough; then those with one, then none.
  EXPECT_THAT(met({threshold, sign("a", 1), sign("b", 1), sign("c", 1)}),
              ElementsAre("ab", "ac", "bc", "abc", "a", "b", "c", ""));
  // What takes points away comes with what gives them.
  EXPECT_THAT(met({sign("a", 2), sign("b", -3)}), ElementsAre("a", "ab", "b", ""));
  // Points that are gathered match by match.
  EXPECT_THAT(
      met({{.traits = {}, .weight = -3, .exponent = 0, .is_inverted = false, .always_holds = true}, sign("a", 1, 1)}),
      ElementsAre("aaaa", ""));
  // An inverted condition gives its points where it is not met.
  ScoredCondition inverted = sign("a", 1);
  inverted.is_inverted = true;
  EXPECT_THAT(met({inverted}), ElementsAre("", "a"));
}

TEST(Demands, OfManyConditionsWithPointsAreBounded) {
  std::vector<ScoredCondition> many(40, {.traits = {subject("x")}, .weight = 1, .exponent = 0});
  many.push_back({.traits = {}, .weight = -5, .exponent = 0, .is_inverted = false, .always_holds = true});
  const auto demands = demands_of_score({}, many);
  EXPECT_LE(demands.size(), 24u);
  EXPECT_GE(demands.size(), 2u);
}

TEST(Generate, ReachesRecipesWithPoints) {
  EXPECT_THAT(unreached_recipes(":0\n* -2^0\n* 1^0 ^Subject:.*ALPHA\n* 1^0 ^Keywords:.*BETA\n* 1^0 B ?? GAMMA\n"
                                "* -5^0 ^X-No:\nA/\n:0\n* -3^0\n* 1^1 B ?? word\nB/\n"),
              IsEmpty());
}

TEST(Generate, ReachesWhatFlagsSpeakOf) {
  // A, a: behind one that is taken; E: behind one that is not; both in their chains.
  EXPECT_THAT(unreached_recipes(":0 c\n* ^Subject:.*ALPHA\nA/\n:0 A c\n* ^X-One:.*yes\nB/\n:0 a\n* ^X-Two:.*yes\nC/\n"
                                ":0\n* ^Subject:.*DELTA\nD/\n:0 E\n* ^X-Three:.*yes\nE/\n:0 E\nF/\n"),
              IsEmpty());
}

TEST(Generate, ReachesNestedBlocks) {
  EXPECT_THAT(unreached_recipes(":0\n* ^X-One:.*ALPHA\n{\n:0\n* ^X-Two:.*BETA\n{\n:0\n* -1^0\n* 1^0 ^X-Three:.*GAMMA\n"
                                "* 1^0 ^X-Four:.*DELTA\n{\n:0\n* ^X-Five:.*EPSILON\nA/\n:0 E\nB/\n}\n}\n}\n"),
              IsEmpty());
}

TEST(Generate, ReachesWhatWasSeenBefore) {
  // Known programs: formail -D succeeds for the second copy.
  EXPECT_THAT(unreached_recipes(":0 Whc: id.lock\n| formail -D 8192 id.cache\n:0 a\nSecond/\n:0\nFirst/\n"), IsEmpty());
  EXPECT_THAT(unreached_recipes(":0\n* ? formail -D 8192 id.cache\nSecond/\n"), IsEmpty());
  // e: where it did not succeed, and so the first copy.
  EXPECT_THAT(unreached_recipes(":0 Whc: id.lock\n| formail -rD 8192 from.cache\n:0 ehc\nFirst/\n"), IsEmpty());
  EXPECT_THAT(unreached_commands("require [\"duplicate\", \"fileinto\"];\nif duplicate {\nfileinto \"Second\";\n}\n"),
              IsEmpty());
  EXPECT_THAT(unreached_commands("require [\"duplicate\", \"fileinto\"];\n"
                                 "if duplicate :header \"X-Event\" {\nfileinto \"Event\";\n}\n"),
              IsEmpty());
}

TEST(Compare, WhatCameBeforeIsJudgedByItsLastDelivery) {
  const auto rcfile = procmail::read_rcfile(":0 Whc: id.lock\n| formail -D 8192 id.cache\n:0 a\nSecond/\n", "rc");
  const auto script =
      sieve::compile("require [\"duplicate\", \"fileinto\"]; if duplicate { fileinto \"Second\"; }", "s");
  ASSERT_TRUE(rcfile && script);
  ProcmailEngine before(*rcfile);
  SieveEngine after(*script);
  Random random(5);
  const auto letters = generate(demands_of(**rcfile, random), {.count = 20, .seed = 5, .recipients = {}});
  const Comparison comparison = compare(before, after, letters);
  EXPECT_TRUE(comparison.agrees());
  EXPECT_EQ(comparison.messages, letters.size());
  EXPECT_THAT(comparison.agreed_fates, testing::Contains("file Second"));

  // Beside a side that remembers nothing such letters are left.
  class Forgetful final : public Engine {
   public:
    Judgement judge(const Letter& letter) override {
      EXPECT_EQ(letter.earlier_deliveries, 0u);
      return {};
    }
  } forgetful;
  EXPECT_LT(compare(before, forgetful, letters).messages, letters.size());
}

}  // namespace
}  // namespace watershed::rules
