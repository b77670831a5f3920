// See command_line.hpp.
#include "components/filter/procmail/command_line.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

namespace watershed::procmail {

Result<CommandLine, Error> read_command_line(std::span<const std::string> arguments) {
  CommandLine line;
  bool is_filter = false;
  std::size_t at = 0;
  for (; at < arguments.size() && arguments[at].size() > 1 && arguments[at].front() == '-'; ++at) {
    const std::string& word = arguments[at];
    if (word == "--") {
      ++at;
      break;
    }
    for (std::size_t i = 1; i < word.size(); ++i) {
      if (word[i] == 'm') {
        is_filter = true;
      } else if (word[i] == 't') {
        line.fails_softly = true;
      } else if (word[i] == 'a') {
        const bool is_attached = i + 1 < word.size();
        if (!is_attached && at + 1 == arguments.size()) return Error{"-a without an argument"};
        line.arguments.push_back(is_attached ? word.substr(i + 1) : arguments[++at]);
        break;
      } else if (word[i] != 'o' && word[i] != 'Y') {
        return Error{fmt::format("procmail -{} is not modelled", printable(word.substr(i, 1)))};
      }
    }
  }
  if (!is_filter) return Error{"procmail without -m, as a user's own delivery agent, is not modelled"};
  for (; at < arguments.size(); ++at) {
    const std::size_t equals = arguments[at].find('=');
    if (equals == std::string::npos) break;
    line.variables.emplace_back(arguments[at].substr(0, equals), arguments[at].substr(equals + 1));
  }
  if (at == arguments.size()) return Error{"procmail -m without an rcfile"};
  line.rcfile = arguments[at];
  line.arguments.insert(line.arguments.end(), arguments.begin() + static_cast<std::ptrdiff_t>(at) + 1, arguments.end());
  return line;
}

}  // namespace watershed::procmail
