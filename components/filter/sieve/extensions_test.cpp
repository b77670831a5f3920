// Variables, encoded characters, flags, dates. RFC 5229, RFC 5228 §2.4.2.4, RFC 5232, RFC 5260.
#include "components/filter/sieve/test_support.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace watershed::sieve {
namespace {

using test::captured;
using test::check;
using test::decide;
using test::Setting;

struct Case {
  std::string_view given;
  std::string_view expected;
};

std::string filed(std::string_view commands, std::string_view mailbox, const Setting& setting = {}) {
  return decide("require [\"fileinto\", \"variables\", \"regex\", \"encoded-character\"]; " + std::string(commands) +
                    " fileinto \"" + std::string(mailbox) + "\";",
                setting);
}

TEST(SieveVariables, SetAndModifiers) {
  const std::vector<Case> cases = {
      {"set \"a\" \"b\"; set \"A\" \"c${a}\";", "fileinto \"cb\""},
      {"set :upper \"a\" \"aé\";", "fileinto \"Aé\""},
      {"set :lower \"a\" \"ABC\";", "fileinto \"abc\""},
      {"set :upperfirst :lower \"a\" \"aBC\";", "fileinto \"Abc\""},
      {"set :lower :upperfirst \"a\" \"aBC\";", "fileinto \"Abc\""},
      {"set :lowerfirst :upper \"a\" \"abc\";", "fileinto \"aBC\""},
      {"set :length \"a\" \"é€x\";", "fileinto \"3\""},
      {"set :quotewildcard \"a\" \"a*?\\\\\";", "fileinto \"a\\*\\?\\\\\""},
      {"set :quoteregex \"a\" \"a.b\";", "fileinto \"a\\.b\""},
      {"set :length :quotewildcard \"a\" \"*\";", "fileinto \"2\""},
      {"set :length \"a\" \"x\ny\";", "fileinto \"4\""},            // line ends are CRLF
      {"set :length \"a\" text:\nx\n..y\n.\n;", "fileinto \"7\""},  // and dots are unstuffed
      {"if string :matches \"one two\" \"* *\" {} set \"a\" \"${2}${1}${0}${3}\";", "fileinto \"twooneone two\""},
      // A failed match leaves the values of the last one.
      {"if string :matches \"one\" \"o*\" {} if string :matches \"x\" \"y*\" {} set \"a\" \"${1}\";",
       "fileinto \"ne\""},
      {"set \"a\" \"${hex:41 42}${unicode: e9 20AC}${hex:4x}${hex:}$${hex:24}\";",
       "fileinto \"ABé€${hex:4x}${hex:}$$\""},
      // RFC 5228 §2.4.2.4: its own example; leading zeros are no limit.
      {"set \"a\" \"${UnICoDE:0000040}${unicode:00000000000000041}${hex:400}\";", "fileinto \"@A${hex:400}\""},
      {"set \"a\" \"$ ${} ${a b} ${${A}} {a}\";", "fileinto \"$ ${} ${a b} ${} {a}\""},
  };
  for (const Case& c : cases) EXPECT_EQ(filed(c.given, "${a}"), c.expected) << c.given;
  EXPECT_EQ(filed("set \"r\" \"^c(a|o)f\"; if header :regex \"subject\" \"${r}\" {}", "${1}"), "fileinto \"a\"");
  EXPECT_EQ(filed("set \"h\" \"Subject\"; if header :matches \"${h}\" \"* folded*\" {}", "${1}"), "fileinto \"café\"");
  EXPECT_EQ(decide("require \"fileinto\"; fileinto \"${a}\";"), "fileinto \"${a}\"");
}

TEST(SieveVariables, Faults) {
  const std::vector<Case> cases = {
      {"set \"1a\" \"x\";", "error 1:70: invalid variable name '1a'; expected letters, digits and '_', no digit first"},
      {"set \"a.b\" \"x\";",
       "error 1:70: invalid variable name 'a.b'; expected letters, digits and '_', no digit first"},
      {"set \"a\" \"${x.y}\";", "error 1:74: referring to variable in unknown namespace 'x': '${x.y}'"},
      {"set \"a\" \"${99}\";", "error 1:74: the match value ${99} is over the limit; expected at most ${32}"},
      {"set :upper :lower \"a\" \"x\";",
       "error 1:70: modifiers :lower and :upper specified for the set command conflict having equal precedence"},
      {"set \"a\" \"${unicode:d800}\";",
       "error 1:74: this string has an encoded character that cannot be: U+D800 is no character"},
      {"set \"a\" \"${unicode:200000}\";",
       "error 1:74: this string has an encoded character that cannot be: U+200000 is no character"},
      {"set \"a\" \"${unicode:123456789abcdef}\";",
       "error 1:74: this string has an encoded character that cannot be: U+FFFFFFFF is no character"},
      {"set \"r\" \"(\";\nif header :regex \"subject\" \"${r}\" {}",
       "run-time error 2: the regular expression '(' cannot be used: Unmatched ( or \\(; implicit keep"},
  };
  for (const Case& c : cases) EXPECT_EQ(filed(c.given, "x"), c.expected) << c.given;
}

TEST(SieveVariables, Limits) {
  Setting setting;
  setting.options.limits.variable_value_octets_max = 4;
  EXPECT_EQ(filed("set \"a\" \"abc€d\";", "${a}", setting), "fileinto \"abc\"");
  // Doubling stops at the limit instead of filling the memory.
  std::string doubling = "set \"a\" \"0123456789\";";
  for (int round = 0; round < 40; ++round) doubling += "set \"a\" \"${a}${a}\";";
  EXPECT_EQ(filed(doubling + "set :length \"a\" \"${a}\";", "${a}"), "fileinto \"4096\"");
  setting.options.limits.variables_max = 1;
  EXPECT_EQ(filed("set \"a\" \"x\"; set \"b\" \"x\";", "x", setting),
            "error 1:83: more than 1 variables in one script");
}

TEST(SieveFlags, ListsAndActions) {
  const auto flagged = [](std::string_view commands) {
    return decide("require [\"fileinto\", \"variables\", \"imap4flags\", \"copy\"]; " + std::string(commands));
  };
  const std::vector<Case> cases = {
      {"addflag [\"\\\\Seen\", \"foo bar\", \"\\\\seen\"]; keep;", "keep :flags [\\Seen foo bar]"},
      {"setflag \"a\"; setflag \"b c\"; removeflag \"B\";", "implicit keep :flags [c]"},
      {"setflag \"a\"; fileinto :flags \"\" \"x\"; fileinto \"y\";", "fileinto \"x\"; fileinto \"y\" :flags [a]"},
      {"fileinto :flags \"x\" \"a\"; fileinto :flags \"y\" \"a\";", "fileinto \"a\" :flags [y]"},
      {"setflag \"a\"; fileinto :copy \"x\"; setflag \"b\";",
       "fileinto :copy \"x\" :flags [a]; implicit keep :flags [b]"},
      {"setflag \"v\" [\"a\", \"b c\"]; addflag \"V\" \"A d\"; removeflag \"v\" \"b\"; fileinto \"${v}\";",
       "fileinto \"a c d\""},
      {"addflag \"\\\\bogus a(b \\\\Recent ok\"; keep;", "keep :flags [ok]"},
      {"setflag \"a b\"; if hasflag \"b A\" { discard; }", "discard"},
      {"setflag \"a b\"; if hasflag :contains \"zz B\" { discard; }", "discard"},
      {"setflag \"v\" \"q\"; if hasflag [\"w\", \"v\"] \"Q\" { discard; }", "discard"},
      {"setflag \"v\" \"q\"; if hasflag \"q\" { discard; }", "implicit keep"},
      {"if string :matches \"a foo\" \"* *\" { if hasflag \"2\" \"foo\" { discard; } }", "discard"},
      {"addflag \"2\" \"foo\";", "error 1:66: cannot assign to match variable '2'"},
  };
  for (const Case& c : cases) EXPECT_EQ(flagged(c.given), c.expected) << c.given;
  EXPECT_EQ(check("hasflag :count \"eq\" :comparator \"i;ascii-numeric\" \"0\""), "yes");
  EXPECT_EQ(decide("require \"imap4flags\"; addflag \"v\" \"a\";"),
            "error 1:23: naming a variable for flags needs the capability \"variables\"");
}

TEST(SieveDate, Parts) {
  const std::vector<Case> cases = {
      {"date :originalzone :matches \"date\" \"std11\" \"*\"", "[Thu, 19 Nov 2026 23:15:00 -0500|]"},
      {"date :matches \"date\" \"iso8601\" \"*\"", "[2026-11-20T04:15:00Z|]"},
      {"date :zone \"+0530\" :matches \"received\" \"iso8601\" \"*\"", "[2026-11-20T10:45:00+05:30|]"},
      {"date :originalzone :matches \"received\" \"zone\" \"*\"", "[+0100|]"},
      {"date :zone \"-0030\" :matches \"date\" \"zone\" \"*\"", "[-0030|]"},
      {"date :matches \"date\" \"julian\" \"*\"", "[61364|]"},
      {"date :matches \"date\" \"weekday\" \"*\"", "[5|]"},
      {"date :originalzone :matches \"date\" \"time\" \"*\"", "[23:15:00|]"},
      {"date :matches \"date\" \"date\" \"*\"", "[2026-11-20|]"},
      {"date :matches \"subject\" \"year\" \"*\"", "no"},
      {"date :matches \"date\" \"YEAR\" \"*\"", "[2026|]"},
      {"currentdate :matches \"std11\" \"*\"", "[Wed, 18 Nov 2026 11:06:40 +0000|]"},
      {"currentdate :zone \"-1200\" :matches \"date\" \"*\"", "[2026-11-17|]"},
  };
  for (const Case& c : cases) EXPECT_EQ(captured(c.given), c.expected) << c.given;
  Setting vienna;
  vienna.zone_minutes = 60;
  EXPECT_EQ(captured("date :matches \"date\" \"time\" \"*\"", vienna), "[05:15:00|]");
  EXPECT_EQ(captured("currentdate :matches \"iso8601\" \"*\"", vienna), "[2026-11-18T12:06:40+01:00|]");
  EXPECT_EQ(check("currentdate :value \"ge\" \"date\" \"2026-11-18\""), "yes");
  EXPECT_EQ(check("currentdate :value \"gt\" \"date\" \"2026-11-18\""), "no");
}

}  // namespace
}  // namespace watershed::sieve
