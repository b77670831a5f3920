// Level::loopback_addresses: no namespace ends what was started, so a process of ours does. It takes the orphans of all
// programs, and when the body or whoever started it ends it kills everything and removes the folder.
#pragma once

#include "base/result.hpp"
#include "sandbox/sandbox.hpp"

#include <functional>

namespace watershed::sandbox {

/// Starts the supervisor, which runs `body`; its process id. SIGTERM ends it with everything.
Result<pid_t, Error> start_supervised(const SandboxOptions& options, const std::function<int(const Inside&)>& body);

}  // namespace watershed::sandbox
