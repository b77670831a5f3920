// Delivery to a command, for one recipient. pipe(8), sysexits(3); see commands.hpp.
#pragma once

#include "components/router/engine/delivery.hpp"

namespace watershed::router {

struct Engine;

/// Runs the command of `destination`'s service and records what it kept, threw away and sent.
Outcome deliver_to_command(Engine& engine, const Destination& destination, const Batch& batch, std::size_t index);

/// What pipe(8) makes of a command's exit code and output.
Outcome outcome_of_exit(int exit_code, const std::string& output, const std::string& command);

}  // namespace watershed::router
