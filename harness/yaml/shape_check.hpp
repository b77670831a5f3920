// Checks a table itself, so that its examples and defaults cannot rot: each module's tests ask for no problems.
#pragma once

#include "harness/yaml/shape.hpp"

#include <string>
#include <vector>

namespace watershed::yaml {

/// What is wrong with the shape, one sentence each: examples or defaults that it would refuse itself, keys twice, keys
/// without documentation, groups that name unknown or required keys, references outside their named shape, alternatives
/// of one kind. Empty when sound: EXPECT_THAT(shape_problems(scenario_shape()), testing::IsEmpty()).
std::vector<std::string> shape_problems(const Shape& shape);

}  // namespace watershed::yaml
