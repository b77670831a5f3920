// A copy of a world's folder with a scenario's changes applied: how a known-bad world is made of a good one.
#pragma once

#include "base/diagnostic.hpp"
#include "harness/scenario/scenario.hpp"

#include <filesystem>
#include <memory>
#include <span>

namespace watershed::harness {

/// Owns a temporary folder and removes it at its end.
class ChangedFolder {
 public:
  explicit ChangedFolder(std::filesystem::path path) : path_(std::move(path)) {}
  ~ChangedFolder();
  ChangedFolder(const ChangedFolder&) = delete;
  ChangedFolder& operator=(const ChangedFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// Copies `original` and edits the copy. Errors: a file that is not there or lies outside the folder, a text that does
/// not occur exactly once, a line that the file does not have; each at the change's place in the scenario.
Parsed<std::shared_ptr<const ChangedFolder>> apply_changes(const std::filesystem::path& original,
                                                           std::span<const Change> changes);

}  // namespace watershed::harness
