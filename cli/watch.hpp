// `run --watch`: waits for files to be edited, by inotify(7).
#pragma once

#include "base/result.hpp"

#include <filesystem>
#include <map>
#include <set>
#include <string>

namespace watershed::cli {

/// Watches a folder and all folders below it.
class FolderWatch {
 public:
  static Result<FolderWatch, Error> open(const std::filesystem::path& folder);
  ~FolderWatch();
  FolderWatch(FolderWatch&& other) noexcept;
  FolderWatch& operator=(FolderWatch&&) = delete;

  /// Blocks until something is written, made, moved or removed, and has been quiet for a moment: editors write a file
  /// in several steps. The paths that changed; empty where a signal ended the waiting.
  std::set<std::filesystem::path> wait();

 private:
  explicit FolderWatch(int descriptor) : descriptor_(descriptor) {}
  void add(const std::filesystem::path& folder);
  bool read_events(std::set<std::filesystem::path>& changed);

  int descriptor_;
  std::map<int, std::filesystem::path> folders_;  ///< by watch descriptor
};

}  // namespace watershed::cli
