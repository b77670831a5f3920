// The command line by which a mailer calls procmail. procmail(1).
#pragma once

#include "base/result.hpp"

#include <span>
#include <string>
#include <utility>
#include <vector>

namespace watershed::procmail {

struct CommandLine {
  std::string rcfile;
  std::vector<std::string> arguments;                          ///< $1 …
  std::vector<std::pair<std::string, std::string>> variables;  ///< NAME=value
  bool fails_softly = false;                                   ///< -t: what cannot be delivered stays in the queue
};

/// `arguments` without the program's name. procmail -m alone is read: a mailer's explicit delivery (-d) and a rewritten
/// From_ line (-f) are errors that say so.
Result<CommandLine, Error> read_command_line(std::span<const std::string> arguments);

}  // namespace watershed::procmail
