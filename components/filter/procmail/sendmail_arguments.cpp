// See sendmail_arguments.hpp.
#include "components/filter/procmail/sendmail_arguments.hpp"

namespace watershed::procmail {

namespace {

std::string without_brackets(const std::string& path) {
  const bool has_brackets = path.size() >= 2 && path.front() == '<' && path.back() == '>';
  return has_brackets ? path.substr(1, path.size() - 2) : path;
}

}  // namespace

SendmailArguments read_sendmail_arguments(std::span<const std::string> arguments) {
  SendmailArguments read;
  bool are_options_over = false;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    if (are_options_over || !argument.starts_with('-') || argument == "-") {
      read.recipients.push_back(argument);
    } else if (argument == "--") {
      are_options_over = true;
    } else if (argument.starts_with("-f") || argument.starts_with("-F")) {
      std::string value = argument.substr(2);
      if (value.empty() && i + 1 < arguments.size()) value = arguments[++i];
      if (argument[1] == 'f') read.reverse_path = without_brackets(value);
    } else if (argument == "-t") {
      read.recipients_from_header = true;
    }
  }
  return read;
}

}  // namespace watershed::procmail
