// Under what circumstances the figures came about, so that another can get the same.
#include "reports/html/sections.hpp"

#include "reports/html/markup.hpp"

#include <fmt/format.h>

#include <map>

namespace watershed::reports::html {

namespace {

using harness::Outcome;
using harness::ScenarioResult;

void row(Markup& html, std::string_view name, std::string_view value) {
  html.raw("<tr><th scope=row>").raw(name).raw("<td>").text(value);
}

void circumstances(Markup& html, const Outcome& outcome) {
  const harness::RunRecord& record = outcome.record;
  html.raw("<table class=record><tbody>");
  row(html, "Seed", std::to_string(outcome.seed));
  row(html, "Lane", outcome.lane);
  if (!record.command.empty()) html.raw("<tr><th scope=row>Command<td><code>").text(record.command).raw("</code>");
  row(html, "Sandbox", record.sandbox);
  row(html, "Machine", record.machine);
  html.raw("<tr><th scope=row>Started<td>").real_time(record.started_at);
  html.raw("<tr><th scope=row>Duration<td>").real_time(fmt::format("{:.3f} s", outcome.seconds));
  std::string versions;
  for (const auto& [name, version] : record.versions) {
    versions += fmt::format("{}{} {}", versions.empty() ? "" : ", ", name, version);
  }
  row(html, "Versions", versions);
  html.raw("</tbody></table>");
}

void waivers(Markup& html, const Outcome& outcome) {
  html.raw("<h3>Waivers</h3>");
  if (outcome.record.waivers.empty()) {
    html.raw("<p>None: no line of the configuration is passed over.</p>");
    return;
  }
  html.raw("<ul>");
  for (const harness::Waiver& waiver : outcome.record.waivers) {
    html.raw("<li>").text(waiver.world).raw(", <code>").text(waiver.place).raw("</code>: ").text(waiver.because);
  }
  html.raw("</ul>");
}

// Each line once, however many runs it spoils.
void inconclusive(Markup& html, const Outcome& outcome) {
  std::map<std::string, std::pair<std::string, std::uint64_t>> lines;
  for (const ScenarioResult& run : outcome.scenarios) {
    for (const harness::NotUnderstoodLine& line : run.not_understood) {
      auto& [text, runs] = lines[line.place];
      text = line.text;
      ++runs;
    }
  }
  html.raw("<h3 id=inconclusive>Inconclusive</h3>");
  if (lines.empty() && outcome.summary.inconclusive == 0) {
    html.raw("<p>Nothing: every configuration line that a verdict rests on was understood.</p>");
    return;
  }
  html.raw("<p>").raw(plural(outcome.summary.inconclusive, "run")).raw(" inconclusive.</p><ul>");
  for (const auto& [place, line] : lines) {
    html.raw("<li><code>").text(place).raw("</code> ").text(line.first).raw(" (").raw(plural(line.second, "run"));
    html.raw(")");
  }
  html.raw("</ul>");
}

void inputs(Markup& html, const Outcome& outcome) {
  html.raw("<details><summary>")
      .raw(plural(outcome.inputs.size(), "input file"))
      .raw(" with their SHA-256 sums</summary>");
  html.raw("<pre class=sums tabindex=0>");
  for (const harness::InputFile& file : outcome.inputs)
    html.text(file.sha256.empty() ? std::string(64, '-') : file.sha256).raw("  ").text(file.path).raw("\n");
  html.raw("</pre></details>");
}

}  // namespace

std::string record_section(const Outcome& outcome) {
  Markup html;
  circumstances(html, outcome);
  inconclusive(html, outcome);
  waivers(html, outcome);
  html.raw("<h3>Inputs</h3>");
  inputs(html, outcome);
  return html.take();
}

}  // namespace watershed::reports::html
