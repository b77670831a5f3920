// procmail's regular expressions, each fact as the real program (3.22) shows it.
#include "components/filter/procmail/regex.hpp"

#include <gtest/gtest.h>

namespace watershed::procmail {
namespace {

int count(std::string_view expression, std::string_view text, bool ignore_case = true) {
  const auto regex = Regex::parse(with_macros(expression), ignore_case);
  if (!regex) return -1;
  int found = 0;
  for (std::size_t from = 0;;) {
    const auto one = regex->search(text, from);
    if (!one) return found;
    if (one->end == from) return 1000;  // matches nothing, without end
    ++found;
    from = one->end;
  }
}

std::string match(std::string_view expression, std::string_view text) {
  const auto regex = Regex::parse(expression, true);
  const auto found = regex->search(text);
  if (!found || !found->match) return "(none)";
  return std::string(text.substr(found->match->begin, found->match->end - found->match->begin));
}

TEST(ProcmailRegex, CaretAndDollarAreNewlinesThatAreMatched) {
  EXPECT_EQ(count("^abc$", "abc\nabc\nxyz\n"), 2);
  EXPECT_EQ(count("^.*$", "abc\nabc\nxyz\n"), 4) << "three lines and what stands behind the last newline";
  EXPECT_EQ(count("c$a", "abc\nabc"), 1);
  EXPECT_EQ(count("c$$x", "abc\nxyz"), 0);
  EXPECT_EQ(count("a$$$", "a\n\n"), 1);
  EXPECT_EQ(count("^^^a", "a"), 0) << "behind ^^ there is no newline any more";
}

TEST(ProcmailRegex, AnchorsOfTheSearchArea) {
  EXPECT_EQ(count("^^abc^^", "abc"), 1);
  EXPECT_EQ(count("^^abc^^", "abc\n"), 0);
  EXPECT_EQ(count("c$^^", "abc\n"), 1);
  EXPECT_EQ(count("c$^^", "abc"), 0);
}

TEST(ProcmailRegex, WordDelimitersEatACharacter) {
  EXPECT_EQ(count("(\\<)ab(\\>)", "ab ab abab"), 1) << "the blank behind the first word is used up";
  EXPECT_EQ(count("(\\<)ab(\\>)", "ab\nab"), 2) << "a newline is there for both";
}

TEST(ProcmailRegex, CountsShortestMatches) {
  EXPECT_EQ(count(".+", "abc"), 3);
  EXPECT_EQ(count("a+", "aaa"), 3);
  EXPECT_EQ(count("(abcd|b)", "abcdbc"), 2);
  EXPECT_EQ(count("x*", "abc"), 1000);
}

TEST(ProcmailRegex, MatchIsTheLongestFromTheFirstEnd) {
  EXPECT_EQ(match("ab\\/.*", "ab ab abab"), " ab abab");
  EXPECT_EQ(match("(abcd|b)\\/.*", "abcdbc"), "cdbc");
  EXPECT_EQ(match("x\\/^ab", "x\nab\n"), "\nab");
  EXPECT_EQ(match("^\\/.+", "abc\nd"), "abc");
}

// Each as procmail 3.22 has it.
TEST(ProcmailRegex, MatchBeginsWhereTheFirstMatchSplit) {
  EXPECT_EQ(match("^Subject:.*<\\/[^>]+", "Subject: <ab> <cd>"), "ab");
  EXPECT_EQ(match("(\\<)data(\\>)\\/.*", " data data\nxyz"), "data");
  EXPECT_EQ(match(".*x\\/y*", "xbbxyy"), "");
  EXPECT_EQ(match("x\\/(abc|xab)", "xxabc"), "xab");
  EXPECT_EQ(match("x\\/(abc.*z|q.*y)", "xabcxqyzy"), "abcxqyz") << "an earlier split that matches later";
  EXPECT_EQ(match("($|x?)\\/.*", "axx"), "") << "the first newline is imagined, and a place of its own";
}

TEST(ProcmailRegex, BehindTheImaginedNewlineNothingIsSplitOff) {
  const auto regex = Regex::parse("(\\<)list(\\>)\\/.*", true);
  const auto found = regex->search("list");
  ASSERT_TRUE(found);
  EXPECT_FALSE(found->match);
  EXPECT_EQ(match("(\\<)list(\\>)\\/.*", "list\n"), "");
}

TEST(ProcmailRegex, BrokenOnesAreReadAsFarAsTheyGo) {
  EXPECT_EQ(count("(a", "abc"), 1);
  EXPECT_EQ(count("a)", "abc"), 1);
  EXPECT_FALSE(Regex::parse("(a", true)->defect().empty());
  EXPECT_FALSE(Regex::parse("a)", true)->defect().empty());
  EXPECT_EQ(count("a**", "abc"), 0) << "the second star stands for itself";
  EXPECT_EQ(count("a{1}", "abc"), 0) << "braces are no repetition";
  EXPECT_EQ(count("[]a]", "abc"), 1);
  EXPECT_EQ(count("[a", "abc"), 1);
  EXPECT_EQ(count("[[:alpha:]]", "abc"), 0) << "there are no names of classes";
}

TEST(ProcmailRegex, CaseIsIgnoredUnlessAskedFor) {
  EXPECT_EQ(count("ABC", "abc"), 1);
  EXPECT_EQ(count("ABC", "abc", false), 0);
  EXPECT_EQ(count("[^A-Z]", "abc"), 0);
}

TEST(ProcmailRegex, Macros) {
  EXPECT_EQ(count("^TO_anna", "To: x, anna@a.example"), 1);
  EXPECT_EQ(count("^TO_anna", "To: hanna@a.example"), 0);
  EXPECT_EQ(count("^TOanna", "Resent-Cc: <anna>"), 1);
  EXPECT_EQ(count("^FROM_DAEMON", "Precedence: bulk\n"), 1);
  EXPECT_EQ(count("^FROM_MAILER", "From: MAILER-DAEMON@hub.example\n"), 1);
  EXPECT_EQ(count("^FROM_DAEMON", "From: anna@a.example\n"), 0);
  EXPECT_EQ(macros_in("^TO_a|^FROM_DAEMON").size(), 2u);
}

TEST(ProcmailRegex, NestingHasALimit) {
  EXPECT_FALSE(Regex::parse(std::string(300, '(') + std::string(300, ')'), true));
}

}  // namespace
}  // namespace watershed::procmail
