// The Outcome of a run: everything that reports need, as one value. Reports read it and nothing else.
#pragma once

#include "harness/outcome_parts.hpp"
#include "harness/parity/parity.hpp"
#include "harness/scenario/evidence.hpp"
#include "harness/scenario/finding.hpp"
#include "harness/world/world.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace watershed::harness {

enum class Verdict { passed, failed, error, skipped, inconclusive };

std::string_view to_string(Verdict verdict);

/// Messages by what became of them, in units of one offered message for one recipient.
struct MessageCounts {
  std::uint64_t offered = 0;
  std::uint64_t delivered = 0;
  std::uint64_t rejected = 0;
  std::uint64_t bounced = 0;
  std::uint64_t discarded = 0;
  std::uint64_t queued = 0;
  std::uint64_t lost = 0;
  std::uint64_t duplicated = 0;

  void add(const MessageCounts& other);

  bool operator==(const MessageCounts&) const = default;
};

/// One message for one recipient: its fate and its way, for the JSON report and later for stories.
struct MessageResult {
  std::string label;
  std::string message_class;
  std::string reverse_path;
  std::string recipient;
  std::string fate;
  std::vector<std::string> path;   ///< hosts, originator first; of the furthest copy
  std::vector<std::string> trail;  ///< decisions, each with its file:line
  std::string mailbox;
  std::string folder;
  std::uint16_t code = 0;
  std::string text;
  std::int64_t latency_ns = 0;       ///< from offer to storing; 0 where not delivered
  std::vector<std::string> journal;  ///< its lines of JSON, while worlds are still to be compared; empty afterwards
  // Only where RunOptions::hash_content asks for it, and a copy was stored.
  std::string body_hash;                      ///< start of the SHA-256 sum of the stored body
  std::map<std::string, std::string> header;  ///< of all fields but trace: name in lower case → sum of its values

  bool operator==(const MessageResult&) const = default;
};

struct ScenarioResult {
  std::string file;
  std::string title;
  std::string world;
  std::vector<std::string> requirements;
  Verdict verdict = Verdict::passed;
  bool is_must_fail = false;
  Findings
      findings;  ///< what does not hold; for a known-bad world what was rightly reported stands in `expected_findings`
  Findings expected_findings;
  std::vector<NotUnderstoodLine> not_understood;
  MessageCounts counts;
  std::uint64_t crossings = 0;
  std::uint64_t hops = 0;
  std::map<std::string, std::uint64_t> stragglers;  ///< old address and reverse-path → messages that arrived
  std::vector<MessageResult> messages;
  std::uint64_t messages_left_out = 0;  ///< of a load, only the first are listed
  std::set<std::string> shared_hosts;
  std::set<std::string> segregated_classes;  ///< which the world keeps apart, whether or not such mail was sent
  FlowFigures figures;
  double seconds = 0;                     ///< real
  double virtual_seconds = 0;             ///< on the clock of the lane
  std::string replay;                     ///< command that runs this scenario again on this world
  std::string skipped_because;            ///< why the lane skipped it; empty where it did not
  std::vector<ComparedMessage> compared;  ///< for the comparison of lanes; empty where none was asked for
  // Filled only where RunOptions::record asks for it.
  std::vector<FlowHop> flow;                   ///< by from, to, class and way
  std::map<std::string, std::uint64_t> lines;  ///< configuration `file:line` → how often it decided
  bool has_changed_files = false;              ///< its lines are those of edited files, not of the world's
  std::vector<MessageStory> stories;           ///< of messages that failed first
  std::uint64_t stories_left_out = 0;          ///< of messages that failed, beyond the limit
  TimeSeries series;                           ///< empty where nothing is worth a plot

  bool operator==(const ScenarioResult&) const = default;
};

struct RequirementResult {
  std::string id;
  std::string title;
  std::string statement;
  Verdict verdict = Verdict::passed;
  std::vector<std::string> scenarios;  ///< `file on world`

  bool operator==(const RequirementResult&) const = default;
};

struct Summary {
  std::uint64_t scenarios = 0;  ///< runs: one scenario on one world
  std::uint64_t passed = 0;
  std::uint64_t failed = 0;
  std::uint64_t errors = 0;
  std::uint64_t skipped = 0;
  std::uint64_t inconclusive = 0;
  std::uint64_t crossings = 0;
  std::uint64_t hops = 0;
  MessageCounts messages;

  bool operator==(const Summary&) const = default;
};

/// Which part of a run this is; 1 of 1 is all of it.
struct Shard {
  unsigned index = 1;
  unsigned count = 1;

  bool operator==(const Shard&) const = default;
};

struct Outcome {
  std::uint64_t seed = 0;
  std::string lane = "simulated";
  // The live lane names what its verdicts stand on; empty and 0 in the simulated one.
  std::string sandbox_level;
  std::map<std::string, std::string> components;  ///< versions of the real programs, by name
  double time_factor = 0;                         ///< what retry times were divided by
  Parity parity;                                  ///< of a run in both lanes
  Shard shard;
  std::vector<ScenarioResult> scenarios;
  std::vector<RequirementResult> requirements;
  std::map<std::string, std::set<std::string>> shared_hosts;  ///< by world
  Summary summary;
  double seconds = 0;
  // Filled only where RunOptions::record asks for it.
  std::vector<WorldMap> worlds;
  std::vector<InputFile> inputs;  ///< by path
  RunRecord record;
  std::vector<FlowComparison> world_comparison;  ///< by the names of its sides; see harness/compare/worlds.hpp

  bool operator==(const Outcome&) const = default;
};

/// Fills summary, shared_hosts and the verdicts of the requirements from the scenarios. Known-bad worlds count as
/// scenarios, but their messages, crossings and hosts do not.
void summarize(Outcome& outcome);

/// Why a run in which nothing broke shows nothing all the same, as a sentence for people; empty where it does show
/// something, where nothing was to be run at all, and for a shard: what its whole tests is for the merging to say.
std::string nothing_tested(const Outcome& outcome);

/// 0 passed, 1 failed, 3 and 4 errors are given by the caller, 5 inconclusive, or nothing tested; 1 goes before 5.
int exit_code(const Outcome& outcome);

}  // namespace watershed::harness
