// Requirement × world: what holds where, and what stands behind it.
#include "reports/html/sections.hpp"

#include "harness/invariants/invariant_table.hpp"
#include "harness/worst_verdict.hpp"
#include "reports/html/markup.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace watershed::reports::html {

namespace {

using harness::RequirementResult;
using harness::ScenarioResult;
using harness::Verdict;

struct Cell {
  std::vector<std::size_t> runs;
  std::vector<std::size_t> known_bad;
  std::uint64_t messages = 0;
  Verdict verdict = Verdict::skipped;
};

// A known-bad world that was noticed proves that the check sees; one that was not makes the cell worthless.
void add(Cell& cell, std::size_t index, const ScenarioResult& run) {
  (run.is_must_fail ? cell.known_bad : cell.runs).push_back(index);
  if (run.is_must_fail && run.verdict == Verdict::passed) return;
  if (!run.is_must_fail) cell.messages += run.counts.offered;
  cell.verdict = worst(cell.verdict, run.verdict);
}

std::string cell_id(const std::string& requirement, const std::string& world) {
  return fmt::format("q-{}-{}", id_of(requirement), id_of(world));
}

class Matrix {
 public:
  Matrix(const harness::Outcome& outcome, const Places& places) : outcome_(outcome), places_(places) {
    for (std::size_t index = 0; index < outcome.scenarios.size(); ++index) {
      const ScenarioResult& run = outcome.scenarios[index];
      worlds_.insert(run.world);
      for (const std::string& id : run.requirements) add(cells_[id][run.world], index, run);
    }
  }

  std::string write() {
    html_.raw(
        "<div class=scroll tabindex=0 role=region aria-label=\"Requirement matrix\"><table class=matrix>"
        "<thead><tr><th scope=col>Requirement");
    for (const std::string& world : worlds_) html_.raw("<th scope=col>").text(world);
    html_.raw("</thead><tbody>");
    for (const RequirementResult& requirement : outcome_.requirements) row(requirement);
    html_.raw("</tbody></table></div>");
    html_.raw("<h3>Evidence behind each cell</h3>");
    for (const RequirementResult& requirement : outcome_.requirements) lists(requirement);
    return html_.take();
  }

 private:
  void row(const RequirementResult& requirement) {
    html_.raw("<tr><th scope=row><b>").text(requirement.id).raw("</b> ").text(requirement.title);
    html_.raw("<span class=statement>").text(requirement.statement).raw("</span>");
    for (const std::string& world : worlds_) {
      const auto of = cells_.find(requirement.id);
      const auto found = of == cells_.end() ? std::map<std::string, Cell>::const_iterator() : of->second.find(world);
      if (of == cells_.end() || found == of->second.end()) {
        html_.raw("<td class=none><span class=\"v skipped\">not asked</span>");
        continue;
      }
      const Cell& cell = found->second;
      html_.raw("<td><a href=\"#").raw(cell_id(requirement.id, world)).raw("\">");
      html_.raw(verdict_badge(to_string(cell.verdict))).raw("<span class=behind>");
      html_.raw(plural(cell.runs.size(), "scenario")).raw(", ").raw(plural(cell.messages, "message")).raw(", ");
      html_.raw(plural(cell.runs.size() * harness::invariants().size(), "invariant check"));
      if (!cell.known_bad.empty()) html_.raw(", ").raw(plural(cell.known_bad.size(), "known-bad world"));
      html_.raw("</span></a>");
    }
  }

  void lists(const RequirementResult& requirement) {
    const auto of = cells_.find(requirement.id);
    if (of == cells_.end()) return;
    for (const auto& [world, cell] : of->second) {
      html_.raw("<details class=evidence><summary>");
      html_.raw(verdict_badge(to_string(cell.verdict))).raw(" ").text(requirement.id).raw(" on ").text(world);
      html_.raw(": ").raw(plural(cell.runs.size() + cell.known_bad.size(), "run"));
      html_.raw("</summary><ul id=\"").raw(cell_id(requirement.id, world)).raw("\">");
      for (const std::size_t run : cell.runs) item(run);
      for (const std::size_t run : cell.known_bad) item(run);
      html_.raw("</ul></details>");
    }
  }

  void item(std::size_t index) {
    const ScenarioResult& run = outcome_.scenarios[index];
    html_.raw("<li>").raw(verdict_badge(to_string(run.verdict))).raw(" <a href=\"").attribute(places_.runs[index]);
    html_.raw("\">").text(run.title, 200).raw("</a>").raw(lane_note(outcome_, run));
    if (run.is_must_fail) html_.raw(" (known bad, and noticed where it holds)");
  }

  const harness::Outcome& outcome_;
  const Places& places_;
  std::set<std::string> worlds_;
  std::map<std::string, std::map<std::string, Cell>> cells_;  // by requirement and world
  Markup html_;
};

}  // namespace

std::string matrix_section(const harness::Outcome& outcome, const Places& places) {
  if (outcome.requirements.empty()) return "<p>The suite states no requirements.</p>";
  return Matrix(outcome, places).write();
}

}  // namespace watershed::reports::html
