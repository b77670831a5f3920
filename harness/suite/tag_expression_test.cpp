// Tag expressions select as they read.
#include "harness/suite/tag_expression.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace watershed::harness {
namespace {

TEST(TagExpression, SelectsAsItReads) {
  const std::vector<std::string> tags = {"robots", "load"};
  const std::pair<const char*, bool> cases[] = {
      {"", true},
      {"robots", true},
      {"people", false},
      {"not people", true},
      {"robots and load", true},
      {"robots and not load", false},
      {"people or load", true},
      {"people or robots and not load", false},
      {"(people or robots) and load", true},
      {"not (people or slow)", true},
      {"not not robots", true},
  };
  for (const auto& [expression, expected] : cases) {
    const auto got = matches_tags(expression, tags);
    ASSERT_TRUE(got) << expression << ": " << got.error().message;
    EXPECT_EQ(*got, expected) << expression;
  }
}

TEST(TagExpression, WhatCannotBeReadIsAnError) {
  for (const char* expression : {"and", "robots and", "(robots", "robots)", "robots load", "not", "()"}) {
    EXPECT_FALSE(matches_tags(expression, {})) << expression;
  }
  EXPECT_FALSE(matches_tags(std::string(100'000, '('), {})) << "nested without end";
}

}  // namespace
}  // namespace watershed::harness
