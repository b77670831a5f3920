// Expectations are what `postconf -xh smtpd_banner` of Postfix 3.7.11 printed for each text.
#include "components/router/postfix/expand.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace watershed::postfix {
namespace {

std::optional<std::string_view> value_of(std::string_view name) {
  static const std::map<std::string, std::string, std::less<>> values = {
      {"a", "$b"}, {"b", ""}, {"x", "X"}, {"n", "$nope"}, {"cy", "$cz"}, {"cz", "$cy"}, {"double", "$x$x$x$x$x$x$x$x"}};
  const auto found = values.find(name);
  if (found == values.end()) return std::nullopt;
  return found->second;
}

struct Case {
  std::string_view text;
  std::string_view expanded;
};

TEST(Expand, GivesWhatPostconfPrints) {
  constexpr Case cases[] = {
      {"plain", "plain"},
      {"$(x)x", "Xx"},
      {"${nope?x}${nope:y}", "y"},
      {"${b? {x} : {y} }", "y"},
      {"${b?{x}:{y}} z", "y z"},
      {"a$$b", "a$b"},
      {"$$x", "$x"},
      {"$a-", "-"},
      {"${a?yes}", "yes"},  // tested unexpanded: a's own value is "$b"
      {"${x?a:b}", "a:b"},
      {"${x?a}b}", "ab}"},
      {"${x ? {a}}", "a"},
      {"${ x}", "X"},
      {"${:a}", "a"},
      {"${x?${x}}", "X"},
      {"${x?{$x$x}:{q}}", "XX"},
      {"$(x?a)", "a"},
      {"$(x?{a}:{b})", "a"},
      {"${{1} == {01} ? {t} : {f}}", "t"},
      {"${{abc} < {abd} ? {t} : {f}}", "t"},
      {"${{10} < {9}?{t}:{f}}", "f"},
      {"${{2}<{10}?{t}:{f}}", "t"},
      {"${{2a}<{10}?{t}:{f}}", "f"},
      {"${{a} == {a}}", "true"},
      {"[${{a}=={b}}]", "[]"},
      {"${{3.10} >=level {3.9} ? {t}:{f}}", "t"},
      {"${{1}==level{1.0}?{t}:{f}}", "t"},
      {"${{$x} == {X} ? {t$x} : {f}}", "tX"},
      {"${{1} != {2}:no}", ""},
      {"${{1} == {1}?yes:no}", "yes:no"},
      {"${{} == {}?{t}:{f}}", "t"},
  };
  for (const Case& each : cases) {
    const auto expanded = expand_references(each.text, value_of);
    ASSERT_TRUE(expanded.has_value()) << each.text << ": " << expanded.error().message;
    EXPECT_EQ(*expanded, each.expanded) << each.text;
  }
}

TEST(Expand, RefusesWhatPostconfRefuses) {
  for (const std::string_view text : {"a$", "$-", "${x", "${}", "${x y}", "${x?{a}b}", "${x?{a}:{b}c}",
                                      "${{1}={1}?a:b}", "${{$b}?{t}:{f}}", "${{1.x}==level{1.0}?{t}:{f}}", "$cy"}) {
    EXPECT_FALSE(expand_references(text, value_of).has_value()) << text;
  }
}

TEST(Expand, GrowthAndDepthAreBounded) {
  const NameLookup doubling = [](std::string_view name) -> std::optional<std::string_view> {
    static const std::vector<std::string> values = [] {
      std::vector<std::string> out;
      for (int level = 0; level < 60; ++level)
        out.push_back("$l" + std::to_string(level + 1) + "$l" + std::to_string(level + 1));
      return out;
    }();
    const auto level = static_cast<std::size_t>(std::stoul(std::string(name.substr(1))));
    if (level >= values.size()) return "xx";
    return values[level];
  };
  EXPECT_FALSE(expand_references("$l0", doubling).has_value());
  EXPECT_FALSE(expand_references(std::string(100'001, '$') + "{", value_of).has_value());
}

TEST(Expand, NamesAreFoundInAllBranches) {
  const std::vector<std::string> names = referenced_names("$a ${b?{$c}:{$d}} ${{$e} == {f} ? {$g} : {h}} $$i");
  EXPECT_EQ(names, (std::vector<std::string>{"a", "b", "c", "d", "e", "g"}));
}

}  // namespace
}  // namespace watershed::postfix
