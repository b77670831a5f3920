// See folder.hpp.
#include "components/router/postfix/folder.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

namespace watershed::postfix {

namespace fs = std::filesystem;

Folder::Folder(fs::path path, std::string shown)
    : path_(std::move(path)), shown_(shown.empty() ? path_.string() : std::move(shown)) {}

Folder::Place Folder::place_of(std::string_view name) const {
  const fs::path written = fs::path(name).lexically_normal();
  if (!written.is_absolute()) return {written, false};
  for (const std::string_view usual : {std::string_view(config_directory_), std::string_view("/etc/postfix")}) {
    const fs::path rest = written.lexically_relative(fs::path(usual).lexically_normal());
    if (!rest.empty() && rest != "." && *rest.begin() != "..") return {rest, false};
  }
  return {written.relative_path(), true};
}

fs::path Folder::below(std::string_view name) const {
  const Place place = place_of(name);
  std::error_code error;
  return place.is_outside && !fs::is_regular_file(path_ / place.own, error) ? place.own.filename() : place.own;
}

std::string Folder::on_the_machine(std::string_view name) const {
  const fs::path written(name);
  return (written.is_absolute() ? written : fs::path(config_directory_) / written).lexically_normal().string();
}

std::string Folder::claim(std::string_view name) {
  const std::string machine = on_the_machine(name);
  const std::string& first = claimed_by_.emplace(below(name), machine).first->second;
  return first == machine ? std::string{} : first;
}

std::string Folder::shown(std::string_view name) const { return shown_ + "/" + below(name).string(); }
std::string Folder::own_place(std::string_view name) const { return shown_ + "/" + place_of(name).own.string(); }

std::string Folder::expected(std::string_view name) const {
  return own_place(name) == shown(name) ? shown(name) : own_place(name) + " or " + shown(name);
}

std::optional<TableSource::File> Folder::read(std::string_view name) const {
  const fs::path file = below(name);
  // A name that leaves the folder is no file of the folder.
  if (file.empty() || file.is_absolute() || *file.begin() == "..") return std::nullopt;
  std::error_code error;
  if (!fs::is_regular_file(path_ / file, error)) return std::nullopt;
  std::ifstream stream(path_ / file, std::ios::binary);
  if (!stream) return std::nullopt;
  std::ostringstream text;
  text << stream.rdbuf();
  return TableSource::File{shown_ + "/" + file.string(), std::move(text).str()};
}

std::vector<std::string> Folder::files_in(std::string_view below) const {
  std::vector<std::string> names;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(path_ / below, error)) {
    if (entry.is_regular_file(error)) names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace watershed::postfix
