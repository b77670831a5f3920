// Scripts that `include` finds in folders. RFC 6609 §3.2.
#pragma once

#include "components/filter/sieve/script.hpp"

#include <filesystem>
#include <utility>
#include <vector>

namespace watershed::sieve {

class FolderLibrary final : public ScriptLibrary {
 public:
  /// Each name is looked for in the folders in order, as NAME.sieve.
  FolderLibrary(std::vector<std::filesystem::path> personal, std::vector<std::filesystem::path> global)
      : personal_(std::move(personal)), global_(std::move(global)) {}

  std::optional<Found> find(bool is_global, std::string_view name) const override;

 private:
  std::vector<std::filesystem::path> personal_;
  std::vector<std::filesystem::path> global_;
};

/// The whole file, or nothing where it cannot be read.
std::optional<std::string> read_script_file(const std::filesystem::path& path);

}  // namespace watershed::sieve
