// The command line of sendmail(1), Postfix's: from whom, to whom.
#pragma once

#include "components/filter/procmail/outcome.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace watershed::procmail {

struct SendmailArguments {
  std::optional<std::string> reverse_path;  ///< -f or -r, without brackets; empty: the null reverse-path
  std::vector<std::string> recipients;      ///< in the form of mail::parse_address_list
  bool recipients_from_header = false;      ///< -t
  std::string not_understood;               ///< about the first thing whose effect is not known here; empty: all is
};

/// Options end at the first word that is none, and each word behind them is an address list. Those that change neither
/// message nor route are passed over.
SendmailArguments read_sendmail_arguments(std::span<const std::string> arguments);

/// The same of a forward; with -t, the recipients that its message's header names are added to those of the command
/// line. sendmail(1): Resent-To, Resent-Cc and Resent-Bcc where there is any, else To, Cc and Bcc.
SendmailArguments sendmail_arguments_of(const Delivery& forward);

/// Whether a program is taken for sendmail(1), by its name.
bool is_sendmail(std::string_view program);

}  // namespace watershed::procmail
