// A small writer of line charts as inline SVG: a few series over one time axis, with marks where something was done.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace watershed::reports::html {

struct ChartSeries {
  std::string name;
  std::vector<double> values;  ///< one for each bucket; NaN: nothing to show
};

struct ChartMark {
  std::int64_t at_ns = 0;
  std::string text;
};

struct Chart {
  std::string title;
  std::string unit;  ///< of the values
  std::int64_t bucket_ns = 0;
  std::vector<ChartSeries> series;  ///< at most four; each has a dash pattern of its own, too
  std::vector<ChartMark> marks;
};

std::string chart_svg(const Chart& chart, const std::string& id);

/// Highest tick of an axis that has to show `highest`: 1, 2 or 5 times a power of ten.
double axis_top(double highest);

}  // namespace watershed::reports::html
