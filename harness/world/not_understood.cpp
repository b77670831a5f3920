// See not_understood.hpp.
#include "harness/world/not_understood.hpp"

#include "harness/world/milters.hpp"
#include "harness/world/world.hpp"

#include <algorithm>

namespace watershed::harness {

namespace {

bool is_at(const WorldSpec& world, const WaiverSpec& waiver, std::string_view place) {
  return world.shown(waiver.place) == place;
}

bool is_waived(const WorldSpec& world, std::string_view place) {
  return std::any_of(world.waivers.begin(), world.waivers.end(),
                     [&](const WaiverSpec& waiver) { return is_at(world, waiver, place); });
}

// The nearest folder above a file that postfix(1) could be started with; empty when there is none.
std::filesystem::path postfix_folder_of(const WorldSpec& world, const std::filesystem::path& file) {
  for (std::filesystem::path folder = file.parent_path(); !folder.empty(); folder = folder.parent_path()) {
    std::error_code error;
    if (std::filesystem::is_regular_file(world.folder / folder / "main.cf", error)) return folder;
    if (folder == folder.root_path()) break;
  }
  return {};
}

}  // namespace

NotUnderstoodLines not_understood_lines(const HostSpec& host, const router::RouteDecider& decider,
                                        ConfigReader reader) {
  NotUnderstoodLines lines;
  const auto add = [&](const std::vector<postfix::NotUnderstood>& found) {
    for (const postfix::NotUnderstood& line : found) {
      NotUnderstoodLine made{to_file_line(line.at), line.text};
      if (std::find(lines.begin(), lines.end(), made) == lines.end()) lines.push_back(std::move(made));
    }
  };
  if (reader == ConfigReader::model) add(decider.config().not_understood());
  add(milters_without_a_part(decider.config(), host.spam_filter.is_set() || !host.milter.empty()));
  return lines;
}

void add_unwaived(const WorldSpec& world, const NotUnderstoodLines& found, NotUnderstoodLines& to) {
  for (const NotUnderstoodLine& line : found) {
    if (!is_waived(world, line.place) && std::find(to.begin(), to.end(), line) == to.end()) to.push_back(line);
  }
}

bool is_needed_by_a_step(const WorldSpec& world, const WaiverSpec& waiver) {
  const std::filesystem::path folder = postfix_folder_of(world, waiver.place.substr(0, waiver.place.rfind(':')));
  if (folder.empty()) return false;
  return std::any_of(world.hosts.begin(), world.hosts.end(), [&](const HostSpec& host) {
    if (!std::holds_alternative<RouterSpec>(host.role)) return false;
    const auto loaded = load_router(world, host, {folder.string(), waiver.at});
    if (!loaded) return false;  // the step that brings it says why
    const NotUnderstoodLines lines = not_understood_lines(host, **loaded, ConfigReader::model);
    return std::any_of(lines.begin(), lines.end(),
                       [&](const NotUnderstoodLine& line) { return is_at(world, waiver, line.place); });
  });
}

}  // namespace watershed::harness
