// Delivery to a command, for one recipient. pipe(8), sysexits(3); see commands.hpp.
#pragma once

#include "components/router/engine/commands.hpp"
#include "components/router/engine/delivery.hpp"
#include "components/router/postfix/config.hpp"
#include "components/router/postfix/pipe_service.hpp"

namespace watershed::router {

struct Engine;

/// Runs the command of `destination`'s service and records what it kept, threw away and sent.
Outcome deliver_to_command(Engine& engine, const Destination& destination, const Batch& batch, std::size_t index);

/// What pipe(8) runs for one recipient, and on what.
struct PreparedCommand {
  postfix::PipeService pipe;
  std::vector<std::string> arguments;  ///< macros expanded
  mail::Message given;                 ///< with the fields that the service's flags add
};

/// The error says which attribute or macro of the service is not understood.
Result<PreparedCommand, Error> prepare_command(const postfix::PostfixConfig& config, const postfix::Service& service,
                                               const std::string& next_hop, const QueuedMessage& message,
                                               const QueuedRecipient& recipient);

/// Those of `rules_taken` that no copy, submission or discard names: rules that only lead to others.
std::vector<std::string> rules_without_trace(const CommandResult& result);

/// What pipe(8) makes of a command's exit code and output.
Outcome outcome_of_exit(int exit_code, const std::string& output, const std::string& command);

}  // namespace watershed::router
