// A run over time: throughput, delivery times, what hosts hold, errors, on one time axis.
#include "reports/html/sections.hpp"

#include "reports/html/chart.hpp"
#include "reports/html/markup.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>

namespace watershed::reports::html {

namespace {

using harness::TimeBucket;
using harness::TimeSeries;

template <class Value>
ChartSeries series_of(const TimeSeries& series, std::string name, const Value& value) {
  ChartSeries made{std::move(name), {}};
  for (const TimeBucket& bucket : series.buckets) made.values.push_back(value(bucket));
  return made;
}

// Delivery times of a stretch in which nothing was offered do not exist; 0 would say "at once".
ChartSeries latency_of(const TimeSeries& series, std::string name, std::int64_t TimeBucket::*member) {
  return series_of(series, std::move(name), [member](const TimeBucket& bucket) {
    if (bucket.latency_max_ns == 0) return std::numeric_limits<double>::quiet_NaN();
    return static_cast<double>(bucket.*member) / 1e9;
  });
}

ChartSeries count_of(const TimeSeries& series, std::string name, std::uint64_t TimeBucket::*member) {
  return series_of(series, std::move(name),
                   [member](const TimeBucket& bucket) { return static_cast<double>(bucket.*member); });
}

ChartSeries rate_of(const TimeSeries& series, std::string name, std::uint64_t TimeBucket::*member) {
  const double seconds = static_cast<double>(series.bucket_ns) / 1e9;
  return series_of(series, std::move(name), [member, seconds](const TimeBucket& bucket) {
    return static_cast<double>(bucket.*member) / seconds;
  });
}

bool has_errors(const TimeSeries& series) {
  for (const TimeBucket& bucket : series.buckets) {
    if (bucket.transient_replies + bucket.permanent_replies + bucket.connect_errors + bucket.dns_errors > 0)
      return true;
  }
  return false;
}

}  // namespace

std::string plot_piece(const harness::ScenarioResult& run, const std::string& id) {
  const TimeSeries& series = run.series;
  Chart chart;
  chart.bucket_ns = series.bucket_ns;
  for (const harness::TimeMark& mark : series.marks) chart.marks.push_back({mark.at_ns, mark.text});
  Markup html;
  html.raw("<details class=plot><summary>").text(run.title, 300).raw(" <span class=where>");
  html.text(run.world).raw(", ").raw(plural(run.counts.offered, "message"));
  html.raw("</span></summary><div class=scroll tabindex=0 role=region aria-label=Plots id=\"").raw(id).raw("\">");
  const auto draw = [&](std::string title, std::string unit, std::vector<ChartSeries> lines, std::string_view suffix) {
    chart.title = std::move(title);
    chart.unit = std::move(unit);
    chart.series = std::move(lines);
    html.raw(chart_svg(chart, fmt::format("{}-{}", id, suffix)));
  };
  draw("Messages per second", "per second",
       {rate_of(series, "offered", &TimeBucket::offered), rate_of(series, "delivered", &TimeBucket::delivered)}, "t");
  draw(
      "Delivery time in s, by time of offer", "s",
      {latency_of(series, "median", &TimeBucket::latency_p50_ns),
       latency_of(series, "95 %", &TimeBucket::latency_p95_ns), latency_of(series, "99 %", &TimeBucket::latency_p99_ns),
       latency_of(series, "slowest", &TimeBucket::latency_max_ns)},
      "d");
  draw("Recipients under way or queued at hosts", "recipients", {count_of(series, "held", &TimeBucket::held_max)}, "h");
  if (has_errors(series)) {
    draw("Errors in each stretch of time", "errors",
         {count_of(series, "SMTP 4yz", &TimeBucket::transient_replies),
          count_of(series, "SMTP 5yz", &TimeBucket::permanent_replies),
          count_of(series, "no connection", &TimeBucket::connect_errors),
          count_of(series, "DNS", &TimeBucket::dns_errors)},
         "e");
  } else {
    html.raw("<p>No SMTP error, failed connection or DNS error.</p>");
  }
  if (!series.marks.empty()) {
    html.raw("<ol class=marks>");
    for (const harness::TimeMark& mark : series.marks) {
      html.raw("<li>").raw(clock_text(mark.at_ns)).raw(" ").text(mark.text).raw("</li>");
    }
    html.raw("</ol>");
  }
  return html.raw("</div></details>\n").take();
}

}  // namespace watershed::reports::html
