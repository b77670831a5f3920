// Reads a spam filter's rules: what the world's author writes in place of rspamd's configuration.
#pragma once

#include "base/diagnostic.hpp"
#include "fakes/spam/rule.hpp"
#include "harness/yaml/shape.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace watershed::harness {

yaml::Shape spam_file_shape();

/// The rules in order; `shown` is the file's name in messages and in `decided_by`.
Parsed<std::vector<spam::Rule>> read_spam_file(const std::filesystem::path& file, const std::string& shown);

}  // namespace watershed::harness
