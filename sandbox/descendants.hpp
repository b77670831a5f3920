// The processes that come from one process. proc(5), prctl(2) PR_SET_CHILD_SUBREAPER
#pragma once

#include <sys/types.h>

#include <vector>

namespace watershed::sandbox {

/// Children, their children and so on; not those whose parents in between have ended, unless `ancestor` takes orphans.
std::vector<pid_t> descendants_of(pid_t ancestor);

/// Stops (SIGSTOP) what comes from `ancestor`, which takes orphans, except this process: after it nothing there moves.
void stop_descendants(pid_t ancestor);

/// Kills all descendants of this process, which takes orphans, and reaps them.
void kill_descendants();

}  // namespace watershed::sandbox
