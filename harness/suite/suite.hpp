// A suite: scenario files, the worlds they name and the requirements they speak for, found, read and checked as a
// whole.
#pragma once

#include "harness/scenario/scenario.hpp"
#include "harness/world/world.hpp"

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace watershed::harness {

struct Requirement {
  std::string id;
  std::string title;
  std::string statement;
  SourcePosition at;
};

struct Suite {
  std::filesystem::path root;  ///< the folder with worlds/, messages/ and requirements.yaml
  std::string shown_root;
  std::vector<Requirement> requirements;
  std::map<std::string, std::shared_ptr<const World>> worlds;
  std::vector<std::shared_ptr<const Scenario>> scenarios;  ///< in the order of their file names
  std::map<const Scenario*, std::map<std::string, std::shared_ptr<const World>>> changed_worlds;  ///< by world's name
  Diagnostics warnings;

  /// The world on which a scenario runs: its changed copy, where it has changes.
  std::shared_ptr<const World> world_for(const Scenario& scenario, const std::string& name) const;
};

struct SuiteOptions {
  std::vector<std::string> paths;   ///< files and folders; folders are searched for *.yaml
  std::string scenarios_root;       ///< empty: the nearest folder at or above the first path that has worlds/
  std::vector<std::string> worlds;  ///< only these; empty: all that scenarios name
  /// Every requirement must have a scenario. Off where only a part of the suite is read.
  bool check_requirements = false;
};

/// Reads everything. All errors of all files come together; with any of them nothing may be run.
Parsed<Suite> load_suite(const SuiteOptions& options);

yaml::Shape requirements_shape();
Parsed<std::vector<Requirement>> read_requirements(const std::filesystem::path& file, const std::string& shown);

/// The folder that holds worlds/, at or above `path`; empty when there is none.
std::filesystem::path find_scenarios_root(const std::filesystem::path& path);

}  // namespace watershed::harness
