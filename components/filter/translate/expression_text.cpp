// Expressions taken apart as text: literals, groups, alternatives, and their POSIX form. See sieve_test.hpp.
#include "components/filter/translate/sieve_test.hpp"

#include <utility>

namespace watershed::rules {

namespace {

constexpr std::string_view magic = "^$.*+?()[|";
constexpr std::string_view no_word = "[^a-zA-Z0-9_]";

bool is_alnum(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

/// The offset behind a class that begins at `at`.
std::size_t class_end(std::string_view text, std::size_t at) {
  ++at;
  if (at < text.size() && text[at] == '^') ++at;
  if (at < text.size()) ++at;
  while (at < text.size() && text[at] != ']') ++at;
  return at + 1;
}

/// No repetition, option or alternative: there is one way to match it from a given place.
bool has_one_way(std::string_view expression) {
  for (std::size_t i = 0; i < expression.size(); ++i) {
    if (expression[i] == '[') {
      i = class_end(expression, i) - 1;
    } else if (expression[i] == '\\') {
      ++i;
    } else if (std::string_view("*+?|").find(expression[i]) != std::string_view::npos) {
      return false;
    }
  }
  return true;
}

}  // namespace

std::optional<std::string> literal_of(std::string_view expression) {
  std::string text;
  for (std::size_t i = 0; i < expression.size(); ++i) {
    if (magic.find(expression[i]) != std::string_view::npos) return std::nullopt;
    if (expression[i] == '\\') {
      if (i + 1 >= expression.size()) return std::nullopt;
      const char next = expression[++i];
      if (next == '/' || next == '<' || next == '>') return std::nullopt;
    }
    text += expression[i];
  }
  return text;
}

std::vector<std::string> alternatives_of(std::string_view expression) {
  std::vector<std::string> found(1);
  int depth = 0;
  for (std::size_t i = 0; i < expression.size(); ++i) {
    const char c = expression[i];
    if (c == '[') {
      const std::size_t end = std::min(class_end(expression, i), expression.size());
      found.back() += expression.substr(i, end - i);
      i = end - 1;
      continue;
    }
    if (c == '\\' && i + 1 < expression.size()) {
      found.back() += expression.substr(i++, 2);
      continue;
    }
    if (c == '(') ++depth;
    if (c == ')') --depth;
    if (c == '|' && depth == 0) {
      found.emplace_back();
      continue;
    }
    found.back() += c;
  }
  return found;
}

std::optional<std::string> group_of(std::string_view expression) {
  if (!expression.starts_with('(') || !expression.ends_with(')')) return std::nullopt;
  int depth = 0;
  for (std::size_t i = 0; i < expression.size(); ++i) {
    const char c = expression[i];
    if (c == '[') {
      i = class_end(expression, i) - 1;
    } else if (c == '\\') {
      ++i;
    } else if (c == '(') {
      ++depth;
    } else if (c == ')' && --depth == 0) {
      if (i + 1 != expression.size()) return std::nullopt;
    }
  }
  return depth == 0 ? std::optional(std::string(expression.substr(1, expression.size() - 2))) : std::nullopt;
}

std::optional<std::string> posix_of(std::string_view expression, int& match_group) {
  std::string out;
  int groups = 0;
  bool is_split = false;
  bool opens_rest = false;
  bool may_repeat = false;
  for (std::size_t i = 0; i < expression.size(); ++i) {
    const char c = expression[i];
    const bool repeats = c == '*' || c == '+' || c == '?';
    if (repeats && !may_repeat) return std::nullopt;  // procmail takes it literally; too odd to go on
    if (c == '[') {
      const std::size_t end = class_end(expression, i);
      if (end > expression.size()) return std::nullopt;
      out += expression.substr(i, end - i);
      i = end - 1;
    } else if (c == '\\') {
      if (i + 1 >= expression.size()) return std::nullopt;
      const char next = expression[++i];
      if (next == '/') {
        if (std::exchange(is_split, true)) return std::nullopt;
        // procmail splits at the first end of the left part, POSIX at its last.
        match_group = has_one_way(expression.substr(0, i - 1)) ? groups + 1 : 0;
        // `\/` before a group that ends the expression is that group; else the rest becomes one.
        if (!group_of(expression.substr(i + 1))) {
          out += '(';
          ++groups;
          opens_rest = true;
        }
        may_repeat = false;
        continue;
      }
      if (next == '<' || next == '>') {
        out += next == '<' ? std::string("(^|") + std::string(no_word) + ")" : "(" + std::string(no_word) + "|$)";
        ++groups;
      } else if (is_alnum(next)) {
        out += next;
      } else {
        out += {'\\', next};
      }
    } else if (c == '{' || c == '}') {
      out += {'\\', c};
    } else if (c == '^' ||
               (c == '$' && i + 1 != expression.size() && expression[i + 1] != ')' && expression[i + 1] != '|')) {
      return std::nullopt;  // a line end within: more than one field
    } else {
      if (c == '(') ++groups;
      out += c;
    }
    may_repeat = !repeats && c != '(' && c != '|';
  }
  if (opens_rest) out += ')';
  return out;
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

std::string quoted_list(const std::vector<std::string>& texts) {
  if (texts.size() == 1) return quoted(texts.front());
  std::string out = "[";
  for (const std::string& one : texts) out += (out.size() > 1 ? ", " : "") + quoted(one);
  return out + "]";
}

}  // namespace watershed::rules
