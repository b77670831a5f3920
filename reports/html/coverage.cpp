// Which configuration lines the run exercised: a total for each host, and each file with its counts.
#include "reports/html/sections.hpp"

#include "reports/coverage_totals.hpp"
#include "reports/html/markup.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::reports::html {

namespace {

using harness::InputFile;
using harness::Outcome;

std::string share_text(std::size_t exercised, std::size_t rules) {
  if (rules == 0) return "–";
  return fmt::format("{} of {} ({} %)", exercised, rules, exercised * 100 / rules);
}

// The tag that shows how a line fared, and the word in front of it. A parameter that only names tables has their count
// behind an arrow.
struct Margin {
  std::string_view tag;
  std::string shown;
};

Margin margin_of(const FileCoverage& coverage, int line) {
  if (const auto own = coverage.decided.find(line); own != coverage.decided.end()) {
    return {"b", fmt::format("{}×", own->second)};
  }
  if (const auto tables = coverage.through_table.find(line); tables != coverage.through_table.end()) {
    return {"b", fmt::format("→ {}×", tables->second)};
  }
  const std::vector<int>& rules = coverage.file->rule_lines;
  if (std::binary_search(rules.begin(), rules.end(), line)) return {"s", "never"};
  return {};
}

std::string annotated(const FileCoverage& coverage, const std::string& id) {
  const InputFile& file = *coverage.file;
  Markup html;
  html.raw("<details class=file><summary><code>").text(file.path).raw("</code> <span class=where>");
  html.raw(file.rule_lines.empty() ? plural(coverage.decisions, "decision")
                                   : share_text(coverage.exercised, file.rule_lines.size()) + " rules exercised");
  html.raw("</span></summary><div id=\"").raw(id).raw("\"><pre class=cov tabindex=0>");
  std::string_view rest = file.text;
  for (int line = 1; !rest.empty(); ++line) {
    const std::size_t end = rest.find('\n');
    std::string text(rest.substr(0, end));
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    for (std::size_t tab = text.find('\t'); tab != std::string::npos; tab = text.find('\t')) {
      text.replace(tab, 1, std::string(8 - tab % 8, ' '));
    }
    if (text.ends_with('\r')) text.pop_back();
    const Margin margin = margin_of(coverage, line);
    if (!margin.tag.empty()) html.raw(fmt::format("<{}>", margin.tag));
    html.raw(fmt::format("{:>7} {:>4} ", margin.shown, line)).text(text, 500);
    if (!margin.tag.empty()) html.raw(fmt::format("</{}>", margin.tag));
    html.raw("\n");
  }
  return html.raw("</pre></div></details>\n").take();
}

}  // namespace

std::string coverage_section(const Outcome& outcome, Shelf& shelf) {
  if (outcome.worlds.empty()) return "<p>The run kept no counts.</p>";
  const auto edited = std::count_if(outcome.scenarios.begin(), outcome.scenarios.end(),
                                    [](const harness::ScenarioResult& run) { return run.has_changed_files; });
  Markup html;
  html.raw(
      "<p>A rule is a line of a table, an alias, a Sieve action, a procmail recipe, a DNS record, a mailbox setting or "
      "a Postfix parameter that can decide something; a parameter counts, too, where a table that it names decided "
      "(→). ");
  if (edited > 0) {
    html.raw(plural(static_cast<std::uint64_t>(edited), "run")).raw(" with edited configuration do not count here. ");
  }
  html.raw("A rule that is never exercised is one that this rehearsal says nothing about.</p>");
  html.raw(
      "<div class=scroll tabindex=0 role=region aria-label=\"Coverage by host\"><table><thead><tr>"
      "<th scope=col>World<th scope=col>Host<th scope=col class=n>Rules exercised<th scope=col class=n>Decisions"
      "</thead><tbody>");
  for (const harness::WorldMap& world : outcome.worlds) {
    const std::vector<FileCoverage> files = coverage_of_world(outcome, world.name);
    for (const auto& [host, total] : coverage_by_host(files)) {
      html.raw("<tr><td>").text(world.name).raw("<td>").text(host).raw("<td class=n>");
      html.raw(share_text(total.exercised, total.rules)).raw("<td class=n>").number(total.decisions);
    }
    for (const FileCoverage& coverage : files) {
      const std::string id = "f-" + id_of(coverage.file->path);
      if (!coverage.file->text.empty()) shelf.put(id, annotated(coverage, id));
    }
  }
  return html.raw("</tbody></table></div><h3>Annotated files</h3>").take();
}

}  // namespace watershed::reports::html
