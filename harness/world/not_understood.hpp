// What a router's configuration says that the program does not understand, with the world's waivers taken off.
#pragma once

#include "harness/world/world_spec.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace watershed::router {
class RouteDecider;
}

namespace watershed::harness {

/// A configuration line that the program does not understand: the verdict is inconclusive unless it is waived.
struct NotUnderstoodLine {
  std::string place;  ///< `worlds/phase2/postfix/int-mx/main.cf:12`
  std::string text;

  bool operator==(const NotUnderstoodLine&) const = default;
};

using NotUnderstoodLines = std::vector<NotUnderstoodLine>;

/// Who reads a configuration in a run. The real program knows each of its own settings; a milter that the world has
/// no part for is missing in either lane.
enum class ConfigReader { model, program };

/// Each line once, waivers not yet considered. What access restrictions do not model counts when a session meets them.
NotUnderstoodLines not_understood_lines(const HostSpec& host, const router::RouteDecider& decider, ConfigReader reader);

/// Adds what is neither waived nor listed already.
void add_unwaived(const WorldSpec& world, const NotUnderstoodLines& found, NotUnderstoodLines& to);

/// True where a router's host would not understand the line at a waiver's place if a step gave it the Postfix folder
/// in which that lies: a `configure` step brings folders that no host begins with.
bool is_needed_by_a_step(const WorldSpec& world, const WaiverSpec& waiver);

}  // namespace watershed::harness
