// What a wrong script is told: every fault, with its place and what was expected.
#include "components/filter/sieve/test_support.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace watershed::sieve {
namespace {

using test::decide;
using test::Setting;

struct Case {
  std::string_view script;
  std::string_view expected;
};

TEST(SieveDiagnostics, Grammar) {
  const std::vector<Case> cases = {
      {"keep\nstop;", "error 2:1: the keep command accepts no sub-tests, but tests are specified: 'stop'"},
      {"if true { keep;", "error 1:9: this block is never closed; expected '}' before the end of the file"},
      {"keep; }", "error 1:7: found '}' but no block is open here; expected a command"},
      {"redirect \"a@b.example;", "error 1:10: this string is never closed; expected '\"'"},
      {"if exists [\"a\", ] { keep; }",
       "error 1:17: found ']'; expected a string in the list that '[' opens on line 1"},
      {"if anyof () { keep; }", "error 1:11: found ')'; expected a test"},
      {"if anyof (true { keep; }",
       "error 1:16: found '{'; expected ',' or ')' in the test list that '(' opens on line 1"},
      {"/* keep;", "error 1:1: this comment is never closed; expected '*/'"},
      {"if size :over 10X { keep; }", "error 1:17: 'x' follows a number; expected K, M, G or nothing"},
      {"if size :over 99999999999999999999G { keep; }",
       "error 1:15: this number is too big; expected at most 18446744073709551615"},
      {"redirect text:\na@b.example\n", "error 1:10: this text is never closed; expected a line with a single '.'"},
      {"redirect \"\xff@b.example\";",
       "error 1:10: this string is not valid UTF-8; error 1:10: specified redirect address '\\xff@b.example' is "
       "invalid; expected local-part@domain"},
      {"keep; % keep;", "error 1:7: found '%'; expected a command"},
  };
  for (const Case& c : cases) EXPECT_EQ(decide(c.script), c.expected) << c.script;
}

TEST(SieveDiagnostics, WordsAndArguments) {
  const std::vector<Case> cases = {
      {"kepe;", "error 1:1: unknown command 'kepe' (only reported once at first occurrence)"},
      {"if haeder \"a\" \"b\" {}", "error 1:4: unknown test 'haeder' (only reported once at first occurrence)"},
      {"fileinto \"A\";", "error 1:1: unknown command 'fileinto' without the capability \"fileinto\""},
      {"if envelope \"to\" \"A\" {}", "error 1:4: unknown test 'envelope' without the capability \"envelope\""},
      {"redirect :copy \"a@b.example\";",
       "error 1:10: unknown tagged argument ':copy' for the redirect command without the capability \"copy\""},
      {"require \"fileitno\";", "error 1:9: require: unknown Sieve capability \"fileitno\""},
      {"keep; require \"fileinto\";",
       "error 1:7: require must stand at the top level and at the beginning of the file, before other commands"},
      {"if true { require \"fileinto\"; }",
       "error 1:11: require must stand at the top level and at the beginning of the file, before other commands"},
      {"else { keep; }", "error 1:1: the else command must follow an if or elsif command"},
      {"if true {} else {} elsif true {}", "error 1:20: the elsif command must follow an if or elsif command"},
      {"if {}", "error 1:1: the if command requires one sub-test, but none is specified"},
      {"if (true, true) {}", "error 1:1: the if command requires one sub-test, but a list of tests is specified"},
      {"if true;", "error 1:1: the if command requires a command block, but it is missing"},
      {"keep {}", "error 1:1: the keep command does not accept a command block, but one is specified anyway"},
      {"if anyof true {}", "error 1:4: the anyof test requires a list of sub-tests, but a single test is specified"},
      {"if not {}", "error 1:4: the not test requires one sub-test, but none is specified"},
      {"if true true {}", "error 1:9: the true test accepts no sub-tests, but tests are specified: 'true'"},
      {"redirect 5;", "error 1:10: the redirect command expects a string as argument 1, but a number was found"},
      {"redirect;", "error 1:1: the redirect command requires 1 positional argument, but 0 are specified"},
      {"keep \"a\";", "error 1:6: the keep command requires 0 positional argument(s), but 1 is specified"},
      {"if header \"a\" :is \"b\" {}",
       "error 1:15: encountered an unexpected tagged argument ':is' among the positional arguments of the header test"},
      {"if header :is :contains \"a\" \"b\" {}",
       "error 1:15: encountered ':contains' beside ':is' for the header test: they exclude each other"},
      {"if header :is :is \"a\" \"b\" {}", "error 1:15: encountered duplicate ':is' for the header test"},
      {"if header :si \"a\" \"b\" {}",
       "error 1:11: unknown tagged argument ':si' for the header test (reported only once at first occurrence)"},
      {"if header :comparator 5 \"a\" \"b\" {}",
       "error 1:11: the :comparator tag for the header test requires a string as parameter"},
      {"if header :comparator \"i;foo\" \"a\" \"b\" {}",
       "error 1:23: unknown comparator 'i;foo'; expected i;octet, i;ascii-casemap, i;ascii-numeric or "
       "i;unicode-casemap"},
      {"if header :comparator \"i;ascii-numeric\" \"a\" \"b\" {}",
       "error 1:23: unknown comparator 'i;ascii-numeric' without the capability \"comparator-i;ascii-numeric\""},
      {"require \"comparator-i;ascii-numeric\"; if header :contains :comparator \"i;ascii-numeric\" \"a\" \"b\" {}",
       "error 1:71: the specified i;ascii-numeric comparator does not support sub-string matching as required by the "
       ":contains match type"},
      {"require \"relational\"; if header :value \"more\" \"a\" \"b\" {}",
       "error 1:40: 'more' is no relation; expected gt, ge, lt, le, eq or ne"},
      {"if address \"subject\" \"b\" {}",
       "error 1:12: specified header 'subject' is not allowed for the address test: it holds no addresses"},
      {"if size 10 {}", "error 1:9: the size test requires 0 positional argument(s), but 1 is specified"},
      {"if size {}", "error 1:4: the test 'size' needs ':over' or ':under' and a number"},
      {"redirect \"no address\";",
       "error 1:10: specified redirect address 'no address' is invalid; expected local-part@domain"},
      {"require \"regex\"; if header :regex \"a\" \"(\" {}",
       "error 1:39: the regular expression '(' cannot be used: Unmatched ( or \\("},
      {"require \"regex\"; if header :regex \"a\" \"(a)\\\\1\" {}",
       "error 1:39: the regular expression '(a)\\1' cannot be used: it has a back-reference, which POSIX extended "
       "expressions do not know"},
      {"require \"regex\"; if header :regex \"a\" \"(a{200}){200}\" {}",
       "error 1:39: the regular expression '(a{200}){200}' cannot be used: its repetitions multiply to more than 255"},
      {"require \"date\"; if date \"date\" \"foo\" \"b\" {}", "implicit keep"},
      {"require \"date\"; if date :zone \"+9999\" \"date\" \"year\" \"b\" {}", "implicit keep"},
      {"require [\"index\", \"date\"]; if header :last \"a\" \"b\" {}",
       "error 1:38: the :last tag cannot be specified without the :index tag"},
      {"require \"index\"; if header :index 0 \"a\" \"b\" {}",
       "error 1:28: the :index tag cannot be zero; fields count from 1"},
      {"require \"envelope\"; if envelope \"body\" \"b\" {}",
       "error 1:33: specified envelope part 'body' is not supported by the envelope test; expected \"from\", \"to\", "
       "\"orig_to\" or \"auth\""},
      {"require \"vacation\"; vacation :from \"nobody\" \"x\";",
       "error 1:36: 'nobody' is no address; expected local-part@domain"},
      {"require [\"fileinto\", \"encoded-character\"]; fileinto \"a${hex:ff}\";",
       "error 1:53: fileinto command: invalid folder name `a\\xff' specified: it is not valid UTF-8"},
  };
  for (const Case& c : cases) EXPECT_EQ(decide(c.script), c.expected) << c.script;
}

TEST(SieveDiagnostics, FolderNamesThatCannotBeAreSeenAtRunTime) {
  EXPECT_EQ(decide("require \"fileinto\"; fileinto \"\";"), "fileinto \"INBOX\"");
  EXPECT_EQ(decide("require \"fileinto\"; fileinto \"a\tb\";"),
            "run-time error 1: the mailbox name 'a\\x09b' cannot be used: it has control characters; implicit keep");
}

TEST(SieveDiagnostics, AllFaultsOfOneScript) {
  EXPECT_EQ(decide("require [\"foo\", \"fileinto\"];\nkepe;\nif header :si \"a\" \"b\" { fileinto 5; }\nstop stop;\n"
                   "redirect \"x\";\n"),
            "error 1:10: require: unknown Sieve capability \"foo\"; error 2:1: unknown command 'kepe' (only reported "
            "once at first occurrence); error 3:11: unknown tagged argument ':si' for the header test (reported only "
            "once at first occurrence); "
            "error 3:34: the fileinto command expects a string as argument 1, but a number was found; error 4:6: the "
            "stop command accepts no sub-tests, but tests are specified: 'stop'; error 5:10: specified redirect "
            "address 'x' is invalid; expected local-part@domain");
}

TEST(SieveDiagnostics, HintsAndSourceLine) {
  const auto script = compile("# top\nrequire \"fileinto\";\nfilinto \"A\";\n", "a.sieve");
  ASSERT_FALSE(script.has_value());
  ASSERT_EQ(script.error().size(), 1U);
  const Diagnostic found = script.error().front();
  EXPECT_EQ(found.at, (SourcePosition{"a.sieve", 3, 1}));
  EXPECT_EQ(found.source_line, "filinto \"A\";");
  EXPECT_EQ(found.hint, "did you mean 'fileinto'?");
  const auto no_require = compile("fileinto \"A\";", "a.sieve");
  ASSERT_FALSE(no_require.has_value());
  EXPECT_EQ(no_require.error().front().hint, "add at the top: require [\"fileinto\"];");
}

TEST(SieveDiagnostics, Limits) {
  Setting setting;
  std::string deep;
  std::string deep_not;
  for (int level = 0; level < 40; ++level) deep += "if true { ";
  for (int level = 0; level < 40; ++level) deep += "}";
  for (int level = 0; level < 100'000; ++level) deep_not += "not ";
  EXPECT_EQ(decide(deep, setting), "error 1:319: cannot nest command blocks deeper than 32 levels");
  EXPECT_EQ(decide("if " + deep_not + "true {}"), "error 1:128: cannot nest tests deeper than 32 levels");
  setting.options.limits.script_octets_max = 10;
  EXPECT_EQ(decide("keep; keep; keep;", setting), "error 0:0: sieve script is too large (17 octets, max 10)");
  setting.options.limits = {};
  setting.options.limits.diagnostics_max = 2;
  EXPECT_EQ(decide("a; b; c; d;", setting),
            "error 1:1: unknown command 'a' (only reported once at first occurrence); error 1:4: unknown command 'b' "
            "(only reported once at first occurrence); error 0:0: 2 more findings are not listed");
  setting.options.enabled.erase(Extension::fileinto);
  EXPECT_EQ(decide("require \"fileinto\";", setting),
            "error 1:9: require: unknown Sieve capability \"fileinto\": it is switched off here");
}

}  // namespace
}  // namespace watershed::sieve
