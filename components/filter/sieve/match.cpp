// Matching values against keys. See match.hpp.
#include "components/filter/sieve/match.hpp"

#include "components/filter/sieve/evaluation.hpp"

#include <fmt/format.h>

namespace watershed::sieve {

std::optional<Relation> find_relation(std::string_view name) {
  if (name == "gt") return Relation::gt;
  if (name == "ge") return Relation::ge;
  if (name == "lt") return Relation::lt;
  if (name == "le") return Relation::le;
  if (name == "eq") return Relation::eq;
  if (name == "ne") return Relation::ne;
  return std::nullopt;
}

bool holds(Relation relation, std::strong_ordering order) {
  switch (relation) {
    case Relation::gt:
      return order > 0;
    case Relation::ge:
      return order >= 0;
    case Relation::lt:
      return order < 0;
    case Relation::le:
      return order <= 0;
    case Relation::eq:
      return order == 0;
    case Relation::ne:
      break;
  }
  return order != 0;
}

bool Match::folds() const {
  const bool is_casemap = comparator == Comparator::ascii_casemap || comparator == Comparator::unicode_casemap;
  return is_casemap && (type == MatchType::is || type == MatchType::contains || type == MatchType::matches);
}

std::string_view Match::folded(std::string_view value, std::string& storage) const {
  if (!folds()) return value;
  storage = comparator == Comparator::unicode_casemap ? fold_unicode(value) : fold_ascii(value);
  return storage;
}

Result<MatchKey, Error> make_key(const Match& match, std::string_view text, const Limits& limits) {
  MatchKey key;
  std::string storage;
  key.compared = match.folded(text, storage);
  if (match.type == MatchType::matches) key.glob.emplace(key.compared);
  if (match.type == MatchType::regex) {
    auto regex = Regex::compile(text, match.comparator != Comparator::octet, limits);
    if (!regex) return regex.error();
    key.regex = *regex;
  }
  return key;
}

MatchRun::MatchRun(Evaluation& evaluation, const Match& match)
    : evaluation_(evaluation), match_(match), keys_(&match.keys) {
  if (match.is_constant()) return;
  keys_ = &expanded_;
  std::string storage;
  for (const Text& text : match.texts) {
    const std::string_view expanded = evaluation.expand(text, storage);
    auto key = make_key(match, expanded, evaluation.limits());
    if (!key) {
      evaluation.fail(match.at,
                      fmt::format("the regular expression '{}' cannot be used: {}", expanded, key.error().message));
      expanded_.clear();
      return;
    }
    expanded_.push_back(std::move(*key));
  }
}

bool MatchRun::offer(IndexedField& field) {
  if (match_.type == MatchType::count) return offer(std::string_view(), {});
  const std::string_view value = field.text();
  if (match_.folds() && match_.comparator == Comparator::ascii_casemap) return fits_any(value, field.folded());
  return offer(value);
}

bool MatchRun::offer(std::string_view value, std::string_view folded) {
  if (match_.type == MatchType::count) {
    ++count_;
    return false;
  }
  if (match_.comparator == Comparator::unicode_casemap) return offer(value);
  return fits_any(value, match_.folds() ? folded : value);
}

bool MatchRun::offer(std::string_view value) {
  if (match_.type == MatchType::count) {
    ++count_;
    return false;
  }
  std::string storage;
  return fits_any(value, match_.folded(value, storage));
}

bool MatchRun::fits_any(std::string_view value, std::string_view compared) {
  for (const MatchKey& key : *keys_) {
    if (fits(key, value, compared)) return true;
  }
  return false;
}

bool MatchRun::fits(const MatchKey& key, std::string_view value, std::string_view compared) {
  switch (match_.type) {
    case MatchType::is:
      if (match_.comparator != Comparator::ascii_numeric) return compared == key.compared;
      return compare(match_.comparator, value, key.compared) == 0;
    case MatchType::contains:
      return compared.find(key.compared) != std::string_view::npos;
    case MatchType::value:
      return holds(match_.relation, compare(match_.comparator, value, key.compared));
    case MatchType::matches:
    case MatchType::regex:
      break;
    case MatchType::count:
      return false;
    case MatchType::list:
      return evaluation_.input().lists != nullptr && evaluation_.input().lists->contains(key.compared, value);
  }
  const bool wants_spans = sets_match_values_ && evaluation_.wants_match_values();
  std::vector<Span>* const spans = wants_spans ? &evaluation_.spans() : nullptr;
  if (key.glob) {
    if (!key.glob->fits(compared, spans)) return false;
  } else {
    const std::size_t octets_max = evaluation_.limits().regex_value_octets_max;
    if (value.size() > octets_max) {
      evaluation_.fail(match_.at, fmt::format("a value of {} octets meets a regular expression; the limit is {}",
                                              value.size(), octets_max));
      return false;
    }
    if (!key.regex->search(value, spans)) return false;
  }
  // Folding by Unicode changes lengths, so that places are those of the folded value.
  if (spans != nullptr)
    evaluation_.set_match_values(match_.comparator == Comparator::unicode_casemap ? compared : value);
  return true;
}

bool MatchRun::finish() {
  if (match_.type != MatchType::count) return false;
  const std::string number = std::to_string(count_);
  for (const MatchKey& key : *keys_) {
    if (holds(match_.relation, compare(match_.comparator, number, key.compared))) return true;
  }
  return false;
}

}  // namespace watershed::sieve
