// Match types: how values of a message are held against the keys of a test. RFC 5228 §2.7, RFC 5231, regex draft.
#pragma once

#include "components/filter/sieve/ast.hpp"
#include "components/filter/sieve/comparator.hpp"
#include "components/filter/sieve/glob.hpp"
#include "components/filter/sieve/header_index.hpp"
#include "components/filter/sieve/text.hpp"

#include <compare>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace watershed::sieve {

class Evaluation;

enum class MatchType { is, contains, matches, regex, value, count, list };
enum class Relation { gt, ge, lt, le, eq, ne };

/// By its name in `:value "gt"`.
std::optional<Relation> find_relation(std::string_view name);
bool holds(Relation relation, std::strong_ordering order);

/// A key ready to be compared: `compared` is the text, folded where the comparator folds.
struct MatchKey {
  std::string compared;
  std::optional<Glob> glob;
  std::optional<Regex> regex;
};

struct Match {
  MatchType type = MatchType::is;
  Comparator comparator = Comparator::ascii_casemap;
  Relation relation = Relation::eq;
  std::vector<Text> texts;
  std::vector<MatchKey> keys;  ///< made at compile time when no text has variables, else empty
  Place at;

  bool is_constant() const { return !keys.empty(); }
  /// Whether values are folded before they are compared.
  bool folds() const;
  /// A value as it is compared with keys: `value` itself, or its folding in `storage`.
  std::string_view folded(std::string_view value, std::string& storage) const;
};

Result<MatchKey, Error> make_key(const Match& match, std::string_view text, const Limits& limits);

/// One run of a match over the values of a message, in order; the first value that fits any key ends it.
class MatchRun {
 public:
  MatchRun(Evaluation& evaluation, const Match& match);

  /// Leaves the match values of earlier tests as they are.
  void keep_match_values() { sets_match_values_ = false; }

  bool is_count() const { return match_.type == MatchType::count; }

  /// True when the value fits: the test holds, offer nothing more.
  bool offer(IndexedField& field);
  bool offer(std::string_view value);
  /// The same for a value whose folding for i;ascii-casemap is known.
  bool offer(std::string_view value, std::string_view folded);
  /// After the last value; :count is decided here. RFC 5231 §4.2.
  bool finish();

 private:
  bool fits_any(std::string_view value, std::string_view compared);
  bool fits(const MatchKey& key, std::string_view value, std::string_view compared);

  Evaluation& evaluation_;
  const Match& match_;
  std::vector<MatchKey> expanded_;  // keys with variables, as they are now
  const std::vector<MatchKey>* keys_;
  std::size_t count_ = 0;
  bool sets_match_values_ = true;
};

}  // namespace watershed::sieve
