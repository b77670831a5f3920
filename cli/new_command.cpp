// watershed new scenario NAME, new world NAME: commented first files that pass `check` and `run` as they are.
#include "cli/commands.hpp"
#include "cli/first_world.hpp"
#include "cli/report_requests.hpp"
#include "cli/support.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::cli {

namespace {

namespace fs = std::filesystem;

fs::path root_of(const Options& options) {
  return options.scenarios_root.empty() ? fs::path("scenarios") : fs::path(options.scenarios_root);
}

bool is_plain(std::string_view name, bool may_have_folders) {
  const bool is_good = !name.empty() && name.find("..") == std::string_view::npos && name.front() != '/' &&
                       name.back() != '/' && std::all_of(name.begin(), name.end(), [&](char c) {
                         return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                                c == '-' || c == '_' || (may_have_folders && (c == '/' || c == '.'));
                       });
  if (!is_good) complain(fmt::format("'{}' is no name; expected letters, digits, '-' and '_'", name));
  return is_good;
}

std::string filled_in(std::string_view text, std::string_view name) {
  std::string out(text);
  for (std::size_t at = out.find("@NAME@"); at != std::string::npos; at = out.find("@NAME@", at + name.size())) {
    out.replace(at, 6, name);
  }
  return out;
}

// Never over a file that is there.
bool write_new(const fs::path& path, std::string_view text) {
  if (!fs::exists(path)) return write_file(path.string(), text);
  complain(fmt::format("{} exists already", path.string()));
  return false;
}

ExitCode new_world(const Options& options) {
  if (!is_plain(options.new_name, false)) return ExitCode::usage;
  const fs::path root = root_of(options);
  const fs::path folder = root / "worlds" / options.new_name;
  if (fs::exists(folder)) {
    complain(fmt::format("{} exists already", folder.string()));
    return ExitCode::wrong_input;
  }
  for (const FirstFile& file : first_world_files()) {
    if (!write_new(folder / filled_in(file.path, options.new_name), filled_in(file.text, options.new_name))) {
      return ExitCode::environment;
    }
  }
  const fs::path requirements = root / "requirements.yaml";
  if (!fs::exists(requirements) && !write_new(requirements, first_requirements())) return ExitCode::environment;
  say(fmt::format("wrote {0}\nnext: watershed new scenario first --world {1}\n", folder.string(), options.new_name));
  return ExitCode::ok;
}

struct Correspondence {
  std::string message_class;
  std::string from;
  std::string to;
};

// Somebody outside who can write to a mailbox inside whose zone carries a class.
std::optional<Correspondence> first_correspondence(const harness::World& world) {
  std::string outside;
  for (const harness::HostSpec& host : world.spec.hosts) {
    const harness::ZoneSpec* zone = world.spec.zone(host.zone);
    const bool is_sender = zone != nullptr && zone->is_external && std::holds_alternative<harness::MtaSpec>(host.role);
    if (is_sender && outside.empty()) outside = host.name;
  }
  for (std::size_t index = 0; index < world.hosts.size() && !outside.empty(); ++index) {
    const harness::ZoneSpec* zone = world.spec.zone(world.spec.hosts[index].zone);
    if (zone == nullptr || zone->carries.empty()) continue;
    for (const store::MailboxSettings& mailbox : world.hosts[index].mailboxes) {
      if (mailbox.script) continue;  // a script may file it anywhere
      return Correspondence{zone->carries.front(), "someone@" + outside, to_string(mailbox.address)};
    }
  }
  return std::nullopt;
}

std::string scenario_text(const Correspondence& mail, const std::string& world, const std::string& requirement) {
  return fmt::format(
      R"(# A scenario: what is done to a world, and what must hold then. `watershed schema scenario` prints the JSON Schema of
# this file, for completion in an editor; `watershed run FILE` runs it.
version: 1
# One sentence that says what must be true.
scenario: A message from outside reaches its mailbox once and unaltered.
# Ids from requirements.yaml that this scenario speaks for.
requirements: [{2}]
# Folders in worlds/ on which it runs.
worlds: [{1}]
steps:
  # `class` says which zones may handle the message and all that it gives rise to; every run is watched for that.
  - send:
      id: hello
      class: {0}
      from: {3}
      to: {4}
      # Or `message: NAME.eml`, a file in messages/.
      text: {{ subject: A first message, body: Does this arrive? }}
expect:
  # `folder`, `within: 5s` and others: see the schema.
  - hello: {{ delivered: {{ to: {4}, times: 1 }} }}
  - hello: {{ body: unchanged }}
)",
      mail.message_class, world, requirement, mail.from, mail.to);
}

std::vector<std::string> candidate_worlds(const Options& options, const fs::path& root) {
  if (!options.world.empty()) return {options.world};
  std::vector<std::string> names;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(root / "worlds", error)) {
    if (fs::is_regular_file(entry.path() / "world.yaml")) names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

ExitCode new_scenario(const Options& options) {
  if (!is_plain(options.new_name, true)) return ExitCode::usage;
  const fs::path root = root_of(options);
  const std::string name = options.new_name.ends_with(".yaml") ? options.new_name : options.new_name + ".yaml";
  const fs::path file = root / name;
  const auto requirements =
      harness::read_requirements(root / "requirements.yaml", (root / "requirements.yaml").string());
  if (!requirements || requirements->empty()) {
    complain(requirements ? "requirements.yaml has no requirement" : "\n" + render(requirements.error()));
    return ExitCode::wrong_input;
  }
  for (const std::string& world_name : candidate_worlds(options, root)) {
    const fs::path folder = root / "worlds" / world_name;
    const auto world = harness::load_world(folder, folder.string());
    if (!world) {
      complain("\n" + render(world.error()));
      return ExitCode::wrong_input;
    }
    const auto mail = first_correspondence(**world);
    if (!mail) continue;
    if (!write_new(file, scenario_text(*mail, world_name, requirements->front().id))) return ExitCode::wrong_input;
    say(fmt::format("wrote {0}\nnext: watershed run {0}\n", file.string()));
    return ExitCode::ok;
  }
  complain(
      fmt::format("no world in {} has both an outside MTA and a mailbox without a script", (root / "worlds").string()));
  return ExitCode::wrong_input;
}

}  // namespace

ExitCode new_file(const Options& options) {
  return options.new_kind == "world" ? new_world(options) : new_scenario(options);
}

}  // namespace watershed::cli
