// From a procmailrc to a Sieve script (RFC 5228): each recipe exactly, under a stated assumption, or not at all with
// the reason and the nearest way by hand. A rule that is known to be wrong is never written.
#pragma once

#include "components/filter/procmail/rcfile.hpp"

#include <string>
#include <vector>

namespace watershed::rules {

struct TranslatedRecipe {
  enum class Verdict { exact, assumption, refused };
  SourcePosition at;
  Verdict verdict = Verdict::exact;
  std::vector<std::string> assumptions;
  std::string reason;   ///< of a refusal
  std::string nearest;  ///< what to do by hand instead
};

struct Translation {
  std::string script;
  std::vector<TranslatedRecipe> recipes;  ///< in the order of the file
  std::vector<TranslatedRecipe> others;   ///< assignments that could not be translated

  bool is_complete() const;
};

Translation translate(const procmail::Rcfile& rcfile);

std::string to_string(const TranslatedRecipe& recipe);

}  // namespace watershed::rules
