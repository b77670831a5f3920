// Which file of the given folder a path in a Postfix configuration stands for. The one place that knows: production
// paths
// (`/etc/postfix/x`, `/etc/aliases`) are read from the world's folder.
#pragma once

#include "components/router/postfix/table.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace watershed::postfix {

class Folder {
 public:
  /// `shown` stands in front of names in messages; the path itself when empty.
  Folder(std::filesystem::path path, std::string shown);

  /// What `$config_directory` is in this configuration; its files are the folder's.
  void set_config_directory(std::string directory) { config_directory_ = std::move(directory); }

  /// The text of the file that `name` stands for; nothing when there is none. Relative names and names below
  /// /etc/postfix or $config_directory are taken below the folder, other absolute ones by their last part.
  std::optional<TableSource::File> read(std::string_view name) const;

  /// The path to show for a file of that name.
  std::string shown(std::string_view name) const;

 private:
  std::string relative(std::string_view name) const;
  std::filesystem::path path_;
  std::string shown_;
  std::string config_directory_ = "/etc/postfix";
};

}  // namespace watershed::postfix
