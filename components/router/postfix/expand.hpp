// Postfix's macro language: $name, ${name}, $(name), ${name?text}, ${name:text}, ${name?{a}:{b}}, and comparisons
// ${{$x} == {y} ? {a} : {b}}. postconf(5) "DESCRIPTION".
#pragma once

#include "base/result.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace watershed::postfix {

/// The unexpanded value of a name; nothing when it is not defined.
using NameLookup = std::function<std::optional<std::string_view>(std::string_view name)>;

/// Replaces every reference in `text`, recursively. Errors: unbalanced braces, an empty or malformed name, an unknown
/// operator, references nested over 100 deep (which is how a cycle shows), or a result over 1 MB.
Result<std::string, Error> expand_references(std::string_view text, const NameLookup& lookup);

/// Every name that `text` refers to, in any branch. Malformed text yields what was found before the fault.
std::vector<std::string> referenced_names(std::string_view text);

}  // namespace watershed::postfix
