// What a live run leaves behind beside journal and mailboxes: each host's log, every packet, the configuration that
// ran, and how it differs from the given one.
#pragma once

#include "harness/lanes/live/live_world.hpp"

#include <filesystem>

namespace watershed::harness {

/// Writes logs/HOST.log, capture.pcapng, postfix/HOST/ and postfix/HOST.diff below `folder`. The error names what could
/// not be written.
stage::Task<Result<void, Error>> write_live_artifacts(LiveWorld& world, std::filesystem::path folder);

}  // namespace watershed::harness
