// watershed up: a live world for other people's programs.
#include "cli/commands.hpp"
#include "cli/support.hpp"
#include "harness/lanes/live/components.hpp"
#include "harness/lanes/live/hold.hpp"

namespace watershed::cli {

ExitCode up(const Options& options, int& code) {
  const auto named = sandbox::find_level(options.sandbox);
  const auto level = named ? named : sandbox::best_level();
  if (!level || (named && !sandbox::works(*named)) || !harness::missing_packages(harness::find_components()).empty()) {
    complain("the live lane does not work on this machine; watershed doctor says why");
    return ExitCode::environment;
  }
  const std::filesystem::path root = options.scenarios_root.empty() ? "scenarios" : options.scenarios_root;
  const std::string shown = (root / "worlds" / options.world).string();
  const auto world = harness::load_world(shown, shown);
  if (!world) {
    complain(render(world.error()));
    return ExitCode::wrong_input;
  }
  const auto ended = harness::hold_live_world(*world, options.command, *level);
  if (!ended) {
    complain(ended.error().message);
    return ExitCode::environment;
  }
  code = *ended;
  return ExitCode::ok;
}

}  // namespace watershed::cli
