// Scripts in folders. See folder_library.hpp.
#include "components/filter/sieve/folder_library.hpp"

#include <fstream>
#include <iterator>

namespace watershed::sieve {

std::optional<std::string> read_script_file(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) return std::nullopt;
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (file.bad()) return std::nullopt;
  return text;
}

bool copy_script_files(const std::filesystem::path& from, const std::filesystem::path& to) {
  std::error_code error;
  std::filesystem::remove_all(to, error);
  if (!std::filesystem::create_directories(to, error)) return false;
  for (const auto& entry : std::filesystem::directory_iterator(from, error)) {
    if (entry.path().extension() != ".sieve" || !entry.is_regular_file()) continue;
    if (!std::filesystem::copy_file(entry.path(), to / entry.path().filename(), error)) return false;
  }
  return !error;
}

std::optional<ScriptLibrary::Found> FolderLibrary::find(bool is_global, std::string_view name) const {
  for (const Folder& folder : folders(is_global)) {
    const std::string file = std::string(name) + ".sieve";
    const std::filesystem::path path = folder.path / file;
    std::error_code error;
    // What cannot even be looked at may be there.
    if (!std::filesystem::exists(path, error) && !error) continue;
    return Found{folder.shown.empty() ? path.string() : folder.shown + "/" + file, read_script_file(path)};
  }
  return std::nullopt;
}

}  // namespace watershed::sieve
