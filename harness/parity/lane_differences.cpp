// See lane_differences.hpp.
#include "harness/parity/lane_differences.hpp"

#include "harness/world/shown.hpp"
#include "harness/yaml/read.hpp"

namespace watershed::harness {

yaml::Shape lane_differences_shape() {
  const yaml::Shape entry = yaml::map({
      yaml::required("scenario", yaml::text(), "Scenario file below the scenarios' folder; `*` for all.",
                     "faults/greylisting.yaml"),
      yaml::optional("world", yaml::text(), "Only on this world.", "phase2"),
      yaml::optional("message", yaml::text(), "Only this message.", "request"),
      yaml::required(
          "aspect",
          yaml::enumeration({"fate", "mailbox", "hops", "replies", "rewriting", "envelope", "notices", "content"}),
          "In what the lanes differ.", "replies"),
      yaml::required("because", yaml::text(), "Why this is a property of the lane and no fault of the model.",
                     "\"Dovecot answers before it files\""),
  });
  return yaml::map({
      yaml::required("version", yaml::integer(1, 1), "Version of this format.", "1"),
      yaml::required("differences", yaml::list_of(entry), "Differences that are understood."),
  });
}

Parsed<std::vector<DeclaredDifference>> read_lane_differences(const std::filesystem::path& file,
                                                              const std::string& shown) {
  static const yaml::Shape shape = lane_differences_shape();
  std::vector<DeclaredDifference> declared;
  if (!std::filesystem::exists(file)) return declared;
  const auto root = load_shown(file, shown, shape);
  if (!root) return root.error();
  for (const yaml::Node& entry : (*root)["differences"].items) {
    DeclaredDifference each;
    each.scenario = yaml::as_text(entry["scenario"]);
    if (const yaml::Node* world = entry.find("world")) each.world = yaml::as_text(*world);
    if (const yaml::Node* message = entry.find("message")) each.message = yaml::as_text(*message);
    each.aspect = yaml::as_text(entry["aspect"]);
    each.because = yaml::as_text(entry["because"]);
    each.at = entry["scenario"].position();
    declared.push_back(std::move(each));
  }
  return declared;
}

}  // namespace watershed::harness
