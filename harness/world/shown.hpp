// Files are opened by their path and shown by the name that the person used; this swaps the one for the other.
#pragma once

#include "harness/yaml/load.hpp"

#include <filesystem>
#include <string>

namespace watershed::harness {

/// yaml::load_file with positions and messages that say `shown`.
Parsed<yaml::Node> load_shown(const std::filesystem::path& file, const std::string& shown, const yaml::Shape& shape);

/// The whole file, or one diagnostic at `asked_for`.
Parsed<std::string> read_text(const std::filesystem::path& file, const std::string& shown,
                              const SourcePosition& asked_for);

}  // namespace watershed::harness
