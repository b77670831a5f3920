// Programs that a transport hands messages to: what the router asks of them, and what they did. pipe(8).
//
// The router runs none: whoever builds the world knows what a program of that name does with that message.
#pragma once

#include "components/router/postfix/provenance.hpp"
#include "mail/envelope.hpp"
#include "mail/message.hpp"
#include "mail/path.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace watershed::router {

struct CommandCall {
  std::vector<std::string> arguments;  ///< the command itself first
  std::string user;                    ///< whom it runs as
  const mail::Message& message;        ///< with the fields that the service's flags add
  const mail::ReversePath& reverse_path;
  const mail::Address& recipient;
};

struct CommandResult {
  /// A copy that lies in a mailbox now.
  struct Kept {
    std::string mailbox;
    std::string folder;
    mail::Message message;
    std::string decided_by;  ///< `file:line`
  };
  /// A message that the program gave to sendmail(1).
  struct Submitted {
    std::optional<mail::ReversePath> reverse_path;  ///< nothing: that of the user it runs as
    std::vector<mail::Recipient> recipients;
    mail::Message message;
    std::string_view detail;  ///< of the `spawned` facts: redirect, auto-reply
    std::string decided_by;
  };
  int exit_code = 0;   ///< sysexits(3)
  std::string output;  ///< what it printed
  std::vector<Kept> kept;
  std::vector<Submitted> submitted;
  std::optional<std::string> discarded_by;  ///< it took the message and threw it away: `file:line`
  std::vector<postfix::NotUnderstood> not_understood;
  std::vector<std::string> rules_taken;  ///< `file:line` of each rule that held, in no order, as often as it did
};

class Commands {
 public:
  virtual ~Commands() = default;
  /// Nothing: there is no such program, or none that is known.
  virtual std::optional<CommandResult> run(const CommandCall& call) = 0;
};

}  // namespace watershed::router
