// The parts of the page. Each takes the outcome and gives its markup; html_report.cpp puts them in order.
#pragma once

#include "harness/outcome.hpp"
#include "reports/html/shelf.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace watershed::reports::html {

/// Where evidence stands: references as from the page.
struct Places {
  std::vector<std::string> runs;                  ///< for each run
  std::vector<std::vector<std::string>> stories;  ///< … and for each of its stories
  std::vector<std::string> plots;                 ///< empty where the run has none
};

/// Id of a run on the page: stable as long as the scenario and world are.
std::string run_id(const harness::Outcome& outcome, std::size_t run);

/// `, live` or `, simulated` where the runs of both lanes stand side by side; else empty.
std::string_view lane_note(const harness::Outcome& outcome, const harness::ScenarioResult& run);

/// The three answers, each with its figure.
std::string opening(const harness::Outcome& outcome);

std::string flow_section(const harness::Outcome& outcome);

/// Requirement × world; each cell links to the runs behind it, listed below it.
std::string matrix_section(const harness::Outcome& outcome, const Places& places);

/// What does not hold, worst first, with links; empty when all holds.
std::string trouble_section(const harness::Outcome& outcome, const Places& places);

/// One story, complete. `id` is its element's id.
std::string story(const harness::ScenarioResult& run, const harness::MessageStory& story, const std::string& id);

/// One run: findings, messages, figures, replay.
std::string run_piece(const harness::Outcome& outcome, std::size_t run, const Places& places);

/// Throughput, delivery times, held messages and errors of one run over time.
std::string plot_piece(const harness::ScenarioResult& run, const std::string& id);

/// Totals for each host, and annotated files on the shelf.
std::string coverage_section(const harness::Outcome& outcome, Shelf& shelf);

/// Differences between lanes and worlds, each cause on the shelf; says so where nothing was compared.
std::string differences_section(const harness::Outcome& outcome, Shelf& shelf);

std::string record_section(const harness::Outcome& outcome);

}  // namespace watershed::reports::html
