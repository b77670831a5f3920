// Which configuration lines the run exercised: a total for each host, and each file with its counts.
//
// Lines of edited files (known-bad worlds, scenarios with changes) are not the world's and do not count.
#include "reports/html/sections.hpp"

#include "reports/html/markup.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <set>

namespace watershed::reports::html {

namespace {

using harness::InputFile;
using harness::Outcome;
using Counts = std::map<int, std::uint64_t>;  // by line

std::map<std::string, Counts> counts_by_file(const Outcome& outcome) {
  std::map<std::string, Counts> files;
  for (const harness::ScenarioResult& run : outcome.scenarios) {
    if (run.has_changed_files) continue;
    for (const auto& [place, count] : run.lines) {
      const std::size_t colon = place.rfind(':');
      int line = 0;
      std::from_chars(place.data() + colon + 1, place.data() + place.size(), line);
      files[place.substr(0, colon)][line] += count;
    }
  }
  return files;
}

struct Total {
  std::size_t rules = 0;
  std::size_t exercised = 0;
  std::uint64_t decisions = 0;
};

// Lines that decided without being in the list of rules (parameters, defaults of a file) count as decisions only.
Total total_of(const InputFile& file, const Counts& counts) {
  Total total;
  total.rules = file.rule_lines.size();
  for (const int line : file.rule_lines) total.exercised += counts.contains(line) ? 1U : 0U;
  for (const auto& [line, count] : counts) total.decisions += count;
  return total;
}

std::string share_text(const Total& total) {
  if (total.rules == 0) return "–";
  return fmt::format("{} of {} ({} %)", total.exercised, total.rules, total.exercised * 100 / total.rules);
}

std::string annotated(const InputFile& file, const Counts& counts, const Total& total, const std::string& id) {
  Markup html;
  html.raw("<details class=file><summary><code>").text(file.path).raw("</code> <span class=where>");
  html.raw(total.rules == 0 ? plural(total.decisions, "decision") : share_text(total) + " rules exercised");
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
    const auto count = counts.find(line);
    const bool is_rule = std::binary_search(file.rule_lines.begin(), file.rule_lines.end(), line);
    const std::string_view tag = count != counts.end() ? "b" : is_rule ? "s" : "";
    const std::string shown = count != counts.end() ? fmt::format("{}×", count->second) : is_rule ? "never" : "";
    if (!tag.empty()) html.raw(fmt::format("<{}>", tag));
    html.raw(fmt::format("{:>7} {:>4} ", shown, line)).text(text, 500);
    if (!tag.empty()) html.raw(fmt::format("</{}>", tag));
    html.raw("\n");
  }
  return html.raw("</pre></div></details>\n").take();
}

class Coverage {
 public:
  Coverage(const Outcome& outcome, Shelf& shelf) : outcome_(outcome), shelf_(shelf), counts_(counts_by_file(outcome)) {}

  std::string write() {
    for (const harness::WorldMap& world : outcome_.worlds) add_world(world.name);
    const auto edited = std::count_if(outcome_.scenarios.begin(), outcome_.scenarios.end(),
                                      [](const harness::ScenarioResult& run) { return run.has_changed_files; });
    Markup html;
    html.raw(
        "<p>A rule is a line of a table, an alias, a Sieve action, a DNS record or a mailbox setting that can "
        "decide something. ");
    if (edited > 0) {
      html.raw(plural(static_cast<std::uint64_t>(edited), "run")).raw(" with edited configuration do not count here. ");
    }
    html.raw("A rule that is never exercised is one that this rehearsal says nothing about.</p>");
    html.raw(
        "<div class=scroll tabindex=0 role=region aria-label=\"Coverage by host\"><table><thead><tr>"
        "<th scope=col>World<th scope=col>Host<th scope=col class=n>Rules exercised<th scope=col class=n>Decisions"
        "</thead><tbody>");
    html.raw(rows_.take()).raw("</tbody></table></div><h3>Annotated files</h3>");
    return html.take();
  }

 private:
  void add_world(const std::string& world) {
    std::map<std::string, Total> hosts;
    for (const InputFile& file : outcome_.inputs) {
      if (file.world != world) continue;
      const auto found = counts_.find(file.path);
      static const Counts none;
      const Counts& counts = found == counts_.end() ? none : found->second;
      const Total total = total_of(file, counts);
      if (total.rules == 0 && counts.empty()) continue;
      std::vector<std::string> readers = file.hosts;
      if (readers.empty()) readers.push_back(file.kind == "zone" ? "DNS" : "no host");
      for (const std::string& host : readers) {
        hosts[host].rules += total.rules;
        hosts[host].exercised += total.exercised;
        hosts[host].decisions += total.decisions;
      }
      if (!file.text.empty())
        shelf_.put("f-" + id_of(file.path), annotated(file, counts, total, "f-" + id_of(file.path)));
    }
    for (const auto& [host, total] : hosts) {
      rows_.raw("<tr><td>").text(world).raw("<td>").text(host).raw("<td class=n>").raw(share_text(total));
      rows_.raw("<td class=n>").number(total.decisions);
    }
  }

  const Outcome& outcome_;
  Shelf& shelf_;
  std::map<std::string, Counts> counts_;
  Markup rows_;
};

}  // namespace

std::string coverage_section(const Outcome& outcome, Shelf& shelf) { return Coverage(outcome, shelf).write(); }

}  // namespace watershed::reports::html
