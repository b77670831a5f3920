// A Sieve test that says what a procmail condition says, or why there is none. Part of the translator.
#pragma once

#include "components/filter/procmail/condition.hpp"
#include "components/filter/procmail/rcfile.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace watershed::rules {

/// Variables whose value is known without a message. "$1" stands for the recipient's local part.
using KnownValues = std::map<std::string, std::string, std::less<>>;

struct SieveTest {
  std::string text;  ///< "true" where it always holds, "false" where it never does; empty: refused
  std::set<std::string> extensions = {};
  std::vector<std::string> assumptions = {};
  std::string refusal = {};
  std::string nearest = {};
  /// Which group of the last :regex is what MATCH gets: `${n}`; 0: none.
  int match_group = 0;

  bool is_refused() const { return text.empty(); }
};

SieveTest test_of(const procmail::Recipe& recipe, const procmail::ConditionLine& line, const KnownValues& known);

SieveTest all_of(std::vector<SieveTest> tests);
SieveTest any_of(std::vector<SieveTest> tests);
SieveTest negated(SieveTest test);

/// A Sieve string with its quotes. RFC 5228 §2.4.2.
std::string quoted(std::string_view text);
std::string quoted_list(const std::vector<std::string>& texts);

/// The text an expression stands for, where it has nothing magic.
std::optional<std::string> literal_of(std::string_view expression);

/// The alternatives of an expression at its outermost level; one where there is no `|`.
std::vector<std::string> alternatives_of(std::string_view expression);

/// What stands in the parentheses, where the whole expression is one group.
std::optional<std::string> group_of(std::string_view expression);

/// The same as a POSIX extended expression on one header value. Nothing where POSIX cannot say it. `match_group` is
/// the group that MATCH gets; 0 without `\/`, or where POSIX would split elsewhere.
std::optional<std::string> posix_of(std::string_view expression, int& match_group);

/// A test on fields for what stands behind `^Name:`.
SieveTest field_test(const std::vector<std::string>& names, std::string_view rest, bool case_matters);

/// A test for a whole expression on the header.
SieveTest header_test(std::string_view expression, bool case_matters);

}  // namespace watershed::rules
