// A table of rules must decide as the rules one by one do.
#include "components/filter/sieve/test_support.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace watershed::sieve {
namespace {

std::string rules(std::string_view between) {
  std::string source = "require [\"fileinto\", \"imap4flags\"];\n";
  const char* const keys[] = {"4", "[\"17\", \"4\"]", "nope", "CAF\u00c9 FOLDED line", "17"};
  for (int rule = 0; rule < 20; ++rule) {
    const std::string key = keys[rule % 5][0] == '[' ? keys[rule % 5] : "\"" + std::string(keys[rule % 5]) + "\"";
    source += fmt::format("if header :is {} [\"X-Number\", \"subject\"] {} {{ addflag \"f{}\"; }}\n",
                          rule % 2 == 0 ? ":comparator \"i;octet\"" : "", key, rule);
    source += between;
  }
  return source + "keep;";
}

TEST(SieveRuleTable, DecidesAsSingleRulesDo) {
  const std::string one_by_one = test::decide(rules("if size :over 1G { stop; }\n"));
  EXPECT_EQ(test::decide(rules("")), one_by_one);
  EXPECT_NE(one_by_one.find(" f1 "), std::string::npos) << one_by_one;
}

// Rules of every kind that a table knows, with side effects that show which ran, in what order and with which match
// values. `rule_of_two` puts each two rules into a block of their own, below what makes a table.
std::string mixed_rules(bool rule_of_two) {
  std::vector<std::string> tests;
  const std::vector<std::string> names = {"\"subject\"", "[\"x-number\", \"SUBJECT\"]", "\"x-empty\"", "\"nope\""};
  const std::vector<std::string> keys = {
      "\"4\"", "\"\"",  "[\"nope\", \"FOLD\"]", "\"line\"", "\"caf\u00c9 folded line\"",
      "\"e\"", "\"*\"", "\"*fol?ed*\"",         "\"?\"",    "\"*d l*\"",
      "\"1*\""};
  const std::vector<std::string> parts = {"", ":localpart", ":domain", ":user", ":detail"};
  const std::vector<std::string> addresses = {"\"autodrm@CTBTO.int\"", "\"q.n\"", "\"*int\"", "\"\"",
                                              "\"station.example\""};
  for (const char* match : {":is", ":contains", ":matches", ":matches :comparator \"i;octet\"",
                            ":contains :comparator \"i;unicode-casemap\"", ":is :comparator \"i;octet\""}) {
    for (const std::string& name : names) {
      for (const std::string& key : keys) tests.push_back(fmt::format("header {} {} {}", match, name, key));
    }
    for (const std::string& part : parts) {
      for (const std::string& key : addresses) {
        tests.push_back(fmt::format("address {} {} [\"to\", \"from\"] {}", match, part, key));
      }
    }
  }
  std::string source =
      "require [\"variables\", \"fileinto\", \"subaddress\", \"comparator-i;unicode-casemap\"];\nset \"n\" \"\";\n";
  const auto rule = [&](const std::string& test, std::size_t number) {
    source += fmt::format("if {} {{ set \"n\" \"${{n}} {}[${{1}}]\"; }}\n", test, number);
    if (rule_of_two) source += "} if true {\n";
  };
  if (rule_of_two) source += "if true {\n";
  for (std::size_t number = 0; number < tests.size(); ++number) {
    const std::string& other = tests[(number * 7 + 3) % tests.size()];
    rule(fmt::format("allof({}, {})", tests[number], other), number);
    rule("true", number);  // shows match values that the test before left
    rule(tests[number], number);
    rule(fmt::format("anyof({}, {})", tests[number], other), number);
    rule(fmt::format("not {}", tests[number]), number);
    rule(fmt::format("{} {{ set \"n\" \"${{n}}!\"; }} elsif {}", tests[number], other), number);
    if (number % 20 == 0) source += "fileinto \"${n}\"; set \"n\" \"\";\n";
  }
  if (rule_of_two) source += "}\n";
  return source + "fileinto \"${n}\";\n";
}

TEST(SieveRuleTable, DecidesAsSingleRulesDoWhateverTheTests) {
  const std::string one_by_one = test::decide(mixed_rules(true));
  EXPECT_TRUE(one_by_one.starts_with("fileinto \"")) << one_by_one;
  EXPECT_EQ(test::decide(mixed_rules(false)), one_by_one);
  test::Setting long_values;
  long_values.message = "Subject: " + std::string(9000, 'e') + " folded line\r\nTo: nobody\r\nFrom:\r\n\r\n";
  EXPECT_EQ(test::decide(mixed_rules(false), long_values), test::decide(mixed_rules(true), long_values));
}

TEST(SieveRuleTable, StopsWhereARuleStops) {
  std::string source = "require \"fileinto\";\n";
  for (int rule = 0; rule < 20; ++rule) {
    source +=
        fmt::format("if header \"x-number\" \"{}\" {{ fileinto \"{}\"; {} }}\n", rule, rule, rule == 4 ? "stop;" : "");
  }
  EXPECT_EQ(test::decide(source), "fileinto \"4\"");
}

}  // namespace
}  // namespace watershed::sieve
