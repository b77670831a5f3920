// What rules ask of a message, as pieces that make it so: found in the rules themselves, so that messages made of them
// reach every rule. `--generate` combines them.
#pragma once

#include "components/filter/procmail/rcfile.hpp"
#include "components/filter/sieve/script.hpp"

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace watershed::rules {

/// One thing that a message can have.
struct Trait {
  enum class Kind {
    header_line,   ///< `text` is a whole line
    body_text,     ///< `text` stands in the body
    size,          ///< the whole message has so many octets
    recipient,     ///< `text` is a local part or an address
    reverse_path,  ///< `text` is an address or empty
    seen_before,   ///< the same message came before
  };
  Kind kind = Kind::header_line;
  std::string text;
  std::uint64_t octets = 0;

  bool operator==(const Trait&) const = default;
};

/// What one rule asks: with all of `needed` and none of `unwanted` it is likely taken. It need not be exact: coverage
/// shows what was reached.
struct Demand {
  std::vector<Trait> needed;
  std::vector<Trait> unwanted;
};

/// A condition that gives points. procmailsc(5).
struct ScoredCondition {
  std::vector<Trait> traits;  ///< what a message has that meets it; none: nothing of a message decides it
  double weight = 0;
  double exponent = 0;
  bool is_inverted = false;
  bool always_holds = false;  ///< an empty expression, as in `* -1^0`
};

using Random = std::mt19937_64;

/// A text that procmail's egrep finds `expression` in; newlines stand where it asks for line ends. Empty: none found.
std::string sample(std::string_view expression, Random& random);

/// Header lines for a text that is to be found in a header: whole fields where it names them, else in a Subject.
std::vector<Trait> header_traits(std::string_view text);

/// Ways to meet some of the conditions and not others: what is enough and what is just not, beside `plain`, what the
/// recipe asks without points. The first one is enough, where any is.
std::vector<Demand> demands_of_score(const Demand& plain, const std::vector<ScoredCondition>& conditions);

/// At least one demand for each recipe, with those of the blocks around it and of the recipes that its flags speak of.
std::vector<Demand> demands_of(const procmail::Rcfile& rcfile, Random& random);

/// One demand for each `if` of the script, with those around it.
std::vector<Demand> demands_of_sieve(std::string_view source, std::string_view file, Random& random);

}  // namespace watershed::rules
