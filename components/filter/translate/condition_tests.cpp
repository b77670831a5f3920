// Conditions of every kind as Sieve tests, and how tests join. See sieve_test.hpp.
#include "base/text.hpp"
#include "components/filter/procmail/regex.hpp"
#include "components/filter/procmail/scanner.hpp"
#include "components/filter/translate/sieve_test.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::rules {

using procmail::Condition;

namespace {

SieveTest refused(std::string reason, std::string nearest) {
  SieveTest test;
  test.refusal = std::move(reason);
  test.nearest = std::move(nearest);
  return test;
}

SieveTest plain(std::string text) {
  SieveTest test;
  test.text = std::move(text);
  return test;
}

SieveTest joined(std::vector<SieveTest> tests, std::string_view how, std::string_view neutral,
                 std::string_view deciding) {
  SieveTest all;
  std::vector<std::string> texts;
  for (SieveTest& one : tests) {
    if (one.is_refused()) return one;
    all.extensions.merge(one.extensions);
    for (std::string& text : one.assumptions) {
      if (std::find(all.assumptions.begin(), all.assumptions.end(), text) == all.assumptions.end())
        all.assumptions.push_back(std::move(text));
    }
    // Match values are those of the last :regex or :matches.
    const bool sets_values =
        one.text.find(":regex") != std::string::npos || one.text.find(":matches") != std::string::npos;
    if (one.match_group != 0 || sets_values) all.match_group = how == "allof" ? one.match_group : 0;
    if (one.text == deciding) texts.assign(1, std::string(deciding));
    if (one.text != neutral && (texts.size() != 1 || texts.front() != deciding)) texts.push_back(one.text);
  }
  if (texts.empty()) {
    all.text = neutral;
  } else if (texts.size() == 1) {
    all.text = texts.front();
  } else {
    all.text = fmt::format("{} ({})", how, fmt::join(texts, ",\n          "));
  }
  return all;
}

SieveTest body_test(std::string_view expression, bool case_matters) {
  const bool is_line = expression.starts_with('^') && !expression.starts_with("^^");
  const auto text = literal_of(is_line ? expression.substr(1) : expression);
  if (!text) {
    return refused("an expression on the body that is more than a word",
                   "test for the word that matters with body :raw :contains");
  }
  SieveTest test;
  test.extensions.insert("body");
  const std::string with = case_matters ? ":comparator \"i;octet\" " : "";
  if (!is_line) {
    test.text = fmt::format("body :raw :contains {}{}", with, quoted(*text));
    return test;
  }
  test.extensions.insert("regex");
  int group = 0;
  const auto posix = posix_of(expression.substr(1), group);
  test.text = fmt::format("body :raw :regex {}{}", with, quoted("(^|\n)" + *posix));
  return test;
}

/// On a value that is known, or the recipient's local part.
SieveTest variable_test(const Condition& condition, bool case_matters, const KnownValues& known) {
  const auto found = condition.area == "LOGNAME" ? known.end() : known.find(condition.area);
  const bool is_recipient = condition.area == "LOGNAME" || (found != known.end() && found->second == "$1");
  if (!is_recipient) {
    if (found == known.end()) {
      return refused(fmt::format("{} has a value that only a run can tell", condition.area),
                     "set it with the variables extension and test it with string");
    }
    const auto regex = procmail::Regex::parse(procmail::with_macros(condition.text), !case_matters);
    return regex ? plain(regex->search(found->second) ? "true" : "false") : refused(regex.error().message, "");
  }
  std::string_view inner = condition.text;
  const bool is_whole = inner.size() >= 4 && inner.starts_with("^^") && inner.ends_with("^^");
  if (is_whole) inner = inner.substr(2, inner.size() - 4);
  const auto group = group_of(inner);
  std::vector<std::string> keys;
  for (const std::string& one : alternatives_of(group ? *group : inner)) {
    const auto text = literal_of(one);
    if (!text)
      return refused("an expression on the recipient that is more than names", "list the recipients that are meant");
    keys.push_back(*text);
  }
  SieveTest test;
  test.extensions.insert("envelope");
  test.text = fmt::format("envelope {} :localpart {}\"to\" {}", is_whole ? ":is" : ":contains",
                          case_matters ? ":comparator \"i;octet\" " : "", quoted_list(keys));
  test.assumptions.push_back(fmt::format("{} is the recipient's local part", condition.area));
  return test;
}

SieveTest size_test(const Condition& condition) {
  if (!condition.area.empty()) return refused("the size of a part of the message", "Sieve knows the size of the whole");
  SieveTest test = plain(
      fmt::format("size {} {}", condition.kind == Condition::Kind::larger ? ":over" : ":under", condition.octets));
  test.assumptions.push_back(
      "a few octets more or less do not matter: Sieve counts line ends as two octets, procmail as one");
  return test;
}

}  // namespace

SieveTest all_of(std::vector<SieveTest> tests) { return joined(std::move(tests), "allof", "true", "false"); }
SieveTest any_of(std::vector<SieveTest> tests) { return joined(std::move(tests), "anyof", "false", "true"); }

SieveTest negated(SieveTest test) {
  if (test.is_refused()) return test;
  test.match_group = 0;
  test.text = test.text == "true" ? "false" : test.text == "false" ? "true" : "not " + test.text;
  return test;
}

SieveTest test_of(const procmail::Recipe& recipe, const procmail::ConditionLine& line, const KnownValues& known) {
  Condition condition = procmail::parse_condition(line.text);
  if (condition.kind == Condition::Kind::substituted) {
    std::string text;
    for (const procmail::Piece& piece : procmail::read_quoted(condition.text, line.at).pieces) {
      const auto value = known.find(piece.text);
      if (piece.kind == procmail::Piece::Kind::literal) {
        text += piece.text;
      } else if (piece.kind == procmail::Piece::Kind::variable && piece.operation == '\0' && value != known.end() &&
                 value->second != "$1") {
        text += value->second;
      } else {
        return refused("the condition is put together from values that only a run can tell", "write it out");
      }
    }
    condition.kind = Condition::Kind::expression;
    condition = procmail::parse_condition(text, std::move(condition));
  }
  if (condition.weight)
    return refused("weighted scoring", "decide which combinations are to match, and write them with allof and anyof");
  SieveTest test;
  switch (condition.kind) {
    case Condition::Kind::larger:
    case Condition::Kind::smaller:
      test = size_test(condition);
      break;
    case Condition::Kind::program:
      return refused(fmt::format("it asks the program `{}`, and Sieve runs none", condition.text),
                     "let the program mark the message with a header field before delivery");
    case Condition::Kind::substituted:
      return refused("substitution within substitution", "write it out");
    case Condition::Kind::expression: {
      const bool case_matters = recipe.flags.case_matters;
      const bool in_body = condition.area == "B" || (condition.area.empty() && recipe.flags.body_egrep);
      const bool in_both = condition.area == "HB" || condition.area == "BH" ||
                           (condition.area.empty() && recipe.flags.body_egrep && recipe.flags.header_egrep);
      const bool is_area = condition.area.empty() || condition.area == "H" || condition.area == "B";
      if (condition.text.empty() && (is_area || in_both)) {
        test = plain("true");
      } else if (in_both) {
        return refused("header and body are searched as one text", "write a test for the header and one for the body");
      } else if (!is_area) {
        test = variable_test(condition, case_matters, known);
      } else {
        test = in_body ? body_test(condition.text, case_matters) : header_test(condition.text, case_matters);
      }
    }
  }
  return condition.inverted ? negated(std::move(test)) : test;
}

}  // namespace watershed::rules
