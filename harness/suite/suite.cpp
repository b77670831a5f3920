// See suite.hpp.
#include "harness/suite/suite.hpp"

#include "harness/world/shown.hpp"
#include "harness/yaml/read.hpp"
#include "harness/yaml/validate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace watershed::harness {

namespace {

namespace fs = std::filesystem;

Diagnostic plain_error(std::string file, std::string message) {
  return {Severity::error, {std::move(file), 0, 0}, std::move(message), {}, {}};
}

// Folders that hold something else than scenarios.
bool is_scenario_file(const fs::path& root, const fs::path& file) {
  if (file.extension() != ".yaml" && file.extension() != ".yml") return false;
  const fs::path relative = file.lexically_relative(root);
  const std::string first = relative.begin() == relative.end() ? "" : relative.begin()->string();
  return first != "worlds" && first != "messages" && relative != "requirements.yaml" &&
         relative != "lane-differences.yaml";
}

class SuiteLoader {
 public:
  SuiteLoader(const SuiteOptions& options, Suite& suite) : options_(options), suite_(suite) {}

  Diagnostics load() {
    find_root();
    if (!diagnostics_.empty()) return std::move(diagnostics_);
    read_requirement_file();
    for (const std::string& file : scenario_files()) read_one(file);
    for (const auto& scenario : suite_.scenarios) prepare(*scenario);
    if (options_.check_requirements) check_requirements();
    return std::move(diagnostics_);
  }

 private:
  template <class T>
  bool keep(const Parsed<T>& parsed) {
    if (parsed) return true;
    for (const Diagnostic& diagnostic : parsed.error()) diagnostics_.push_back(diagnostic);
    return false;
  }

  void find_root() {
    for (const std::string& path : options_.paths) {
      if (!fs::exists(path))
        diagnostics_.push_back(plain_error(path, "no such file or folder; expected scenario files"));
    }
    if (!diagnostics_.empty()) return;
    suite_.root = options_.scenarios_root.empty() ? find_scenarios_root(options_.paths.front())
                                                  : fs::path(options_.scenarios_root);
    suite_.shown_root = suite_.root.string();
    if (suite_.root.empty() || !fs::is_directory(suite_.root / "worlds")) {
      diagnostics_.push_back(plain_error(options_.paths.front(),
                                         "found no folder 'worlds' here or above; expected scenarios/worlds/<name>"));
    }
  }

  void read_requirement_file() {
    const fs::path file = suite_.root / "requirements.yaml";
    auto requirements = read_requirements(file, file.string());
    if (keep(requirements)) suite_.requirements = std::move(*requirements);
  }

  std::vector<std::string> scenario_files() {
    std::set<std::string> files;
    for (const std::string& path : options_.paths) {
      if (!fs::is_directory(path)) {
        files.insert(path);
        continue;
      }
      for (const auto& entry : fs::recursive_directory_iterator(path)) {
        if (entry.is_regular_file() && is_scenario_file(suite_.root, entry.path())) files.insert(entry.path().string());
      }
    }
    if (files.empty()) {
      diagnostics_.push_back(plain_error(options_.paths.front(), "there is no scenario here; expected *.yaml files"));
    }
    return {files.begin(), files.end()};
  }

  void read_one(const std::string& file) {
    auto scenario = read_scenario(file, fs::path(file).lexically_normal().string(), suite_.root / "messages");
    if (keep(scenario)) suite_.scenarios.push_back(std::make_shared<const Scenario>(std::move(*scenario)));
  }

  bool is_wanted(const std::string& world) const {
    return options_.worlds.empty() ||
           std::find(options_.worlds.begin(), options_.worlds.end(), world) != options_.worlds.end();
  }

  const World* world(const std::string& name, const Scenario& scenario) {
    const auto known = suite_.worlds.find(name);
    if (known != suite_.worlds.end()) return known->second.get();
    const fs::path folder = suite_.root / "worlds" / name;
    if (!fs::is_regular_file(folder / "world.yaml")) {
      diagnostics_.push_back(
          {Severity::error,
           scenario.at,
           fmt::format("world '{}' does not exist; expected {}", name, (folder / "world.yaml").string()),
           {},
           {}});
      suite_.worlds[name] = nullptr;
      return nullptr;
    }
    auto loaded = load_world(folder, folder.lexically_normal().string());
    std::shared_ptr<const World>& kept = suite_.worlds[name];
    if (keep(loaded)) {
      kept = *loaded;
      if (kept->spec.name != name) {
        diagnostics_.push_back(plain_error(
            (folder / "world.yaml").string(),
            fmt::format("the world is called '{}'; expected '{}' as its folder is", kept->spec.name, name)));
      }
      suite_.warnings.insert(suite_.warnings.end(), kept->warnings.begin(), kept->warnings.end());
    }
    return kept.get();
  }

  // Null after a diagnostic. Scenarios with the same changes share one world. What could not be read is read again for
  // each: the diagnostics name the places in that scenario.
  std::shared_ptr<const World> changed_world(const std::string& name, const std::vector<Change>& changes) {
    std::vector<std::string> key{name};
    for (const Change& change : changes) {
      for (const std::string& part :
           {change.file, change.find, change.replace, change.append, std::to_string(change.line)}) {
        key.push_back(part);
      }
    }
    const auto known = changed_worlds_.find(key);
    if (known != changed_worlds_.end()) return known->second;
    const fs::path folder = suite_.root / "worlds" / name;
    auto changed = load_world(folder, folder.lexically_normal().string(), changes);
    if (!keep(changed)) return nullptr;
    return changed_worlds_.emplace(std::move(key), *changed).first->second;
  }

