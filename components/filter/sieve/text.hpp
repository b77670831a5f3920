// A string of a compiled script: a constant, or pieces with variable references. RFC 5229 §3.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace watershed::sieve {

struct TextPart {
  enum class Kind { literal, variable, match_value, environment } kind = Kind::literal;
  std::string literal;      ///< or the name of the item of the environment
  std::uint32_t index = 0;  ///< of the variable in the script, or n of ${n}
};

struct Text {
  std::string constant;         ///< the whole, when `parts` is empty
  std::vector<TextPart> parts;  ///< in order; empty for a constant

  bool is_constant() const { return parts.empty(); }
};

}  // namespace watershed::sieve
