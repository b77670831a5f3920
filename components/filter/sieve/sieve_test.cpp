// The core language: control, actions, tests, match types. RFC 5228, 3894, 5231, 5233, 5260 §6, 5429, 5490.
#include "components/filter/sieve/test_support.hpp"

#include <gmock/gmock.h>
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

TEST(Sieve, Control) {
  const std::vector<Case> cases = {
      {"", "implicit keep"},
      {"keep;", "keep"},
      {"discard;", "discard"},
      {"discard; keep;", "discard; keep"},
      {"require \"fileinto\"; if false { keep; } elsif true { fileinto \"A\"; } else { fileinto \"B\"; }",
       "fileinto \"A\""},
      {"require \"fileinto\"; if false { keep; } elsif false { keep; } else { fileinto \"B\"; }", "fileinto \"B\""},
      {"require \"fileinto\"; if true { stop; } fileinto \"A\";", "implicit keep"},
      {"require \"fileinto\"; fileinto \"A\"; if true { if true { stop; } } fileinto \"B\";", "fileinto \"A\""},
      {"require \"fileinto\"; if allof (true, not false, anyof (false, true)) { fileinto \"A\"; }", "fileinto \"A\""},
      {"if anyof (false, false) { discard; }", "implicit keep"},
      {"if allof (true, false) { discard; }", "implicit keep"},
      {"# comment\nIF /* in */ TRUE { KEEP; } /* * / */", "keep"},
  };
  for (const Case& c : cases) EXPECT_EQ(decide(c.given), c.expected) << c.given;
}

TEST(Sieve, ActionsMergeAndConflict) {
  const std::vector<Case> cases = {
      {"require \"fileinto\"; fileinto \"A\"; fileinto \"A\"; keep; fileinto \"inbox\"; keep;", "fileinto \"A\"; keep"},
      {"require [\"fileinto\", \"copy\"]; fileinto :copy \"A\";", "fileinto :copy \"A\"; implicit keep"},
      {"require [\"fileinto\", \"copy\"]; fileinto :copy \"A\"; fileinto \"A\";", "fileinto \"A\""},
      {"require [\"fileinto\", \"copy\"]; redirect :copy \"a@b.example\"; discard;",
       "redirect :copy a@b.example; discard"},
      {"redirect \"a@b.example\"; redirect \"Name <a@B.EXAMPLE>\"; redirect \"<c@b.example>\";",
       "redirect a@b.example; redirect c@b.example"},
      {"require \"reject\"; reject \"no\";", "reject \"no\""},
      {"require \"ereject\"; ereject \"no\";", "ereject \"no\""},
      {"require \"reject\"; discard; reject \"no\";", "discard; reject \"no\""},
      {"require \"reject\"; keep;\nreject \"no\";",
       "run-time error 2: a message cannot be both rejected and delivered (line 1); implicit keep"},
      {"require [\"reject\", \"fileinto\"]; reject \"no\";\nfileinto \"A\";",
       "run-time error 2: a message cannot be both rejected and delivered (line 1); implicit keep"},
      {"require [\"reject\", \"ereject\"]; reject \"no\"; ereject \"no\";",
       "run-time error 1: the message was rejected already (line 1); implicit keep"},
      {"redirect \"1@b.example\"; redirect \"2@b.example\"; redirect \"3@b.example\"; redirect \"4@b.example\";\n"
       "redirect \"5@b.example\";",
       "run-time error 2: more than 4 redirects for one message; implicit keep"},
      {"require [\"mailbox\", \"fileinto\"]; fileinto :create \"A\";", "fileinto :create \"A\""},
      // RFC 5228 §2.10.6: what was decided before an error is not done.
      {"require [\"fileinto\", \"variables\"]; fileinto \"A\"; set \"x\" \"no address\";\nredirect \"${x}\";",
       "run-time error 2: 'no address' is no address to redirect to; implicit keep"},
  };
  for (const Case& c : cases) EXPECT_EQ(decide(c.given), c.expected) << c.given;
}

TEST(Sieve, PlacesAndTrail) {
  const auto script =
      compile("require \"fileinto\";\nif false {\n keep;\n} elsif true {\n fileinto \"A\";\n}\nif false { discard; }\n",
              "a.sieve");
  ASSERT_TRUE(script.has_value());
  const Outcome outcome = test::run(*script, {});
  ASSERT_EQ(outcome.actions.size(), 1U);
  EXPECT_EQ(outcome.actions[0].at, (SourcePosition{"a.sieve", 5, 2}));
  EXPECT_FALSE(outcome.implicit_keep);
  std::vector<std::string> taken;
  for (const std::uint32_t number : outcome.taken) {
    const CommandPlace& place = script->commands()[number];
    taken.push_back(fmt::format("{}:{}", place.name, place.line));
  }
  EXPECT_THAT(taken, testing::ElementsAre("elsif:4", "fileinto:5"));
  std::vector<std::string> all;
  for (const CommandPlace& place : script->commands()) all.push_back(fmt::format("{}:{}", place.name, place.line));
  EXPECT_THAT(all, testing::ElementsAre("if:2", "keep:3", "elsif:4", "fileinto:5", "if:7", "discard:7"));
}

