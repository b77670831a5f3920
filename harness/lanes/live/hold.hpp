// Keeps a live world up for other people's programs: a command runs in its sandbox, beside it.
#pragma once

#include "base/result.hpp"
#include "harness/world/world.hpp"
#include "sandbox/level.hpp"

#include <memory>
#include <string>
#include <vector>

namespace watershed::harness {

/// Brings `world` up in a sandbox, runs `command` there with this process's terminal and the world's name server, and
/// takes everything down. Returns the command's exit code; the error says what could not be started.
Result<int, Error> hold_live_world(std::shared_ptr<const World> world, const std::vector<std::string>& command,
                                   sandbox::Level level);

}  // namespace watershed::harness
