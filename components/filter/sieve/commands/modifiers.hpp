// Modifiers of `set` and `extracttext`. RFC 5229 §4.1, RFC 5703 §7.
#pragma once

#include "components/filter/sieve/compiler.hpp"

#include <string>
#include <vector>

namespace watershed::sieve {

struct Modifier {
  std::string_view name;
  int precedence = 0;
  std::string (*apply)(std::string value) = nullptr;
};

/// The tags of all modifiers.
Tags modifier_tags();
/// Those that are given, in the order in which they are applied.
std::vector<const Modifier*> compile_modifiers(Compiler& compiler, const Bound& bound, std::string_view command);

}  // namespace watershed::sieve