TEST(Sieve, HeaderTests) {
  const std::vector<Case> cases = {
      {"header \"subject\" \"CAFé folded  line\"", "yes"},
      {"header :comparator \"i;octet\" \"subject\" \"CAFé folded  line\"", "no"},
      {"header :contains \"subject\" \"é FOLD\"", "yes"},
      {"header :contains \"x-missing\" \"\"", "no"},
      {"header :contains \"x-empty\" \"\"", "yes"},
      {"header :is \"x-empty\" \"\"", "yes"},
      {"header :is [\"from\", \"x-number\"] [\"1\", \"4\"]", "yes"},
      {"not header \"x-number\" \"17\"", "no"},
      {"header :value \"gt\" :comparator \"i;ascii-numeric\" \"x-number\" \"16\"", "yes"},
      {"header :value \"gt\" :comparator \"i;ascii-numeric\" \"x-number\" \"17\"", "no"},
      {"header :value \"gt\" \"x-number\" \"16\"", "yes"},
      {"header :count \"eq\" :comparator \"i;ascii-numeric\" \"x-number\" \"2\"", "yes"},
      {"header :count \"eq\" :comparator \"i;ascii-numeric\" [\"x-number\", \"x-empty\", \"none\"] \"3\"", "yes"},
      {"header :index 1 \"x-number\" \"4\"", "no"},
      {"header :index 2 \"x-number\" \"4\"", "yes"},
      {"header :index 1 :last \"x-number\" \"4\"", "yes"},
      {"header :index 3 :matches \"x-number\" \"*\"", "no"},
      {"exists [\"from\", \"X-EMPTY\"]", "yes"},
      {"exists [\"from\", \"none\"]", "no"},
      {"header :regex \"subject\" \"^CAF.+line$\"", "yes"},
      {"header :regex :comparator \"i;octet\" \"subject\" \"^CAF\"", "no"},
      {"header :regex \"x-number\" [\"^a\", \"^[[:digit:]]{2}$\"]", "yes"},
      {"string :is :comparator \"i;ascii-numeric\" \"05x\" \"5\"", "yes"},
      {"string :is :comparator \"i;ascii-numeric\" \"abc\" \"xyz\"", "yes"},
      {"string :value \"gt\" :comparator \"i;ascii-numeric\" \"abc\" \"99999999999999999999999\"", "yes"},
      {"string :value \"gt\" :comparator \"i;ascii-numeric\" \"100000000000000000000\" \"99999999999999999999\"",
       "yes"},
      {"string :value \"lt\" \"A_\" \"aB\"", "no"},  // a-z become A-Z, and '_' is behind 'Z'
      {"string :value \"lt\" :comparator \"i;octet\" \"A_\" \"aB\"", "yes"},
  };
  for (const Case& c : cases) EXPECT_EQ(check(c.given), c.expected) << c.given;
}

TEST(Sieve, AddressTests) {
  const std::vector<Case> cases = {
      {"address \"from\" \"OP@station.example\"", "yes"},
      {"address :localpart \"to\" \"q.n\"", "yes"},
      {"address :domain \"to\" [\"nowhere.example\", \"ctbto.int\"]", "yes"},
      {"address :contains \"to\" \"robots\"", "no"},
      {"address :contains \"to\" \"Quoted\"", "no"},
      {"address :count \"eq\" :comparator \"i;ascii-numeric\" \"to\" \"2\"", "yes"},
      {"envelope \"from\" \"op@station.example\"", "yes"},
      {"envelope :user \"to\" \"autodrm\"", "yes"},
      {"envelope :detail \"to\" \"test\"", "yes"},
      {"envelope :localpart \"to\" \"autodrm+test\"", "yes"},
      // RFC 5233 §4: no separator, no detail, which is not the empty detail.
      {"envelope :detail :contains \"from\" \"\"", "no"},
      {"envelope :user \"from\" \"op\"", "yes"},
  };
  for (const Case& c : cases) EXPECT_EQ(check(c.given), c.expected) << c.given;

  Setting bounce;
  bounce.reverse_path = "<>";
  EXPECT_EQ(check("envelope \"from\" \"\"", bounce), "yes");
  EXPECT_EQ(check("envelope :domain \"from\" \"\"", bounce), "yes");
  EXPECT_EQ(check("envelope :contains \"from\" \"@\"", bounce), "no");
}

