// Which file of the given folder a path in a Postfix configuration stands for. The one place that knows: production
// paths (`/etc/postfix/x`, `/etc/aliases`) are read from the world's folder.
#pragma once

#include "components/router/postfix/table.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace watershed::postfix {

class Folder {
 public:
  /// `shown` stands in front of names in messages; the path itself when empty.
  Folder(std::filesystem::path path, std::string shown);

  /// What `$config_directory` is in this configuration; its files are the folder's.
  void set_config_directory(std::string directory) { config_directory_ = std::move(directory); }

  /// The text of the file that `name` stands for; nothing when there is none. Relative names and names below
  /// /etc/postfix or $config_directory are taken below the folder. Any other absolute `/a/b` is the folder's `a/b`, or
  /// its `b` where there is no `a/b`.
  std::optional<TableSource::File> read(std::string_view name) const;

  /// The names of the files in a folder below, sorted; empty when there is none.
  std::vector<std::string> files_in(std::string_view below) const;

  /// On the real machine two absolute names are two files. Notes that `name` is going to be read, and says which other
  /// name has been read from the same file of the folder; empty when none has.
  std::string claim(std::string_view name);

  /// The path to show for a file of that name.
  std::string shown(std::string_view name) const;

  /// Where a file of that name may stand, for messages.
  std::string expected(std::string_view name) const;
  /// Where it may stand and is not taken for a file of another directory.
  std::string own_place(std::string_view name) const;

 private:
  /// Where below the folder a name's own place is, and whether it is outside of Postfix's directory on the machine.
  struct Place {
    std::filesystem::path own;
    bool is_outside;
  };
  Place place_of(std::string_view name) const;
  std::filesystem::path below(std::string_view name) const;
  std::string on_the_machine(std::string_view name) const;

  std::filesystem::path path_;
  std::string shown_;
  std::string config_directory_ = "/etc/postfix";
  std::map<std::filesystem::path, std::string> claimed_by_;  // a file below the folder, to the name it was read for
};

}  // namespace watershed::postfix
