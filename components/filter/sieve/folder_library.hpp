// Scripts that `include` finds in folders. RFC 6609 §3.2.
#pragma once

#include "components/filter/sieve/script.hpp"

#include <filesystem>
#include <utility>
#include <vector>

namespace watershed::sieve {

class FolderLibrary final : public ScriptLibrary {
 public:
  struct Folder {
    std::filesystem::path path;
    std::string shown{};  ///< how it stands in positions and messages; empty: as the path
  };
  /// Each name is looked for in the folders in order, as NAME.sieve. Without a folder, a place is none that `include`
  /// may name.
  FolderLibrary(std::vector<Folder> personal, std::vector<Folder> global)
      : personal_(std::move(personal)), global_(std::move(global)) {}

  bool has_place(bool is_global) const override { return !folders(is_global).empty(); }
  std::optional<Found> find(bool is_global, std::string_view name) const override;

 private:
  const std::vector<Folder>& folders(bool is_global) const { return is_global ? global_ : personal_; }

  std::vector<Folder> personal_;
  std::vector<Folder> global_;
};

/// The whole file, or nothing where it cannot be read.
std::optional<std::string> read_script_file(const std::filesystem::path& path);

/// Lays copies of all scripts in a folder into another, which is made and had nothing to keep. For Pigeonhole's
/// `file:` location of personal scripts, where it finds what FolderLibrary finds here.
bool copy_script_files(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace watershed::sieve
