// A table of rules must decide as the rules one by one do.
#include "components/filter/sieve/test_support.hpp"

#include <gtest/gtest.h>

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
