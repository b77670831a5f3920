// See github_annotations.hpp. The form: `::error file=…,line=…,col=…,title=…::message`, GitHub's documentation on
// workflow commands.
#include "reports/github_annotations.hpp"

#include "reports/escape.hpp"
#include "reports/place.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace watershed::reports {

namespace {

constexpr std::size_t annotations_max = 10;

class Commands {
 public:
  explicit Commands(std::string_view kind) : kind_(kind) {}

  void add(const SourcePosition& place, std::string_view title, std::string_view message) {
    std::string line = fmt::format(
        "::{} file={},line={}{},title={}::{}\n", kind_, github_property(place.file), std::max(place.line, 1),
        place.column > 0 ? fmt::format(",col={}", place.column) : "", github_property(title), github_message(message));
    if (std::find(lines_.begin(), lines_.end(), line) == lines_.end()) lines_.push_back(std::move(line));
  }

  std::string text() const {
    const bool is_too_many = lines_.size() > annotations_max;
    const std::size_t shown = is_too_many ? annotations_max - 1 : lines_.size();
    std::string out;
    for (std::size_t index = 0; index < shown; ++index) out += lines_[index];
    if (is_too_many) out += fmt::format("::{}::{} more; the reports have all\n", kind_, lines_.size() - shown);
    return out;
  }

 private:
  std::string_view kind_;
  std::vector<std::string> lines_;
};

}  // namespace

std::string github_annotations(const harness::Outcome& outcome) {
  Commands errors("error");
  Commands warnings("warning");
  for (const harness::ScenarioResult& run : outcome.scenarios) {
    for (const harness::Finding& finding : run.findings) {
      Commands& commands = finding.is_inconclusive ? warnings : errors;
      commands.add(place_of(finding, run), fmt::format("{} on {}", finding.rule, run.world),
                   fmt::format("{} ({}, replay: {})", finding.sentence, run.file, run.replay));
    }
    for (const harness::NotUnderstoodLine& line : run.not_understood) {
      const auto place = parse_place(line.place);
      warnings.add(place.value_or(SourcePosition{run.file, 1, 0}), "not understood",
                   fmt::format("{}: no verdict can rest on this line", line.text));
    }
  }
  return errors.text() + warnings.text();
}

}  // namespace watershed::reports
