// See merge.hpp.
#include "harness/result_file/merge.hpp"

#include "harness/compare/worlds.hpp"
#include "sandbox/level.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace watershed::harness {

namespace {

std::vector<std::string> requirement_ids(const Outcome& outcome) {
  std::vector<std::string> ids;
  for (const RequirementResult& requirement : outcome.requirements) ids.push_back(requirement.id);
  return ids;
}

// Why a part is none of the run that the first part is of; empty when it is.
std::string mismatch(const NamedOutcome& first, const NamedOutcome& part) {
  const Outcome& a = first.outcome;
  const Outcome& b = part.outcome;
  const auto differ = [&](std::string_view what, const auto& one, const auto& other) {
    return fmt::format("{} has {} {}, but {} has {}", first.name, what, one, part.name, other);
  };
  if (a.seed != b.seed) return differ("seed", a.seed, b.seed);
  if (a.lane != b.lane) return differ("lane", a.lane, b.lane);
  if (a.time_factor != b.time_factor) return differ("time factor", a.time_factor, b.time_factor);
  if (a.shard.count != b.shard.count) return differ("number of shards", a.shard.count, b.shard.count);
  if (requirement_ids(a) != requirement_ids(b)) {
    return fmt::format("{} and {} have other requirements", first.name, part.name);
  }
  return {};
}

// Declarations that only one shard found unused stay: each names a scenario, and that is in one shard.
void add_parity(Parity& merged, const Parity& part) {
  merged.compared += part.compared;
  merged.agree += part.agree;
  merged.differences.insert(merged.differences.end(), part.differences.begin(), part.differences.end());
  std::stable_sort(merged.differences.begin(), merged.differences.end(),
                   [](const LaneDifference& a, const LaneDifference& b) { return a.scenario < b.scenario; });
  std::vector<std::string>& unused = merged.unused_declarations;
  unused.insert(unused.end(), part.unused_declarations.begin(), part.unused_declarations.end());
  std::sort(unused.begin(), unused.end());
  unused.erase(std::unique(unused.begin(), unused.end()), unused.end());
}

// How much a sandbox keeps in, from the best; what is not known is the last.
std::size_t weakness(const std::string& sandbox_level) {
  const auto level = sandbox::find_level(sandbox_level);
  return level ? static_cast<std::size_t>(*level) : std::numeric_limits<std::size_t>::max();
}

// Verdicts of all shards stand on the weakest sandbox and on every version that one of them ran with.
void add_surroundings(Outcome& merged, const Outcome& part) {
  if (weakness(part.sandbox_level) > weakness(merged.sandbox_level)) {
    merged.sandbox_level = part.sandbox_level;
    merged.record.sandbox = part.record.sandbox;
  }
  const auto add = [](std::map<std::string, std::string>& all, const std::map<std::string, std::string>& more) {
    for (const auto& [name, version] : more) {
      std::string& known = all[name];
      if (fmt::format(" / {} / ", known).find(fmt::format(" / {} / ", version)) != std::string::npos) continue;
      known += (known.empty() ? "" : " / ") + version;
    }
  };
  add(merged.components, part.components);
  add(merged.record.versions, part.record.versions);
}

// What a page needs of the whole run: each world and each input once, whichever shards had it.
void add_circumstances(Outcome& merged, const Outcome& part) {
  for (const WorldMap& world : part.worlds) {
    const auto is_it = [&](const WorldMap& each) { return each.name == world.name; };
    if (std::none_of(merged.worlds.begin(), merged.worlds.end(), is_it)) merged.worlds.push_back(world);
  }
  for (const InputFile& input : part.inputs) {
    const auto place = std::lower_bound(merged.inputs.begin(), merged.inputs.end(), input,
                                        [](const InputFile& a, const InputFile& b) { return a.path < b.path; });
    if (place == merged.inputs.end() || place->path != input.path) merged.inputs.insert(place, input);
  }
  if (merged.record.started_at.empty()) merged.record = part.record;
  for (const Waiver& waiver : part.record.waivers) {
    std::vector<Waiver>& all = merged.record.waivers;
    if (std::find(all.begin(), all.end(), waiver) == all.end()) all.push_back(waiver);
  }
  add_surroundings(merged, part);
  add_parity(merged.parity, part.parity);
  merge_comparisons(merged.world_comparison, part.world_comparison);
}

}  // namespace

Result<Outcome, Error> merge_shards(std::span<const NamedOutcome> parts) {
  if (parts.empty()) return Error{"no result file to merge"};
  const NamedOutcome& first = parts.front();
  std::map<unsigned, const NamedOutcome*> by_index;
  for (const NamedOutcome& part : parts) {
    const std::string wrong = mismatch(first, part);
    if (!wrong.empty()) return Error{wrong + "; expected parts of one run"};
    const Shard& shard = part.outcome.shard;
    if (shard.index < 1 || shard.index > shard.count) {
      return Error{fmt::format("{} is shard {}/{}", part.name, shard.index, shard.count)};
    }
    const auto [place, is_new] = by_index.emplace(shard.index, &part);
    if (!is_new) {
      return Error{
          fmt::format("{} and {} are both shard {}/{}", place->second->name, part.name, shard.index, shard.count)};
    }
  }
  Outcome merged = first.outcome;
  merged.shard = {};
  merged.scenarios.clear();
  merged.parity = {};
  merged.world_comparison.clear();
  for (unsigned index = 1; index <= first.outcome.shard.count; ++index) {
    const auto found = by_index.find(index);
    if (found == by_index.end()) {
      return Error{fmt::format("shard {}/{} is missing", index, first.outcome.shard.count)};
    }
    const Outcome& part = found->second->outcome;
    merged.scenarios.insert(merged.scenarios.end(), part.scenarios.begin(), part.scenarios.end());
    add_circumstances(merged, part);
    merged.seconds = std::max(merged.seconds, part.seconds);  // shards run at the same time
  }
  // As one run has them: by file; the worlds of a file are in one shard and keep their order.
  std::stable_sort(merged.scenarios.begin(), merged.scenarios.end(),
                   [](const ScenarioResult& a, const ScenarioResult& b) { return a.file < b.file; });
  std::sort(merged.worlds.begin(), merged.worlds.end(),
            [](const WorldMap& a, const WorldMap& b) { return a.name < b.name; });
  summarize(merged);
  return merged;
}

}  // namespace watershed::harness
