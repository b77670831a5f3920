// Which users exist inside a user namespace. user_namespaces(7), newuidmap(1)
#pragma once

#include "base/result.hpp"
#include "sandbox/level.hpp"

#include <sys/types.h>

namespace watershed::sandbox {

/// Called by the process outside, for a child that waits in a new user namespace. At Level::mapped_user root and the
/// first 65535 ids exist inside; at Level::single_user root alone, who is whoever runs
/// this program.
Result<void, Error> map_users(Level level, pid_t child);

}  // namespace watershed::sandbox
