// See tag_expression.hpp. Recursive descent: or-expression, and-expression, not, parentheses, tag.
#include "harness/suite/tag_expression.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

namespace watershed::harness {

namespace {

constexpr int depth_max = 100;

std::vector<std::string> words_of(std::string_view expression) {
  std::vector<std::string> words;
  std::string word;
  const auto end_word = [&] {
    if (!word.empty()) words.push_back(std::move(word));
    word.clear();
  };
  for (const char c : expression) {
    if (c == ' ' || c == '\t' || c == '(' || c == ')') end_word();
    if (c == '(' || c == ')') words.emplace_back(1, c);
    if (c != ' ' && c != '\t' && c != '(' && c != ')') word += c;
  }
  end_word();
  return words;
}

class Parser {
 public:
  Parser(std::vector<std::string> words, std::span<const std::string> tags) : words_(std::move(words)), tags_(tags) {}

  Result<bool, Error> parse() {
    const auto value = any_of(0);
    if (value && at_ < words_.size()) return Error{fmt::format("'{}' is not expected here", words_[at_])};
    return value;
  }

 private:
  bool take(std::string_view word) {
    if (at_ >= words_.size() || words_[at_] != word) return false;
    ++at_;
    return true;
  }

  Result<bool, Error> any_of(int depth) {
    auto value = all_of(depth);
    while (value && take("or")) {
      const auto other = all_of(depth);
      if (!other) return other;
      value = *value || *other;
    }
    return value;
  }

  Result<bool, Error> all_of(int depth) {
    auto value = one(depth);
    while (value && take("and")) {
      const auto other = one(depth);
      if (!other) return other;
      value = *value && *other;
    }
    return value;
  }

  Result<bool, Error> one(int depth) {
    if (depth > depth_max) return Error{"the expression is nested too deeply"};
    if (take("not")) {
      const auto value = one(depth + 1);
      if (!value) return value;
      return !*value;
    }
    if (take("(")) {
      const auto value = any_of(depth + 1);
      if (value && !take(")")) return Error{"a ')' is missing"};
      return value;
    }
    if (at_ >= words_.size()) return Error{"a tag is missing at the end"};
    const std::string& word = words_[at_++];
    if (word == ")" || word == "and" || word == "or") return Error{fmt::format("'{}' is not expected here", word)};
    return std::find(tags_.begin(), tags_.end(), word) != tags_.end();
  }

  std::vector<std::string> words_;
  std::span<const std::string> tags_;
  std::size_t at_ = 0;
};

}  // namespace

Result<bool, Error> matches_tags(std::string_view expression, std::span<const std::string> tags) {
  std::vector<std::string> words = words_of(expression);
  if (words.empty()) return true;
  return Parser(std::move(words), tags).parse();
}

}  // namespace watershed::harness
