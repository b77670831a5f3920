// See chart.hpp.
#include "reports/html/chart.hpp"

#include "reports/html/markup.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

namespace watershed::reports::html {

namespace {

constexpr double width = 640;
constexpr double height = 150;
constexpr double left = 52;
constexpr double right = 8;
constexpr double top = 24;
constexpr double bottom = 20;

std::string axis_time(double seconds) {
  if (seconds >= 2 * 86'400) return fmt::format("{:.3g} d", seconds / 86'400);
  if (seconds >= 2 * 3600) return fmt::format("{:.3g} h", seconds / 3600);
  if (seconds >= 180) return fmt::format("{:.3g} min", seconds / 60);
  return fmt::format("{:.3g} s", seconds);
}

// Axis labels without exponents: 2 000, not 2e+03.
std::string axis_number(double value) {
  return value >= 1000 ? grouped(static_cast<std::uint64_t>(value)) : fmt::format("{:.3g}", value);
}

class Drawing {
 public:
  explicit Drawing(const Chart& chart) : chart_(chart) {
    std::size_t buckets = 1;
    double highest = 0;
    for (const ChartSeries& series : chart.series) {
      buckets = std::max(buckets, series.values.size());
      for (const double value : series.values) highest = std::isnan(value) ? highest : std::max(highest, value);
    }
    buckets_ = static_cast<double>(buckets);
    highest_ = axis_top(highest);
  }

  std::string draw(const std::string& id) {
    svg_.raw(fmt::format("<svg class=chart role=img aria-labelledby=\"{0}\" viewBox=\"0 0 {1} {2}\"><title id=\"{0}\">",
                         id, width, height));
    svg_.attribute(chart_.title + ": " + summary()).raw("</title>");
    svg_.raw(fmt::format("<text class=ct x=0 y=12>")).attribute(chart_.title).raw("</text>");
    axes();
    marks();
    for (std::size_t index = 0; index < chart_.series.size(); ++index) line(index);
    key();
    return svg_.raw("</svg>").take();
  }

 private:
  double x(double bucket) const { return left + bucket / buckets_ * (width - left - right); }
  double y(double value) const { return height - bottom - value / highest_ * (height - top - bottom); }

  std::string summary() const {
    std::string text;
    for (const ChartSeries& series : chart_.series) {
      double highest = 0;
      for (const double value : series.values) highest = std::isnan(value) ? highest : std::max(highest, value);
      text += fmt::format("{}{} at most {:.3g} {}", text.empty() ? "" : ", ", series.name, highest, chart_.unit);
    }
    return text;
  }

  void axes() {
    for (const double part : {0.0, 0.5, 1.0}) {
      const double at = y(highest_ * part);
      svg_.raw(fmt::format("<path class=ax d=\"M{:.0f},{:.1f}H{:.0f}\"/>", left, at, width - right));
      svg_.raw(
          fmt::format("<text class=ay x={:.0f} y={:.1f}>{}</text>", left - 5, at + 4, axis_number(highest_ * part)));
    }
    const double seconds = static_cast<double>(chart_.bucket_ns) / 1e9 * buckets_;
    for (int tick = 0; tick <= 4; ++tick) {
      svg_.raw(fmt::format("<text class=\"ax{}\" x={:.0f} y={:.0f}>{}</text>",
                           tick == 0   ? " f"
                           : tick == 4 ? " e"
                                       : "",
                           x(buckets_ * tick / 4), height - 5, axis_time(seconds * tick / 4)));
    }
  }

  void marks() {
    double last = -100;
    int number = 0;
    for (const ChartMark& mark : chart_.marks) {
      ++number;
      const double at = x(static_cast<double>(mark.at_ns) / static_cast<double>(chart_.bucket_ns));
      svg_.raw(fmt::format("<path class=mk d=\"M{:.1f},{:.0f}V{:.0f}\"/>", at, top, height - bottom));
      if (at - last > 14) svg_.raw(fmt::format("<text class=mk x={:.1f} y={:.0f}>{}</text>", at, top - 2, number));
      last = at;
    }
  }

  // A line through the middle of each bucket, broken where there is nothing to show; a lone value is a dot.
  void line(std::size_t index) {
    const std::vector<double>& values = chart_.series[index].values;
    std::string path;
    bool is_open = false;
    for (std::size_t bucket = 0; bucket < values.size(); ++bucket) {
      if (std::isnan(values[bucket])) {
        is_open = false;
        continue;
      }
      const bool is_lone = !is_open && (bucket + 1 == values.size() || std::isnan(values[bucket + 1]));
      fmt::format_to(std::back_inserter(path), "{}{:.1f},{:.1f}", is_open ? "L" : "M",
                     x(static_cast<double>(bucket) + 0.5), y(values[bucket]));
      if (is_lone) path += "h.1";
      is_open = true;
    }
    if (!path.empty()) svg_.raw(fmt::format("<path class=\"s s{}\" d=\"{}\"/>", index % 4, path));
  }

  void key() {
    double at = width - right;
    for (std::size_t index = chart_.series.size(); index-- > 0;) {
      const std::string& name = chart_.series[index].name;
      at -= static_cast<double>(name.size()) * 6.4 + 34;
      svg_.raw(fmt::format("<path class=\"s s{}\" d=\"M{:.0f},8h22\"/><text x={:.0f} y=12>", index % 4, at, at + 26));
      svg_.attribute(name).raw("</text>");
    }
  }

  const Chart& chart_;
  double buckets_ = 1;
  double highest_ = 1;
  Markup svg_;
};

}  // namespace

double axis_top(double highest) {
  if (!(highest > 0)) return 1;
  const double power = std::pow(10, std::floor(std::log10(highest)));
  for (const double step : {1.0, 2.0, 5.0, 10.0}) {
    if (highest <= power * step * (1 + 1e-9)) return power * step;
  }
  return power * 10;
}

std::string chart_svg(const Chart& chart, const std::string& id) { return Drawing(chart).draw(id); }

}  // namespace watershed::reports::html
