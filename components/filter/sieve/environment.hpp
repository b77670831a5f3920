// The items of the test `environment`. RFC 5183 §4.1.
#pragma once

#include "components/filter/sieve/input.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace watershed::sieve {

/// Nothing for an unknown item. What the input's own list has comes first.
std::optional<std::string> environment_item(const Input& input, std::string_view name);

}  // namespace watershed::sieve
