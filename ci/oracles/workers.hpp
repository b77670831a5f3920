// Pairs are compared by several processes: what is compared changes into folders and waits for programs.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <vector>

namespace watershed::oracle {

/// Runs `compare(first)` in a process for each `first` below `jobs`. Returns the sum of what they found to differ, of
/// each at most 100; one that did not end by itself counts as 1.
template <typename Compare>
int count_differing(std::uint64_t jobs, Compare compare) {
  std::vector<pid_t> workers;
  for (std::uint64_t first = 0; first < jobs; ++first) {
    std::fflush(stdout);
    const pid_t worker = fork();
    if (worker == 0) {
      const std::uint64_t differing = compare(first);
      std::fflush(stdout);
      _exit(static_cast<int>(std::min<std::uint64_t>(differing, 100)));
    }
    workers.push_back(worker);
  }
  int differing = 0;
  for (const pid_t worker : workers) {
    int status = 0;
    waitpid(worker, &status, 0);
    differing += WIFEXITED(status) ? WEXITSTATUS(status) : 1;
  }
  return differing;
}

}  // namespace watershed::oracle
