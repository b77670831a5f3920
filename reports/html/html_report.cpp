// See html_report.hpp. Puts the parts in order and decides what the page has room for.
#include "reports/html/html_report.hpp"

#include "reports/answers.hpp"
#include "reports/html/markup.hpp"
#include "reports/html/sections.hpp"
#include "reports/html/style.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace watershed::reports {

namespace {

using namespace html;
using harness::Outcome;
using harness::ScenarioResult;
using harness::Verdict;

// Together well under 2 MB with the suite of this repository, and under 5 MB whatever comes.
constexpr std::size_t stories_octets_max = 450'000;
constexpr std::size_t runs_octets_max = 700'000;
constexpr std::size_t plots_octets_max = 200'000;
constexpr std::size_t coverage_octets_max = 500'000;
constexpr std::size_t differences_octets_max = 250'000;

// Failed runs first: their evidence is to be on the page itself.
std::vector<std::size_t> by_weight(const Outcome& outcome) {
  std::vector<std::size_t> order(outcome.scenarios.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto weight = [&](std::size_t index) {
    const ScenarioResult& run = outcome.scenarios[index];
    if (run.verdict == Verdict::failed || run.verdict == Verdict::error) return 0;
    if (run.verdict == Verdict::inconclusive) return 1;
    return run.is_must_fail ? 3 : 2;
  };
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return weight(a) < weight(b); });
  return order;
}

