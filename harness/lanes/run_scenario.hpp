// Runs one scenario on one world in the simulated lane and gives its verdict.
#pragma once

#include "harness/outcome.hpp"
#include "harness/record/record_run.hpp"
#include "harness/scenario/scenario.hpp"
#include "harness/world/world.hpp"
#include "sandbox/level.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace watershed::harness {

struct RunOptions {
  std::optional<sandbox::Level> sandbox;  ///< for the live lane; nothing: the best that works
  std::string lane = "simulated";
  std::uint64_t seed = 1;
  std::filesystem::path artifacts;  ///< empty: none; else journal.jsonl and the stored copies go to a folder a run
  bool keep_passed_artifacts = true;
  bool compare = false;       ///< fill ScenarioResult::compared
  bool hash_content = false;  ///< fill MessageResult::body_hash and header, for `diff`
  RecordOptions record;
};

/// What a scenario may look at beside its own world.
struct Surroundings {
  std::map<std::string, const WorldSpec*> worlds;
  std::map<std::string, FlowFigures> figures_elsewhere;  ///< of this scenario on the worlds before
};

/// `world` must have been checked with check_names and Step::check.
ScenarioResult run_scenario(const Scenario& scenario, std::shared_ptr<const World> world, const RunOptions& options,
                            const Surroundings& surroundings);

/// The seed of one run, from the seed of all: what runs beside it does not matter.
std::uint64_t run_seed(std::uint64_t seed, std::string_view scenario_file, std::string_view world);

}  // namespace watershed::harness
