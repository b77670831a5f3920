// The command line of sendmail(1) as recipes use it: from whom, to whom.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace watershed::procmail {

struct SendmailArguments {
  std::optional<std::string> reverse_path;  ///< -f, without brackets; empty: the null reverse-path
  std::vector<std::string> recipients;
  bool recipients_from_header = false;  ///< -t
};

/// -f and -F take the next word where nothing is attached; any other option is passed over.
SendmailArguments read_sendmail_arguments(std::span<const std::string> arguments);

}  // namespace watershed::procmail
