// Tag expressions: `robots and not (slow or load)`.
#pragma once

#include "base/result.hpp"

#include <span>
#include <string>
#include <string_view>

namespace watershed::harness {

/// True if the expression holds for these tags; the error says what cannot be read. An empty expression always holds.
Result<bool, Error> matches_tags(std::string_view expression, std::span<const std::string> tags);

}  // namespace watershed::harness
