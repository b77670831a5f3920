// What tests of header fields say before they are asked. See fields.hpp and commands/rule_table.hpp.
#include "components/filter/sieve/tests/fields.hpp"

namespace watershed::sieve {

bool add_key_conditions(const Match& match, KeyCondition::Of of, const std::vector<HeaderName>& names,
                        std::vector<KeyCondition>& conditions) {
  const bool is_octets = match.comparator == Comparator::octet || match.comparator == Comparator::ascii_casemap;
  const bool is_whole = match.type == MatchType::is;
  if (!match.is_constant() || !is_octets) return false;
  if (!is_whole && match.type != MatchType::contains && match.type != MatchType::matches) return false;
  for (const HeaderName& name : names) {
    if (!name.text.is_constant()) return false;
    for (const MatchKey& key : match.keys) {
      const std::string_view wanted = key.glob ? key.glob->longest_literal() : key.compared;
      if (!is_whole && wanted.empty()) return false;  // is within every value
      conditions.push_back({of, name.number, match.folds(), !is_whole, wanted});
    }
  }
  return true;
}

}  // namespace watershed::sieve
