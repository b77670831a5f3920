// Reads lane-differences.yaml: where the lanes may differ, and why.
#pragma once

#include "harness/parity/parity.hpp"
#include "harness/yaml/shape.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace watershed::harness {

yaml::Shape lane_differences_shape();

/// A file that is not there declares nothing.
Parsed<std::vector<DeclaredDifference>> read_lane_differences(const std::filesystem::path& file,
                                                              const std::string& shown);

}  // namespace watershed::harness
