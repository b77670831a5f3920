// Scripts in folders. See library.hpp.
#include "components/filter/sieve/svtest/library.hpp"

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

std::optional<ScriptLibrary::Found> FolderLibrary::find(bool is_global, std::string_view name) const {
  for (const std::filesystem::path& folder : is_global ? global_ : personal_) {
    const std::filesystem::path path = folder / (std::string(name) + ".sieve");
    if (auto source = read_script_file(path)) return Found{path.string(), std::move(*source)};
  }
  return std::nullopt;
}

}  // namespace watershed::sieve
