// Whether one scalar fits one scalar rule, and what to do about it where it does not.
#pragma once

#include "harness/yaml/document.hpp"
#include "harness/yaml/shape.hpp"

#include <optional>
#include <string>

namespace watershed::yaml {

/// Empty optional: it fits. Otherwise the hint: what is wrong in detail, or the nearest match, or an empty string.
/// `node` is a scalar; a rule that is not about scalars never fits.
std::optional<std::string> misfit(const Node& node, const Rule& rule);

}  // namespace watershed::yaml