TEST(Sieve, BrokenAddressFields) {
  Setting setting;
  setting.message =
      "To: group: a@b.example, \"Q, N\" <q@c.example>; , broken <x@y, z@w.example (co(mm)ent), "
      "@r.example:s@t.example,\r\n"
      " <@r1.example,@r2.example:u@v.example>, \"in quotes\"@w.example\r\n"
      "Cc: not an address\r\nBcc:\r\n\r\n";
  const std::vector<Case> cases = {
      {"address \"to\" \"a@b.example\"", "yes"},
      {"address \"to\" \"q@c.example\"", "yes"},
      {"address \"to\" \"z@w.example\"", "yes"},
      {"address :domain \"to\" \"y\"", "no"},
      {"address \"to\" \"u@v.example\"", "yes"},
      {"address :localpart \"to\" \"in quotes\"", "yes"},
      {"address \"cc\" \"not an address\"", "yes"},
      {"address :localpart :contains \"cc\" \"\"", "no"},
      {"address :contains \"bcc\" \"\"", "yes"},
      {"address :domain :is \"bcc\" \"\"", "yes"},
      {"address :detail :contains \"bcc\" \"\"", "yes"},
      {"address :count \"eq\" :comparator \"i;ascii-numeric\" [\"bcc\", \"cc\"] \"2\"", "yes"},
      {"address :detail :count \"eq\" :comparator \"i;ascii-numeric\" \"to\" \"5\"", "yes"},
  };
  for (const Case& c : cases) EXPECT_EQ(check(c.given, setting), c.expected) << c.given;
}

TEST(Sieve, MatchesTakesTheShortest) {
  const std::vector<Case> cases = {
      {"string :matches \"aXbXc\" \"*X*\"", "[a|bXc]"},
      {"string :matches \"abc\" [\"x*\", \"?b*\"]", "[a|c]"},
      {"string :matches \"a*b\" \"a\\\\*b\"", "[|]"},
      {"string :matches \"aXb\" \"a\\\\*b\"", "no"},
      {"string :matches \"\" \"*\"", "[|]"},
      {"string :matches \"X\" \"*?X\"", "no"},  // a known fault of Pigeonhole 0.5.19, not copied
      {"string :matches \"ab\" \"*??\"", "[|a]"},
      {"string :matches \"a\\\\\" \"a\\\\\"", "[|]"},
      {"string :matches \"abab\" \"*ab\"", "[ab|]"},
      {"string :matches \"aab\" \"*ab*\"", "[a|]"},
      {"string :matches \"ab\" \"ab*ab\"", "no"},
      {"string :regex \"abcd\" \"(b)(x)?(c)\"", "[b|]"},
      {"header :matches \"from\" \"* <*>\"", "[Op|op@station.example]"},
      {"address :all :matches \"from\" \"*@*\"", "[op|station.example]"},
  };
  for (const Case& c : cases) EXPECT_EQ(captured(c.given), c.expected) << c.given;
}

TEST(Sieve, SizeIsStrict) {
  Setting setting;
  setting.message = "A: b\r\n\r\n" + std::string(1000 - 8, 'x');
  EXPECT_EQ(check("size :over 1000", setting), "no");
  EXPECT_EQ(check("size :under 1000", setting), "no");
  EXPECT_EQ(check("size :over 999", setting), "yes");
  EXPECT_EQ(check("size :under 1K", setting), "yes");
}

TEST(Sieve, EncodedWordsAndHostileValues) {
  Setting setting;
  setting.message =
      std::string("A: =?iso-8859-1?Q?caf=E9?= =?utf-8?B?w6k=?= x=?utf-8?q?y_z?= end\r\nB: caf\xe9 x\r\nC: a") + '\0' +
      "b\r\nD: =?utf-8*en?Q?lang?= =?utf-8?x?raw?= =?utf-8?q?open\r\nE : spaced\r\n\r\n";
  EXPECT_EQ(captured("header :matches \"a\" \"*\"", setting), "[caféé xy z end|]");
  EXPECT_EQ(captured("header :matches \"b\" \"*\"", setting), "[caf\xEF\xBF\xBD x|]");
  EXPECT_EQ(captured("header :matches \"c\" \"*\"", setting),
            "[a\xEF\xBF\xBD"
            "b|]");
  EXPECT_EQ(captured("header :matches \"d\" \"*\"", setting), "[lang =?utf-8?x?raw?= =?utf-8?q?open|]");
  EXPECT_EQ(captured("header :matches \"e\" \"*\"", setting), "[spaced|]");
}

class OneMailbox final : public MailboxDirectory {
 public:
  bool exists(std::string_view mailbox) const override { return mailbox == "Lists"; }
};

TEST(Sieve, MailboxExists) {
  const OneMailbox mailboxes;
  Setting setting;
  setting.mailboxes = &mailboxes;
  EXPECT_EQ(check("mailboxexists [\"Lists\", \"INBOX\"]", setting), "yes");
  EXPECT_EQ(check("mailboxexists [\"Lists\", \"Other\"]", setting), "no");
  EXPECT_EQ(check("mailboxexists \"Lists\""), "no");
}

TEST(Sieve, RuntimeLimits) {
  Setting setting;
  setting.options.limits.steps_max = 10;
  std::string script;
  for (int line = 0; line < 20; ++line) script += "if exists \"x\" { keep; }\n";
  EXPECT_EQ(decide(script, setting), "run-time error 6: more than 10 steps for one message; implicit keep");
  setting.options.limits = {};
  setting.options.limits.actions_max = 2;
  EXPECT_EQ(decide("require \"fileinto\"; fileinto \"A\"; fileinto \"B\"; fileinto \"C\";", setting),
            "run-time error 1: more than 2 actions for one message; implicit keep");
}

}  // namespace
}  // namespace watershed::sieve
