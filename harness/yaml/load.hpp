// The one way from a YAML file to a tree that can be read without further checks: parse, validate, put in defaults.
#pragma once

#include "base/diagnostic.hpp"
#include "harness/yaml/document.hpp"
#include "harness/yaml/shape.hpp"

#include <string>

namespace watershed::yaml {

/// Reads the file at `path`; on success every key that the shape requires or has a default for is present.
Parsed<Node> load_file(const std::string& path, const Shape& shape);

/// The same for text; `file` is the name used in positions.
Parsed<Node> load_text(std::string text, std::string file, const Shape& shape);

/// Puts the shape's defaults in (marked `is_default`, placed where their map is). `node` must have been validated.
void fill_defaults(Node& node, const Shape& shape);

}  // namespace watershed::yaml
