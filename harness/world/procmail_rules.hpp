// The procmailrc files of a host, by the paths at which its programs find them.
#pragma once

#include "components/filter/procmail/rcfile.hpp"

#include <filesystem>
#include <map>
#include <memory>
#include <string>

namespace watershed::harness {

/// Where a host's programs see its folder of procmailrc files, and below which its mailboxes lie.
inline constexpr const char* procmail_folder = "/usr/local/etc";
inline constexpr const char* procmail_mail_folder = "/var/mail";

struct ProcmailRules {
  std::map<std::string, std::shared_ptr<const procmail::Rcfile>> files;  ///< `/usr/local/etc/procmailrc` → the rcfile

  bool empty() const { return files.empty(); }
};

/// Reads every file below `folder`; `shown` is its name in messages. Errors of all files come together.
Parsed<ProcmailRules> read_procmail_rules(const std::filesystem::path& folder, const std::string& shown);

}  // namespace watershed::harness