// RFC 3986 §2.3: whatever the file is called, references to it stay references.
std::string url_part(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool unreserved = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                            c == '.' || c == '_' || c == '~';
    out += unreserved ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

class Page {
 public:
  Page(const Outcome& outcome, const std::string& name)
      : outcome_(outcome),
        folder_(name.substr(0, name.rfind('.')) + ".files"),
        page_url_(url_part(name)),
        folder_url_(url_part(folder_)),
        stories_("stories", page_url_, folder_url_, stories_octets_max),
        runs_("runs", page_url_, folder_url_, runs_octets_max),
        plots_("plots", page_url_, folder_url_, plots_octets_max),
        coverage_("coverage", page_url_, folder_url_, coverage_octets_max),
        differences_("differences", page_url_, folder_url_, differences_octets_max) {}

  HtmlReport write() {
    shelve();
    const std::string coverage = coverage_section(outcome_, coverage_);
    const std::string differences = differences_section(outcome_, differences_);
    begin("Watershed rehearsal: " + answer());
    const auto mentioned = [&](std::string_view id, std::string_view title) {
      html_.raw("<li><a href=\"#").raw(id).raw("\">").raw(title).raw("</a></li>");
    };
    const std::string trouble = trouble_section(outcome_, places_);
    html_.raw("<nav aria-label=Contents><ul>");
    if (!trouble.empty()) mentioned("trouble", "What does not hold");
    for (const auto& [id, title] : titles) mentioned(id, title);
    html_.raw("</ul></nav><main id=main>").raw(opening(outcome_));
    if (!trouble.empty()) html_.raw("<section><h2 id=trouble>What does not hold</h2>").raw(trouble).raw("</section>");
    section(0, flow_section(outcome_));
    section(1, matrix_section(outcome_, places_));
    section(2, shelf_text(stories_,
                          outcome_.summary.messages.offered == 0 ? "No message was sent." : "The run kept no story."));
    section(3, shelf_text(plots_, "No run was long or troubled enough for a plot."));
    section(4, coverage + shelf_text(coverage_, "No configuration was annotated."));
    section(5, differences + shelf_text(differences_, ""));
    section(6, shelf_text(runs_, "Nothing was run."));
    section(7, record_section(outcome_));
    end();
    HtmlReport report{html_.take(), {}};
    for (const Shelf* shelf : {&stories_, &plots_, &coverage_, &differences_, &runs_}) link(*shelf, report);
    return report;
  }

 private:
  static constexpr std::pair<std::string_view, std::string_view> titles[] = {
      {"flow", "Flow map"},  {"requirements", "Requirements"}, {"stories", "Message stories"},
      {"time", "Over time"}, {"coverage", "Coverage"},         {"differences", "Differences"},
      {"runs", "Runs"},      {"record", "Run record"}};

  std::string answer() const {
    const SegregationLine line = segregation_line(outcome_);
    return line.kind == Segregated::yes ? "segregated" : line.kind == Segregated::no ? "not segregated" : "see inside";
  }

  // Stories and plots first, since runs refer to them.
  void shelve() {
    const std::size_t count = outcome_.scenarios.size();
    places_.runs.resize(count);
    places_.stories.resize(count);
    places_.plots.resize(count);
    const std::vector<std::size_t> order = by_weight(outcome_);
    for (const std::size_t index : order) {
      const ScenarioResult& run = outcome_.scenarios[index];
      for (std::size_t number = 0; number < run.stories.size(); ++number) {
        const std::string id = fmt::format("s{}-{}", index, number);
        places_.stories[index].push_back(stories_.put(id, story(run, run.stories[number], id)));
      }
    }
    std::vector<std::size_t> busiest = order;
    std::stable_sort(busiest.begin(), busiest.end(), [&](std::size_t a, std::size_t b) {
      return outcome_.scenarios[a].counts.offered > outcome_.scenarios[b].counts.offered;
    });
    for (const std::size_t index : busiest) {
      const ScenarioResult& run = outcome_.scenarios[index];
      if (run.series.bucket_ns == 0 || run.is_must_fail) continue;
      const std::string id = fmt::format("t{}", index);
      places_.plots[index] = plots_.put(id, plot_piece(run, id));
    }
    for (const std::size_t index : order) {
      places_.runs[index] = runs_.put(run_id(outcome_, index), run_piece(outcome_, index, places_));
    }
  }

  void begin(const std::string& title) {
    html_.raw(
        "<!DOCTYPE html>\n<html lang=en><head><meta charset=utf-8><meta name=viewport "
        "content=\"width=device-width,initial-scale=1\"><meta http-equiv=Content-Security-Policy "
        "content=\"default-src 'none';style-src 'unsafe-inline';img-src data:\"><link rel=icon href=\"data:,\">");
    html_.element("title", title).raw("<style>").raw(style_sheet()).raw("</style></head><body>");
    html_.raw("<a class=skip href=\"#main\">To the content</a><header><h1>Watershed rehearsal</h1><p class=lead>");
    html_.raw("Lane ").text(outcome_.lane).raw(", seed ").text(std::to_string(outcome_.seed));
    if (!outcome_.record.started_at.empty()) html_.raw(", ").real_time(outcome_.record.started_at);
    html_.raw("</p></header>\n");
  }

  void end() {
    html_.raw("</main><footer>Times of messages are on the lane's clock, from the start of each run. ");
    html_.raw("Verdicts come from the journal alone.</footer></body></html>\n");
  }

  void section(std::size_t number, const std::string& content) {
    html_.raw("<section><h2 id=").raw(titles[number].first).raw(">").raw(titles[number].second).raw("</h2>\n");
    html_.raw(content).raw("</section>\n");
  }

  std::string shelf_text(const Shelf& shelf, std::string_view when_empty) const {
    if (shelf.page_part().empty() && shelf.linked().empty()) {
      return when_empty.empty() ? "" : fmt::format("<p>{}</p>", when_empty);
    }
    std::string text = shelf.page_part();
    if (!shelf.linked().empty()) {
      text += fmt::format("<p>{} more in linked files:", grouped(shelf.linked_pieces()));
      for (const LinkedFile& file : shelf.linked())
        text += fmt::format(" <a href=\"{0}/{1}\">{1}</a>", folder_url_, file.name);
      text += "</p>";
    }
    return text;
  }

  void link(const Shelf& shelf, HtmlReport& report) {
    for (const LinkedFile& file : shelf.linked()) {
      html_ = Markup();
      begin("Watershed rehearsal: " + file.name);
      html_.raw("<main id=main><p><a href=\"../").raw(page_url_).raw("\">Back to the report</a></p><h2>");
      html_.raw(file.name.substr(0, file.name.find('-'))).raw(", continued</h2>").raw(file.body);
      end();
      report.linked.push_back({folder_ + "/" + file.name, html_.take()});
    }
  }

  const Outcome& outcome_;
  std::string folder_;
  std::string page_url_;
  std::string folder_url_;
  Shelf stories_;
  Shelf runs_;
  Shelf plots_;
  Shelf coverage_;
  Shelf differences_;
  Places places_;
  Markup html_;
};

}  // namespace

HtmlReport html_report(const Outcome& outcome, const std::string& page_name) {
  return Page(outcome, page_name).write();
}

}  // namespace watershed::reports
