// Reads a mail store's mailboxes and compiles their Sieve scripts.
#pragma once

#include "components/store/mailbox.hpp"
#include "harness/yaml/shape.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace watershed::harness {

yaml::Shape mailboxes_file_shape();

/// A folder of scripts: where it is, how it is shown, and where it was asked for. An empty path: the store has none.
struct ScriptFolder {
  std::filesystem::path path;
  std::string shown;
};

/// Mailboxes with their scripts: the one named by `sieve:`, else `default.sieve` of the folder where that exists.
/// Errors of mailboxes file and scripts come together.
Parsed<std::vector<store::MailboxSettings>> read_mailboxes_file(const std::filesystem::path& file,
                                                                const std::string& shown, const ScriptFolder& scripts);

}  // namespace watershed::harness
