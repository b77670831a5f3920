// See place.hpp.
#include "reports/place.hpp"

#include <charconv>

namespace watershed::reports {

std::optional<SourcePosition> parse_place(std::string_view file_line) {
  const std::size_t colon = file_line.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  SourcePosition place{std::string(file_line.substr(0, colon)), 0, 0};
  const char* end = file_line.data() + file_line.size();
  const auto read = std::from_chars(file_line.data() + colon + 1, end, place.line);
  const bool is_place = read.ec == std::errc{} && read.ptr == end && place.line > 0;
  return is_place && place.file.find(' ') == std::string::npos ? std::optional(place) : std::nullopt;
}

SourcePosition place_of(const harness::Finding& finding, const harness::ScenarioResult& run) {
  if (const auto decided = parse_place(finding.decided_by)) return *decided;
  return finding.at.file.empty() || finding.at.line == 0 ? SourcePosition{run.file, 1, 0} : finding.at;
}

}  // namespace watershed::reports
