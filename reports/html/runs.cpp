// One run on the page: what it found, what became of its messages, how to run it again.
#include "reports/html/sections.hpp"

#include "base/text.hpp"
#include "reports/html/markup.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::reports::html {

namespace {

using harness::Finding;
using harness::MessageResult;
using harness::ScenarioResult;

constexpr std::size_t findings_max = 30;
constexpr std::size_t messages_max = 12;

void findings(Markup& html, const harness::Findings& found, std::string_view heading) {
  if (found.empty()) return;
  html.element("h3", heading).raw("<ul class=broken>");
  for (std::size_t index = 0; index < std::min(found.size(), findings_max); ++index) {
    const Finding& finding = found[index];
    html.raw("<li><b>").text(finding.rule).raw("</b>: ").text(finding.sentence);
    if (!finding.at.file.empty()) html.raw(" <span class=by>").text(to_file_line(finding.at)).raw("</span>");
    if (!finding.decided_by.empty()) {
      html.raw(" <span class=by>decided by ").element("code", finding.decided_by).raw("</span>");
    }
    html.raw("</li>");
  }
  if (found.size() > findings_max) {
    html.raw("<li>… and ").number(found.size() - findings_max).raw(" more; the JSON report has all</li>");
  }
  html.raw("</ul>");
}

// Those that did not arrive first: of thousands delivered a few are enough.
std::vector<const MessageResult*> shown_messages(const ScenarioResult& run) {
  std::vector<const MessageResult*> shown;
  for (const bool delivered : {false, true}) {
    for (const MessageResult& message : run.messages) {
      if ((message.fate == "delivered") == delivered && shown.size() < messages_max) shown.push_back(&message);
    }
  }
  return shown;
}

void messages(Markup& html, const ScenarioResult& run) {
  if (run.messages.empty()) return;
  html.raw(
      "<div class=scroll tabindex=0 role=region aria-label=Messages><table><thead><tr><th scope=col>Message"
      "<th scope=col>From, to<th scope=col>Fate<th scope=col>Way</thead><tbody>");
  const std::vector<const MessageResult*> shown = shown_messages(run);
  for (const MessageResult* message : shown) {
    html.raw("<tr><td>").text(message->label).raw(" <span class=tag>").text(message->message_class).raw("</span><td>");
    html.text(message->reverse_path.empty() ? "<>" : message->reverse_path).raw(" → ").text(message->recipient);
    html.raw("<td>").text(message->fate);
    if (message->fate == "delivered") {
      html.raw(" in ")
          .text(clock_text(message->latency_ns))
          .raw(" to ")
          .text(message->mailbox)
          .raw("/")
          .text(message->folder);
    } else if (!message->text.empty()) {
      html.raw(": ").text(message->text, 300);
    }
    html.raw("<td>");
    for (std::size_t index = 0; index < message->path.size(); ++index) {
      html.raw(index == 0 ? "" : " › ").text(message->path[index]);
    }
  }
  html.raw("</tbody></table></div>");
  const std::uint64_t all = run.messages.size() + run.messages_left_out;
  if (all > shown.size()) html.raw("<p>… and ").number(all - shown.size()).raw(" more messages.</p>");
}

void stragglers(Markup& html, const ScenarioResult& run) {
  if (run.stragglers.empty()) return;
  html.raw("<p>Delivered to another mailbox than addressed: ");
  std::size_t number = 0;
  for (const auto& [who, count] : run.stragglers) {
    if (++number > messages_max) break;
    html.raw(number == 1 ? "" : "; ").text(who).raw(" (").number(count).raw(")");
  }
  html.raw(".</p>");
}

}  // namespace

std::string run_id(const harness::Outcome& outcome, std::size_t run) {
  const ScenarioResult& result = outcome.scenarios[run];
  std::string_view file = result.file;
  if (file.ends_with(".yaml")) file.remove_suffix(5);
  if (const std::size_t folder = file.find("scenarios/"); folder != std::string_view::npos)
    file.remove_prefix(folder + 10);
  return fmt::format("r{}-{}-{}", run, id_of(file.substr(file.size() > 60 ? file.size() - 60 : 0)),
                     id_of(result.world));
}

std::string_view lane_note(const harness::Outcome& outcome, const ScenarioResult& run) {
  if (outcome.lane != "both") return {};
  // A run's lane is in the command that repeats it, and nowhere else.
  return run.replay.find(" --lane live ") != std::string::npos ? " (live)" : " (simulated)";
}

std::string run_piece(const harness::Outcome& outcome, std::size_t index, const Places& places) {
  const ScenarioResult& run = outcome.scenarios[index];
  Markup html;
  html.raw("<details class=run><summary>");
  html.raw(verdict_badge(to_string(run.verdict))).raw(" ").text(run.title, 300);
  html.raw(" <span class=where>").text(run.world).raw(lane_note(outcome, run));
  if (run.is_must_fail) html.raw(", known bad");
  html.raw("</span></summary><div id=\"").raw(run_id(outcome, index)).raw("\"><p><code>").text(run.file).raw("</code>");
  if (!run.requirements.empty()) html.raw(" speaks for ").text(fmt::format("{}", fmt::join(run.requirements, ", ")));
  const harness::MessageCounts& counts = run.counts;
  html.raw(". ")
      .raw(plural(counts.offered, "message"))
      .raw(fmt::format(
          " offered: {} delivered, {} rejected, {} bounced, {} discarded, {} queued, {} lost, {} doubled; {}, {}.",
          counts.delivered, counts.rejected, counts.bounced, counts.discarded, counts.queued, counts.lost,
          counts.duplicated, plural(run.crossings, "crossing"), plural(run.hops, "hop")));
  html.raw(" Took ").raw(clock_text(static_cast<std::int64_t>(run.virtual_seconds * 1e9))).raw(" on its clock, ");
  html.real_time(fmt::format("{:.3f} s", run.seconds)).raw(" in fact.</p>");
  findings(html, run.findings, "What does not hold");
  findings(html, run.expected_findings, "Rightly found in this known-bad world");
  if (!run.not_understood.empty()) {
    html.raw("<p>").raw(plural(run.not_understood.size(), "configuration line"));
    html.raw(" not understood; see <a href=\"#inconclusive\">the list</a>.</p>");
  }
  messages(html, run);
  stragglers(html, run);
  html.raw("<p class=links>");
  for (std::size_t number = 0; number < places.stories[index].size(); ++number) {
    html.raw("<a href=\"").attribute(places.stories[index][number]).raw("\">Story of ");
    html.text(run.stories[number].label).raw("</a> ");
  }
  if (run.stories_left_out > 0) html.raw("(").number(run.stories_left_out).raw(" more stories were not kept) ");
  if (!places.plots[index].empty()) html.raw("<a href=\"").attribute(places.plots[index]).raw("\">Over time</a>");
  html.raw("</p><p class=replay>Replay: <code>").text(run.replay).raw("</code></p></div></details>\n");
  return html.take();
}

}  // namespace watershed::reports::html
