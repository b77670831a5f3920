// See folder.hpp.
#include "components/router/postfix/folder.hpp"

#include <fstream>
#include <sstream>

namespace watershed::postfix {

Folder::Folder(std::filesystem::path path, std::string shown)
    : path_(std::move(path)), shown_(shown.empty() ? path_.string() : std::move(shown)) {}

std::string Folder::relative(std::string_view name) const {
  for (const std::string_view prefix : {std::string_view(config_directory_), std::string_view("/etc/postfix")}) {
    if (prefix.size() > 1 && name.size() > prefix.size() + 1 && name.starts_with(prefix) &&
        name[prefix.size()] == '/') {
      return std::string(name.substr(prefix.size() + 1));
    }
  }
  if (name.starts_with('/')) return std::string(name.substr(name.rfind('/') + 1));
  return std::string(name);
}

std::string Folder::shown(std::string_view name) const { return shown_ + "/" + relative(name); }

std::optional<TableSource::File> Folder::read(std::string_view name) const {
  const std::filesystem::path file = std::filesystem::path(relative(name)).lexically_normal();
  // A name that leaves the folder is no file of the folder.
  if (file.empty() || file.is_absolute() || *file.begin() == "..") return std::nullopt;
  std::error_code error;
  if (!std::filesystem::is_regular_file(path_ / file, error)) return std::nullopt;
  std::ifstream stream(path_ / file, std::ios::binary);
  if (!stream) return std::nullopt;
  std::ostringstream text;
  text << stream.rdbuf();
  return TableSource::File{shown_ + "/" + file.string(), std::move(text).str()};
}

}  // namespace watershed::postfix
