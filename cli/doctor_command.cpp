// watershed doctor: what the live lane finds on this machine, and what to do about what it does not find.
#include "cli/commands.hpp"
#include "cli/support.hpp"
#include "harness/lanes/live/components.hpp"
#include "sandbox/level.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <unistd.h>

#include <algorithm>

namespace watershed::cli {

ExitCode doctor(const Options&) {
  const auto levels = sandbox::probe_levels();
  const auto best = std::find_if(levels.begin(), levels.end(), [](const auto& each) { return each.works; });
  std::string text = "Sandbox levels, best first\n";
  for (const sandbox::Probe& probe : levels) {
    text += fmt::format("  {:<24}{}\n", to_string(probe.level), probe.works ? "works" : "no: " + probe.why_not);
  }
  const auto components = harness::find_components();
  text += "\nPrograms\n";
  for (const harness::ComponentFound& component : components) {
    const char* absent = component.is_needed ? "missing" : "not there (not needed by this program)";
    text += fmt::format("  {:<24}{}\n", component.name, component.version.empty() ? absent : component.version);
  }
  const auto missing = harness::missing_packages(components);
  if (!missing.empty()) {
    text += fmt::format("\nTo install: {}apt-get install --no-install-recommends {}\n", ::geteuid() == 0 ? "" : "sudo ",
                        fmt::join(missing, " "));
  }
  const bool possible = best != levels.end() && missing.empty();
  if (best == levels.end()) {
    text +=
        "\nNo sandbox: run as root, or allow user namespaces (sysctl kernel.unprivileged_userns_clone=1, package "
        "uidmap). Without namespaces it takes root with CAP_NET_RAW, CAP_NET_BIND_SERVICE, CAP_CHOWN, CAP_SETUID,\n"
        "CAP_SETGID, CAP_SYS_CHROOT and CAP_KILL, as a container's root has them.\n";
  }
  const bool is_kept_by_kernel = best == levels.end() || sandbox::is_kept_by_kernel(best->level);
  text += possible ? fmt::format("\nThe live lane works here, in {}{}.\n", to_string(best->level),
                                 is_kept_by_kernel ? "" : ": hermetic as far as libc goes")
                   : "\nThe live lane does not work here.\n";
  say(text);
  return possible ? ExitCode::ok : ExitCode::environment;
}

}  // namespace watershed::cli
