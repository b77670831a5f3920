// Checks a YAML tree against a Shape and says all that is wrong with it, each with its place and what was expected.
#pragma once

#include "base/diagnostic.hpp"
#include "harness/yaml/document.hpp"
#include "harness/yaml/shape.hpp"

#include <span>
#include <string>
#include <string_view>

namespace watershed::yaml {

inline constexpr std::size_t diagnostics_max = 100;  ///< a hostile file must not cause a flood; the last one says so

/// All errors of `node` against `shape`, in the order of the file. Empty: the readers of read.hpp may be used.
Diagnostics validate(const Node& node, const Shape& shape);

/// "unknown zone 'x'; expected one of: a, b" at `node`, with the nearest match as the hint: for names that one file
/// defines and another place refers to. `what` is the singular noun.
Diagnostic unknown_name(const Node& node, std::string_view what, std::span<const std::string> known);

/// A value shortened and made safe for a message: `'text'`.
std::string quoted(std::string_view text);

}  // namespace watershed::yaml
