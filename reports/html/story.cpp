// A message's story: what was expected, what happened when and by whose decision, what was said, what arrived.
#include "reports/html/sections.hpp"

#include "reports/html/fact_words.hpp"
#include "reports/html/markup.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::reports::html {

namespace {

// Postfix folds its fields with tabs; unfolded, they are nothing but blanks.
std::string without_tabs(std::string text) {
  std::replace(text.begin(), text.end(), '\t', ' ');
  return text;
}

using harness::CopyDifference;
using harness::Dialogue;
using harness::MessageStory;
using harness::StoryEvent;

void timeline(Markup& html, const MessageStory& story) {
  html.raw("<h4>What happened</h4><ol class=timeline>");
  std::string_view host;
  const std::size_t gap_after = story.events_left_out == 0 ? story.events.size() : story.events.size() - 30;
  for (std::size_t index = 0; index < story.events.size(); ++index) {
    const StoryEvent& event = story.events[index];
    if (index == gap_after) {
      html.raw("<li class=gap>… ").raw(plural(story.events_left_out, "event")).raw(" left out …</li>");
    }
    html.raw(event.is_crossing ? "<li class=bad>" : "<li>");
    html.raw("<span class=at>").raw(clock_text(event.at_ns)).raw("</span> ");
    if (event.host != host) html.element("span class=host", event.host).raw(" ");
    host = event.host;
    fact_in_words(html, event);
    if (event.is_crossing) html.raw(" <b class=bad>✗ this host's zone may not carry this class</b>");
    if (event.body_differs) html.raw(" <b class=bad>✗ content altered</b>");
    decision(html, event);
    html.raw("</li>");
  }
  html.raw("</ol>");
}

void expectations(Markup& html, const harness::ScenarioResult& run, const MessageStory& story) {
  if (story.broken.empty()) return;
  html.raw(run.is_must_fail ? "<h4>Rightly found in this known-bad world</h4>" : "<h4>Expected, and not so</h4>");
  html.raw("<ul class=broken>");
  for (const harness::BrokenExpectation& broken : story.broken) {
    html.raw("<li><b>").text(broken.rule).raw(broken.is_inconclusive ? "</b> (evidence incomplete): " : "</b>: ");
    html.text(broken.sentence);
    if (!broken.source_line.empty()) {
      html.raw("<br>expected <code>").text(broken.source_line).raw("</code> <span class=by>");
      html.text(to_file_line(broken.at)).raw("</span>");
    }
    if (!broken.decided_by.empty())
      html.raw(" <span class=by>decided by ").element("code", broken.decided_by).raw("</span>");
    html.raw("</li>");
  }
  html.raw("</ul>");
}

void copies(Markup& html, const MessageStory& story) {
  for (const CopyDifference& copy : story.copies) {
    html.raw("<details><summary>Copy in ").text(copy.mailbox).raw(", folder ").text(copy.folder).raw(" on ");
    html.text(copy.host).raw(copy.body_unchanged ? ": body unchanged, " : ": <b class=bad>✗ body altered</b>, ");
    html.raw(plural(copy.header.size(), "header change")).raw("</summary>");
    html.raw("<pre class=diff tabindex=0>");
    for (const harness::HeaderChange& change : copy.header) {
      html.raw(change.is_added ? "<ins>+ " : "<del>− ")
          .text(without_tabs(change.field))
          .raw(change.is_added ? "</ins>\n" : "</del>\n");
    }
    html.raw("</pre>");
    if (copy.authentication.empty()) {
      html.raw("<p>No host on the way wrote authentication results.</p>");
    } else {
      html.raw("<p>Authentication results:</p><ul>");
      for (const std::string& field : copy.authentication) html.element("li", field);
      html.raw("</ul>");
    }
    html.raw("</details>");
  }
}

void dialogues(Markup& html, const MessageStory& story) {
  for (const Dialogue& dialogue : story.dialogues) {
    html.raw("<details><summary>Said between ").text(dialogue.client).raw(" and ").text(dialogue.server);
    html.raw("</summary><pre class=smtp tabindex=0>");
    std::int64_t at_ns = -1;
    for (const harness::DialogueLine& line : dialogue.lines) {
      html.raw(fmt::format("<i>{:>14}</i> ", line.at_ns == at_ns ? "" : clock_text(line.at_ns)));
      at_ns = line.at_ns;
      html.raw(line.from_client ? "<b>→ " : "← ").text(line.text).raw(line.from_client ? "</b>\n" : "\n");
    }
    if (dialogue.is_cut) html.raw("… more was said than is kept\n");
    html.raw("</pre></details>");
  }
  if (story.dialogues_incomplete) {
    html.raw("<p class=note>Not every connection of this message was kept; the replay command shows all.</p>");
  }
}

}  // namespace

std::string story(const harness::ScenarioResult& run, const MessageStory& story, const std::string& id) {
  Markup html;
  html.raw("<article class=story id=\"").raw(id).raw("\"><h3>Message ").element("em", story.label);
  html.raw(" <span class=tag>").text(story.message_class).raw("</span> on ").text(run.world).raw("</h3><p>");
  if (!story.subject.empty()) html.raw("Subject ").element("q", story.subject).raw("; ");
  html.raw("from ").text(story.reverse_path.empty() ? "<>" : story.reverse_path).raw(" to ");
  constexpr std::size_t recipients_max = 10;
  for (std::size_t index = 0; index < std::min(story.recipients.size(), recipients_max); ++index) {
    html.raw(index == 0 ? "" : ", ").text(story.recipients[index]).raw(": <b>").text(story.fates[index]).raw("</b>");
  }
  if (story.recipients.size() > recipients_max) {
    html.raw(" and ").raw(plural(story.recipients.size() - recipients_max, "more recipient"));
  }
  html.raw(".<br>Scenario ").element("q", run.title).raw("</p>");
  expectations(html, run, story);
  timeline(html, story);
  copies(html, story);
  dialogues(html, story);
  html.raw("<p class=replay>Replay: <code>").text(run.replay).raw("</code></p></article>");
  return html.take();
}

}  // namespace watershed::reports::html
