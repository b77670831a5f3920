// What pages and evidence packs want to know of one run, taken from its evidence once it has been judged.
#pragma once

#include "harness/outcome.hpp"
#include "harness/record/dialogue.hpp"

#include <cstddef>

namespace watershed::harness {

struct RecordOptions {
  bool wanted = false;       ///< nobody asks for a page: nothing is kept
  bool all_stories = false;  ///< of every message up to the limit, not only of those that failed and one example
  std::size_t stories_max = 25;
  std::size_t all_stories_max = 1000;
};

/// Fills flow, lines, stories, series and journals of `result`, which has its findings and messages.
void record_run(const Evidence& evidence, const DialogueRecorder& dialogues, const RecordOptions& options,
                ScenarioResult& result);

// Its parts.

/// How often mail of each class went from host to host.
std::vector<FlowHop> flow_hops(const Evidence& evidence);

/// Fills the `journal` of the messages of a scenario that runs on several worlds.
void keep_journals(const Evidence& evidence, ScenarioResult& result);

/// Configuration `file:line` → how often it decided.
std::map<std::string, std::uint64_t> exercised_lines(const stage::Journal& journal);

/// Empty where a handful of messages went straight through: there is nothing to plot.
TimeSeries time_series(const Evidence& evidence);

/// Stories of messages that a finding names, else of one example (see RecordOptions).
void tell_stories(const Evidence& evidence, const DialogueRecorder& dialogues, const RecordOptions& options,
                  ScenarioResult& result);

}  // namespace watershed::harness