  void prepare(const Scenario& scenario) {
    check_requirement_ids(scenario);
    for (const std::string& name : scenario.worlds) {
      if (!is_wanted(name)) continue;
      const World* loaded = world(name, scenario);
      if (loaded == nullptr) continue;
      if (!scenario.changes.empty()) {
        const std::shared_ptr<const World> changed = changed_world(name, scenario.changes);
        if (!changed) continue;
        suite_.changed_worlds[&scenario][name] = changed;
        loaded = changed.get();
      }
      Diagnostics wrong = check_names(scenario, loaded->spec);
      for (const auto& step : scenario.steps) {
        for (Diagnostic& diagnostic : step->check(loaded->spec)) wrong.push_back(std::move(diagnostic));
      }
      diagnostics_.insert(diagnostics_.end(), wrong.begin(), wrong.end());
    }
    // What another world's files say needs no run of that world: it is read even where `--world` leaves it out.
    for (const auto& expectation : scenario.expectations) {
      if (const std::string name = expectation->world_read(); !name.empty()) world(name, scenario);
    }
  }

  void check_requirement_ids(const Scenario& scenario) {
    for (const std::string& id : scenario.requirements) {
      const bool known = std::any_of(suite_.requirements.begin(), suite_.requirements.end(),
                                     [&](const Requirement& requirement) { return requirement.id == id; });
      if (known) continue;
      diagnostics_.push_back(
          {Severity::error, scenario.at, fmt::format("requirement '{}' is not in requirements.yaml", id), {}, {}});
    }
  }

  void check_requirements() {
    for (const Requirement& requirement : suite_.requirements) {
      const bool used = std::any_of(suite_.scenarios.begin(), suite_.scenarios.end(), [&](const auto& scenario) {
        return std::find(scenario->requirements.begin(), scenario->requirements.end(), requirement.id) !=
               scenario->requirements.end();
      });
      if (used) continue;
      diagnostics_.push_back({Severity::error,
                              requirement.at,
                              fmt::format("requirement '{}' has no scenario; expected at least one", requirement.id),
                              {},
                              {}});
    }
  }

  const SuiteOptions& options_;
  Suite& suite_;
  Diagnostics diagnostics_;
  std::map<std::vector<std::string>, std::shared_ptr<const World>> changed_worlds_;  // by world and changes
};

}  // namespace

std::shared_ptr<const World> Suite::world_for(const Scenario& scenario, const std::string& name) const {
  const auto changed = changed_worlds.find(&scenario);
  if (changed != changed_worlds.end() && changed->second.contains(name)) return changed->second.at(name);
  const auto found = worlds.find(name);
  return found == worlds.end() ? nullptr : found->second;
}

fs::path find_scenarios_root(const fs::path& path) {
  std::error_code error;
  // The path as the person wrote it, so that messages show it that way; only beyond its start the absolute one.
  fs::path folder = fs::is_directory(path, error) ? path : path.parent_path();
  for (; !folder.empty(); folder = folder.parent_path()) {
    if (fs::is_directory(folder / "worlds", error)) return folder;
    if (folder == folder.parent_path()) break;
  }
  for (folder = fs::absolute(path, error); !folder.empty(); folder = folder.parent_path()) {
    if (fs::is_directory(folder / "worlds", error)) return folder.lexically_proximate(fs::current_path(error));
    if (folder == folder.parent_path()) break;
  }
  return {};
}

yaml::Shape requirements_shape() {
  const yaml::Shape requirement = yaml::map({
      yaml::required("title", yaml::text(), "A few words.", "Separate systems"),
      yaml::required("statement", yaml::text(), "What has to hold.", "\"No host handles mail of both kinds.\""),
  });
  const yaml::Shape id = yaml::text_matching("[A-Z][A-Z0-9]*-[0-9]+", "a requirement id", "SEG-1");
  return yaml::map({
      yaml::required("version", yaml::integer(1, 1), "Version of this format.", "1"),
      yaml::required("requirements", yaml::map_of(id, requirement).sized(1), "Requirements by their ids."),
  });
}

Parsed<std::vector<Requirement>> read_requirements(const fs::path& file, const std::string& shown) {
  static const yaml::Shape shape = requirements_shape();
  const auto root = load_shown(file, shown, shape);
  if (!root) return root.error();
  std::vector<Requirement> requirements;
  for (const auto& [key, value] : (*root)["requirements"].entries) {
    requirements.push_back(
        {key.text, yaml::as_text(value["title"]), yaml::as_text(value["statement"]), key.position()});
  }
  return requirements;
}

Parsed<Suite> load_suite(const SuiteOptions& options) {
  Suite suite;
  Diagnostics diagnostics = SuiteLoader(options, suite).load();
  if (!diagnostics.empty()) return diagnostics;
  return suite;
}

}  // namespace watershed::harness
