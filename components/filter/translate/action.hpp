// A Sieve action that does what a recipe's action line does, or why there is none. Part of the translator.
#pragma once

#include "components/filter/translate/sieve_test.hpp"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace watershed::rules {

struct SieveAction {
  std::vector<std::string> commands;
  std::optional<std::string> own_test;  ///< asked beside the recipe's conditions (`duplicate`)
  std::set<std::string> extensions;
  std::vector<std::string> assumptions;
  std::string refusal;
  std::string nearest;
  bool remembers_correspondents = false;  ///< `formail -rD`: the recipe with e behind it answers new ones
};

/// `match_group` is the group that MATCH gets; `answers_new`: the recipe answers those that formail -rD found new.
SieveAction action_of(const procmail::Recipe& recipe, const KnownValues& known, int match_group, bool answers_new);

}  // namespace watershed::rules
