// See judge.hpp.
#include "harness/lanes/judge.hpp"

#include "harness/invariants/invariant_table.hpp"
#include "harness/lanes/results.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>

namespace watershed::harness {

namespace {

bool is_allowed(const Scenario& scenario, std::string_view invariant, const Finding& finding) {
  return std::any_of(scenario.allowances.begin(), scenario.allowances.end(), [&](const Allowance& allowance) {
    return allowance.invariant == invariant && (allowance.message.empty() || allowance.message == finding.label);
  });
}

void judge_rules(const Evidence& evidence, const std::string& lane, ScenarioResult& result) {
  const Scenario& scenario = evidence.scenario;
  for (const Invariant& invariant : invariants()) {
    Findings found;
    invariant.check(evidence, found);
    if (std::string_view(invariant.name) == "segregation") result.crossings = found.size();
    std::copy_if(found.begin(), found.end(), std::back_inserter(result.findings),
                 [&](const Finding& each) { return !is_allowed(scenario, invariant.name, each); });
  }
  for (const auto& expectation : scenario.expectations) expectation->check(evidence, result.findings);
  // Nothing offered: nothing was tested, whatever the expectations say.
  if (evidence.lineage.roots().empty() && !scenario.steps.empty()) {
    bool sends = false;
    for (const auto& step : scenario.steps) sends = sends || !step->message_ids().empty();
    if (sends) {
      Finding found;
      found.rule = "lane " + lane;
      found.sentence = "no message was ever offered: the scenario tested nothing";
      result.findings.push_back(std::move(found));
    }
  }
}

// What was found of a message that was never offered was not found by looking at mail.
bool is_of_unsent_message(const Finding& finding, const Evidence& evidence) {
  if (finding.label.empty() || finding.label == "world") return false;
  return evidence.messages(finding.label).empty();
}

// What the lane or a step says of itself, and gaps in the evidence: the world was not played as it is written, or was
// not seen as a whole. Such a run shows nothing of the checks, whatever else it found.
bool spoils_the_proof(const MustFail& must_fail, const Finding& finding) {
  if (!finding.is_inconclusive) return finding.rule.starts_with("lane ") || finding.rule.starts_with("step ");
  return std::none_of(must_fail.despite.begin(), must_fail.despite.end(),
                      [&](const std::string& gap) { return finding.sentence.find(gap) != std::string::npos; });
}

// A known-bad world passes only if the stated rule, at the stated line, is among what was reported.
void judge_must_fail(const MustFail& must_fail, const Evidence& evidence, bool knows_places, ScenarioResult& result) {
  const std::string place =
      must_fail.at.empty() || !knows_places ? "" : evidence.world.shown_folder + "/" + must_fail.at;
  const auto names_it = [&](const Finding& finding) {
    if (finding.rule != must_fail.rule || finding.is_inconclusive || is_of_unsent_message(finding, evidence)) {
      return false;
    }
    if (!must_fail.says.empty() && finding.sentence.find(must_fail.says) == std::string::npos) return false;
    if (place.empty()) return true;
    const auto starts_at_place = [&](std::string_view text) {
      const std::size_t found = text.find(place);
      if (found == std::string_view::npos) return false;
      const std::size_t end = found + place.size();
      return end == text.size() || text[end] < '0' || text[end] > '9';  // :1 is not :12
    };
    return starts_at_place(finding.decided_by) || starts_at_place(finding.sentence);
  };
  if (std::any_of(result.findings.begin(), result.findings.end(), names_it)) {
    const auto expected = std::stable_partition(result.findings.begin(), result.findings.end(),
                                                [&](const Finding& each) { return spoils_the_proof(must_fail, each); });
    result.expected_findings.assign(std::make_move_iterator(expected), std::make_move_iterator(result.findings.end()));
    result.findings.erase(expected, result.findings.end());
    return;
  }
  Finding missing;
  missing.rule = "must-fail";
  missing.sentence = fmt::format("this known-bad world had to be reported by {}{}{}, and was not", must_fail.rule,
                                 place.empty() ? "" : " at " + place,
                                 must_fail.says.empty() ? "" : fmt::format(" saying '{}'", must_fail.says));
  result.findings.insert(result.findings.begin(), std::move(missing));
}

Verdict verdict_of(const ScenarioResult& result) {
  const bool broken = std::any_of(result.findings.begin(), result.findings.end(),
                                  [](const Finding& finding) { return !finding.is_inconclusive; });
  if (broken) return Verdict::failed;
  if (!result.findings.empty() || !result.not_understood.empty()) return Verdict::inconclusive;
  return Verdict::passed;
}

}  // namespace

ScenarioResult begin_result(const Scenario& scenario, const World& world, std::uint64_t seed, const std::string& lane) {
  ScenarioResult result;
  result.file = scenario.file;
  result.title = scenario.title;
  result.world = world.spec.name;
  result.requirements = scenario.requirements;
  result.is_must_fail = scenario.must_fail.has_value();
  const std::vector<std::string> apart = world.spec.segregated_classes();
  result.segregated_classes = {apart.begin(), apart.end()};
  const std::string choice = lane == "simulated" ? "" : "--lane " + lane + " ";
  result.replay = fmt::format("watershed run {}--seed {} --world {} {}", choice, seed, world.spec.name, scenario.file);
  return result;
}

std::optional<std::string> lane_skip_reason(const Scenario& scenario, const std::string& lane) {
  const auto& lanes = scenario.lanes;
  if (lanes.empty() || std::find(lanes.begin(), lanes.end(), lane) != lanes.end()) return std::nullopt;
  return fmt::format("only in the lane {}", fmt::join(lanes, ", "));
}

ScenarioResult skipped_result(const Scenario& scenario, const World& world, std::uint64_t seed, const std::string& lane,
                              std::string because) {
  ScenarioResult result = begin_result(scenario, world, seed, lane);
  result.verdict = Verdict::skipped;
  result.skipped_because = std::move(because);
  return result;
}

void judge(const Evidence& evidence, const std::string& lane, ScenarioResult& result) {
  judge_rules(evidence, lane, result);
  const bool knows_places = lane == "simulated";
  if (evidence.scenario.must_fail) judge_must_fail(*evidence.scenario.must_fail, evidence, knows_places, result);
  fill_results(evidence, result);
  result.verdict = verdict_of(result);
}

Finding lane_finding(const std::string& lane, std::string sentence) {
  Finding found;
  found.rule = "lane " + lane;
  found.sentence = std::move(sentence);
  return found;
}

}  // namespace watershed::harness
