// Runs a program outside any sandbox to its end and takes what it prints: for questions like "which version are you?"
#pragma once

#include "base/result.hpp"

#include <string>
#include <vector>

namespace watershed::sandbox {

/// Standard output and error of a program that ends by itself, whatever its exit code. The error: it cannot be started.
Result<std::string, Error> output_of(const std::string& program, const std::vector<std::string>& arguments);

}  // namespace watershed::sandbox
