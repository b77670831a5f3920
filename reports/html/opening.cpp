// How the page begins: the three answers, the maps, and what does not hold.
#include "reports/html/sections.hpp"

#include "reports/answers.hpp"
#include "reports/html/flow_map.hpp"
#include "reports/html/markup.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::reports::html {

namespace {

using harness::Outcome;
using harness::ScenarioResult;
using harness::Verdict;

// `kind` is a class of style.cpp: yes, no or unsure.
void card(Markup& html, std::string_view question, std::string_view answer, std::string_view kind,
          std::string_view mark, const std::string& figure, const std::string& reason) {
  html.raw("<div class=\"card ")
      .raw(kind)
      .raw("\"><h2>")
      .raw(question)
      .raw("</h2><p class=answer><span aria-hidden=true>");
  html.raw(mark).raw("</span> ").text(answer).raw("</p>");
  if (!reason.empty()) html.element("p class=reason", reason);
  html.element("p class=figure", figure).raw("</div>");
}

void segregation_card(Markup& html, const Outcome& outcome) {
  const auto worlds = segregation_by_world(outcome);
  Segregated worst = worlds.empty() ? Segregated::not_shown : Segregated::yes;
  for (const auto& [world, answer] : worlds) worst = std::max(worst, answer.kind);
  const std::string figure = fmt::format("{} crossing{} in {} hops", outcome.summary.crossings,
                                         outcome.summary.crossings == 1 ? "" : "s", grouped(outcome.summary.hops));
  const std::string_view kind = worst == Segregated::yes ? "yes" : worst == Segregated::no ? "no" : "unsure";
  const std::string_view mark = worst == Segregated::yes ? "✓" : worst == Segregated::no ? "✗" : "?";
  const bool any_clean =
      std::any_of(worlds.begin(), worlds.end(), [](const auto& each) { return each.second.kind == Segregated::yes; });
  const std::string_view word = worst != Segregated::shared ? to_string(worst)
                                : any_clean                 ? "not in every world"
                                                            : "hosts are shared";
  html.raw("<div class=\"card ")
      .raw(kind)
      .raw("\"><h2>Are the flows apart?</h2><p class=answer><span aria-hidden=true>");
  html.raw(mark).raw("</span> ").raw(word).raw("</p><ul class=reason>");
  for (const auto& [world, answer] : worlds) {
    html.raw("<li><b>")
        .text(world)
        .raw("</b>: ")
        .raw(to_string(answer.kind))
        .raw(", ")
        .text(answer.reason)
        .raw("</li>");
  }
  html.raw("</ul>").element("p class=figure", figure).raw("</div>");
}

void answer_card(Markup& html, std::string_view question, const AnswerLine& line) {
  const std::string_view kind = line.answer == Answer::yes ? "yes" : line.answer == Answer::no ? "no" : "unsure";
  const std::string_view mark = line.answer == Answer::yes ? "✓" : line.answer == Answer::no ? "✗" : "?";
  card(html, question, to_string(line.answer), kind, mark, line.figure, line.reason);
}

}  // namespace

std::string opening(const Outcome& outcome) {
  Markup html;
  html.raw("<section class=answers aria-label=\"The answer\">");
  segregation_card(html, outcome);
  answer_card(html, "Do forwards arrive?", forwards_answer(outcome));
  answer_card(html, "Is the load carried?", load_answer(outcome));
  html.raw("</section>");
  const harness::Summary& summary = outcome.summary;
  html.raw("<p class=sum>").raw(plural(summary.scenarios, "run")).raw(": ");
  html.raw(fmt::format("{} passed, {} failed, {} errors, {} inconclusive, {} skipped. ", summary.passed, summary.failed,
                       summary.errors, summary.inconclusive, summary.skipped));
  html.raw(plural(summary.messages.offered, "message")).raw(" offered: ");
  html.number(summary.messages.delivered).raw(" delivered, ").number(summary.messages.rejected).raw(" rejected, ");
  html.number(summary.messages.bounced).raw(" bounced, ").number(summary.messages.discarded).raw(" discarded, ");
  html.number(summary.messages.queued).raw(" queued, ").number(summary.messages.lost).raw(" lost, ");
  html.number(summary.messages.duplicated).raw(" doubled.</p>");
  return html.take();
}

std::string flow_section(const Outcome& outcome) {
  const std::vector<std::string> classes = message_classes(outcome);
  if (outcome.worlds.empty()) return "<p>The run kept no map.</p>";
  Markup html;
  html.raw(flow_map_legend(classes)).raw("<div class=maps>");
  std::string details;
  for (const harness::WorldMap& world : outcome.worlds) {
    const FlowGraph gathered = flow_graph(outcome, world, true);
    if (gathered.runs == 0) continue;
    const std::string id = id_of(world.name);
    const std::string map = flow_map_svg(gathered, classes, "map-" + id);
    // A figure gets its share of the width by what its map needs; the style is our own `--w:624px;--m:449px`.
    const std::size_t style = std::min(map.find("style=\""), map.size());
    const std::string sizes = map.substr(style, map.find('"', std::min(style + 7, map.size())) - style + 1);
    html.raw("<figure ")
        .raw(sizes)
        .raw("><figcaption><b>")
        .text(world.name)
        .raw("</b> ")
        .text(world.description)
        .raw("</figcaption>");
    html.raw("<div class=scroll tabindex=0 role=region aria-label=\"Map of ").attribute(world.name).raw("\">");
    html.raw(map).raw("</div></figure>");
    Markup more;
    more.raw("<details><summary>Every host of ").text(world.name).raw(", as a map and as a table</summary>");
    const FlowGraph all = flow_graph(outcome, world, false);
    more.raw("<div class=scroll tabindex=0 role=region aria-label=\"Every host of ").attribute(world.name).raw("\">");
    more.raw(flow_map_svg(all, classes, "all-" + id)).raw(flow_map_table(all)).raw("</div></details>");
    details += more.take();
  }
  return html.raw("</div>").raw(details).take();
}

std::string trouble_section(const Outcome& outcome, const Places& places) {
  constexpr std::size_t listed_max = 200;
  Markup html;
  std::size_t listed = 0;
  for (const Verdict verdict : {Verdict::failed, Verdict::error, Verdict::inconclusive}) {
    for (std::size_t index = 0; index < outcome.scenarios.size(); ++index) {
      const ScenarioResult& run = outcome.scenarios[index];
      if (run.verdict != verdict || ++listed > listed_max) continue;
      html.raw("<li>")
          .raw(verdict_badge(to_string(verdict)))
          .raw(" <a href=\"")
          .attribute(places.runs[index])
          .raw("\">");
      html.text(run.title, 300)
          .raw("</a> <span class=where>")
          .text(run.world)
          .raw(lane_note(outcome, run))
          .raw("</span>");
      if (!run.findings.empty()) html.raw("<br>").text(run.findings.front().sentence, 600);
      if (!places.stories[index].empty()) {
        html.raw(" <a href=\"").attribute(places.stories[index].front()).raw("\">Story of ");
        html.text(run.stories.front().label).raw("</a>");
      }
      html.raw("</li>");
    }
  }
  if (listed == 0) return {};
  std::string more;
  if (listed > listed_max) more = fmt::format("<p>… and {} more runs; see the list of runs.</p>", listed - listed_max);
  return "<ul class=trouble>" + html.take() + "</ul>" + more;
}

}  // namespace watershed::reports::html
