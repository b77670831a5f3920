// watershed run --watch: runs, then runs again what an edited file affects, until Ctrl-C.
#include "cli/commands.hpp"
#include "cli/run_once.hpp"
#include "cli/support.hpp"
#include "cli/watch.hpp"

#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>

namespace watershed::cli {

namespace {

namespace fs = std::filesystem;

// The runs that a change can touch: a scenario's own, those on a world of which a file changed; all for messages,
// requirements and whatever else.
std::optional<std::set<std::pair<std::string, std::string>>> affected(const harness::Suite& suite,
                                                                      const std::set<fs::path>& changed) {
  std::set<std::pair<std::string, std::string>> runs;
  for (const fs::path& path : changed) {
    const fs::path relative = path.lexically_normal().lexically_relative(suite.root.lexically_normal());
    auto part = relative.begin();
    const bool is_of_world = part != relative.end() && *part == "worlds" && ++part != relative.end();
    bool is_known = is_of_world;
    for (const auto& scenario : suite.scenarios) {
      const bool is_it = scenario->path.lexically_normal() == path.lexically_normal();
      is_known = is_known || is_it;
      for (const std::string& world : scenario->worlds) {
        if (is_it || (is_of_world && world == part->string())) runs.insert({scenario->file, world});
      }
    }
    if (!is_known) return std::nullopt;
  }
  return runs;
}

}  // namespace

ExitCode watch(const Options& options) {
  if (options.watch != "always" && isatty(STDOUT_FILENO) != 1) {
    complain("--watch needs a terminal; --watch=always watches without one");
    return ExitCode::usage;
  }
  const std::string first = options.paths.empty() ? "scenarios" : options.paths.front();
  const fs::path root =
      options.scenarios_root.empty() ? harness::find_scenarios_root(first) : fs::path(options.scenarios_root);
  // Watched before the first run, so that no edit is missed.
  auto folder = FolderWatch::open(root);
  if (!folder) {
    complain(folder.error().message);
    return ExitCode::environment;
  }
  ExitCode code = run_once(options, std::nullopt);
  for (;;) {
    say(fmt::format("\nwatching {}; Ctrl-C ends\n", root.string()));
    const std::set<fs::path> changed = folder->wait();
    if (changed.empty()) return code;
    for (const fs::path& path : changed) say(fmt::format("changed: {}\n", path.string()));
    const auto suite = load(options, false);
    if (!suite) continue;  // its errors are shown; the next edit may mend them
    const auto runs = affected(*suite, changed);
    if (runs && runs->empty()) {
      say("nothing runs on that\n");
      continue;
    }
    code = run_once(options, runs);
  }
}

}  // namespace watershed::cli
