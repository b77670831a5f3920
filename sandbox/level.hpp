// How far this machine lets us shut a world in. Probed by trying, named in every report of the live lane.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace watershed::sandbox {

enum class Level {
  root_namespaces,     ///< as root: fresh network, mount, PID, UTS and IPC namespaces
  mapped_user,         ///< the same inside a user namespace whose ids newuidmap(1) and newgidmap(1) have mapped
  single_user,         ///< a user namespace with root alone; a preloaded library lets programs become others
  loopback_addresses,  ///< root without namespaces: addresses in 127.0.0.0/8, kept in by a preloaded library alone
};

std::string_view to_string(Level level);
/// Whether the kernel itself lets nothing out. Where it does not, that is said of a run's verdicts.
bool is_kept_by_kernel(Level level);
/// The level of that name, as the command line gives it.
std::optional<Level> find_level(std::string_view name);

/// What came of trying a level.
struct Probe {
  Level level;
  bool works = false;
  std::string why_not;
};

/// Tries every level, best first. Takes some milliseconds; starts and ends processes.
std::vector<Probe> probe_levels();

/// Whether this level works here.
bool works(Level level);

/// The best level that works, or nothing.
std::optional<Level> best_level();

}  // namespace watershed::sandbox
