// Differences between lanes and between worlds, grouped by cause, each with what both journals say.
#include "reports/html/sections.hpp"

#include "base/text.hpp"
#include "reports/causes.hpp"
#include "reports/html/fact_words.hpp"
#include "reports/html/markup.hpp"
#include "reports/journal_line.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace watershed::reports::html {

namespace {

using harness::FlowComparison;
using harness::FlowDifference;
using harness::LaneDifference;

constexpr std::size_t flows_with_journals = 2;  // of one cause
constexpr std::size_t flows_max = 6;
constexpr std::size_t lane_differences_max = 60;
constexpr std::size_t value_lines_max = 20;
constexpr std::size_t value_line_octets_max = 300;

void journal(Markup& html, std::string_view side, const std::vector<std::string>& lines) {
  html.raw("<div><h4>").text(side).raw("</h4>");
  if (lines.empty()) {
    html.raw("<p class=note>Its journal says nothing of this message.</p></div>");
    return;
  }
  html.raw("<ol class=timeline>");
  std::string_view host;
  std::vector<harness::StoryEvent> events;
  for (const std::string& line : lines) events.push_back(journal_event(line));
  for (const harness::StoryEvent& event : events) {
    html.raw("<li><span class=at>").raw(clock_text(event.at_ns)).raw("</span> ");
    if (event.host != host) html.element("span class=host", event.host).raw(" ");
    host = event.host;
    fact_in_words(html, event);
    decision(html, event);
    html.raw("</li>");
  }
  html.raw("</ol></div>");
}

void both_journals(Markup& html, std::string_view a, const std::vector<std::string>& lines_a, std::string_view b,
                   const std::vector<std::string>& lines_b) {
  html.raw("<div class=sides>");
  journal(html, a, lines_a);
  journal(html, b, lines_b);
  html.raw("</div>");
}

void flow(Markup& html, const FlowDifference& difference) {
  html.raw("<b>").text(difference.message).raw("</b> to ").text(difference.recipient);
  html.raw(" <span class=where>").text(difference.scenario).raw("</span><ul>");
  for (const std::string& aspect : difference.aspects) html.element("li", aspect);
  html.raw("</ul>");
}

std::string cause_piece(const FlowComparison& comparison, const Cause& cause) {
  Markup html;
  html.raw("<details class=cause><summary>");
  html.raw(cause.is_expected ? "<span class=\"v passed\">✓ expected</span> "
                             : "<span class=\"v failed\">✗ not expected</span> ");
  html.element("code", cause.text).raw(" <span class=where>").raw(plural(cause.flows.size(), "flow"));
  html.raw(", ").text(comparison.a).raw(" → ").text(comparison.b);
  if (!cause.requirements.empty()) html.raw("; ").text(fmt::format("{}", fmt::join(cause.requirements, ", ")));
  html.raw("</span></summary><div>");
  const std::size_t shown = std::min(flows_max, cause.flows.size());
  std::size_t journals = 0;
  for (std::size_t index = 0; index < shown; ++index) {
    const FlowDifference& difference = *cause.flows[index];
    flow(html, difference);
    const bool has_journals = !difference.journal_a.empty() || !difference.journal_b.empty();
    if (!has_journals || ++journals > flows_with_journals) continue;
    both_journals(html, comparison.a, difference.journal_a, comparison.b, difference.journal_b);
  }
  if (cause.flows.size() > shown) {
    html.raw("<p>… and ").raw(plural(cause.flows.size() - shown, "more flow")).raw("; the JSON report has all.</p>");
  }
  return html.raw("</div></details>\n").take();
}

// A value may have many lines: one for each hop, reply or line of content.
void lane_value(Markup& html, std::string_view lane, const std::string& value) {
  html.raw("<dt>").text(lane).raw("<dd>");
  if (value.empty()) html.raw("nothing");
  std::size_t number = 0;
  for (const std::string_view line : split(value, "\n")) {
    if (++number <= value_lines_max) html.raw(number == 1 ? "" : "<br>").text(line, value_line_octets_max);
  }
  if (number > value_lines_max) html.raw("<br>… and ").raw(plural(number - value_lines_max, "more line"));
}

std::string lane_piece(const LaneDifference& difference, std::size_t alike) {
  Markup html;
  const bool is_declared = !difference.declared_because.empty();
  html.raw("<details class=cause><summary>");
  html.raw(is_declared ? "<span class=\"v passed\">✓ declared</span> " : "<span class=\"v failed\">✗ differs</span> ");
  html.text(difference.aspect).raw(" of <b>").text(difference.label).raw("</b> to ").text(difference.recipient);
  html.raw(" on ").text(difference.world).raw(" <span class=where>").text(difference.scenario);
  if (alike > 1) html.raw(", and ").raw(plural(alike - 1, "more difference")).raw(" for this reason");
  html.raw("</span></summary><div>");
  if (is_declared) html.raw("<p>Declared: ").text(difference.declared_because).raw("</p>");
  html.raw("<dl class=values>");
  lane_value(html, "simulated", difference.simulated);
  lane_value(html, "live", difference.live);
  html.raw("</dl>");
  both_journals(html, "simulated", difference.simulated_journal, "live", difference.live_journal);
  return html.raw("</div></details>\n").take();
}

// Those that count against parity one by one, the declared ones once for each reason.
void shelve_lanes(const harness::Parity& parity, Shelf& shelf) {
  std::map<std::string_view, std::vector<const LaneDifference*>> declared;
  std::size_t number = 0;
  for (const LaneDifference& difference : parity.differences) {
    if (!difference.declared_because.empty()) {
      declared[difference.declared_because].push_back(&difference);
    } else if (++number <= lane_differences_max) {
      shelf.put(fmt::format("l{}", number), lane_piece(difference, 1));
    }
  }
  if (number > lane_differences_max) {
    const std::string more = plural(number - lane_differences_max, "more difference");
    shelf.put("l-more", fmt::format("<p>… and {} between the lanes; the JSON report has all.</p>\n", more));
  }
  for (const auto& [because, differences] : declared) {
    shelf.put(fmt::format("l{}", ++number), lane_piece(*differences.front(), differences.size()));
  }
}

void lanes(Markup& html, const harness::Outcome& outcome) {
  const harness::Parity& parity = outcome.parity;
  if (outcome.lane != "both") return;
  const auto declared =
      std::count_if(parity.differences.begin(), parity.differences.end(),
                    [](const LaneDifference& difference) { return !difference.declared_because.empty(); });
  html.raw("<h3>The simulated and the live lane</h3><p><b>").raw(fmt::format("Parity {:.4f}", parity.ratio()));
  html.raw("</b>: ").number(parity.agree).raw(" of ").raw(plural(parity.compared, "message")).raw(" agree; ");
  html.raw(plural(parity.differences.size(), "difference")).raw(", of which ");
  html.number(static_cast<std::uint64_t>(declared)).raw(" declared as a property of the lane.</p>");
  if (parity.compared == 0) html.raw("<p class=bad>✗ No message was compared: nothing is known.</p>");
  if (parity.unused_declarations.empty()) return;
  html.raw("<ul class=broken>");
  for (const std::string& unused : parity.unused_declarations) html.element("li class=bad", "✗ " + unused);
  html.raw("</ul>");
}

void worlds(Markup& html, const harness::Outcome& outcome) {
  if (outcome.world_comparison.empty()) return;
  html.raw(
      "<h3>The worlds</h3><p>Fate and way of each message on each world against the world before. A difference is "
      "expected where all that its scenario asks holds on both. Header and content: <code>watershed diff</code>.</p>"
      "<div class=scroll tabindex=0 role=region aria-label=\"Differences between worlds\"><table><thead><tr>"
      "<th scope=col>Worlds<th scope=col class=n>Flows<th scope=col class=n>The same"
      "<th scope=col class=n>Expected<th scope=col class=n>Not expected</thead><tbody>");
  for (const FlowComparison& comparison : outcome.world_comparison) {
    const std::size_t bad = not_expected(comparison);
    html.raw("<tr><td>").text(comparison.a).raw(" → ").text(comparison.b).raw("<td class=n>");
    html.number(comparison.flows).raw("<td class=n>").number(comparison.flows - comparison.differences.size());
    html.raw("<td class=n>").number(comparison.differences.size() - bad).raw("<td class=n>");
    if (bad > 0) html.raw("<b class=bad>✗ ");
    html.number(bad).raw(bad > 0 ? "</b>" : "");
  }
  html.raw("</tbody></table></div>");
  for (const FlowComparison& comparison : outcome.world_comparison) {
    if (comparison.not_compared.empty()) continue;
    html.raw("<details><summary>Not compared between ").text(comparison.a).raw(" and ").text(comparison.b);
    html.raw("</summary><ul>");
    for (const std::string& line : comparison.not_compared) html.element("li", line);
    html.raw("</ul></details>");
  }
}

// What nobody asked for before what is as it should be.
void shelve_worlds(const harness::Outcome& outcome, Shelf& shelf) {
  std::size_t number = 0;
  for (const bool expected : {false, true}) {
    for (const FlowComparison& comparison : outcome.world_comparison) {
      for (const Cause& cause : causes_of(comparison)) {
        if (cause.is_expected == expected) shelf.put(fmt::format("d{}", ++number), cause_piece(comparison, cause));
      }
    }
  }
}

}  // namespace

std::string differences_section(const harness::Outcome& outcome, Shelf& shelf) {
  if (outcome.lane != "both" && outcome.world_comparison.empty()) {
    return "<p>Nothing was compared in this run: it had one lane, and no scenario ran on several worlds.</p>";
  }
  Markup html;
  lanes(html, outcome);
  worlds(html, outcome);
  shelve_lanes(outcome.parity, shelf);
  shelve_worlds(outcome, shelf);
  html.raw("<h3>Each difference</h3>");
  if (shelf.page_part().empty()) html.raw("<p>None.</p>");
  return html.take();
}

}  // namespace watershed::reports::html
