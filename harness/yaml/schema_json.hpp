// The JSON Schema (draft 2020-12) of a Shape, for editors and for tools that write scenario files.
//
// It accepts what validate() accepts, except for what JSON Schema cannot say: repeated keys, ranges of durations and
// sizes, whether an address is exactly RFC 5321.
#pragma once

#include "harness/yaml/shape.hpp"

#include <string>
#include <string_view>

namespace watershed::yaml {

/// Pretty-printed, ending in a newline. Named shapes become `$defs`; `id` is the schema's `$id`.
std::string json_schema(const Shape& root, std::string_view title, std::string_view id);

}  // namespace watershed::yaml
