// See lane_comparison.hpp.
#include "reports/lane_comparison.hpp"

#include "base/text.hpp"
#include "reports/escape.hpp"
#include "reports/paint.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::reports {

namespace {

using harness::LaneDifference;

constexpr std::size_t differences_shown_max = 20;

std::string lines_of(std::string_view title, std::string_view text, std::size_t indent) {
  if (text.empty()) return fmt::format("{:{}}{} (nothing)\n", "", indent, title);
  std::string out = fmt::format("{:{}}{}\n", "", indent, title);
  for (const std::string_view line : split(text, "\n")) out += fmt::format("{:{}}{}\n", "", indent + 2, shown(line));
  return out;
}

std::string difference_text(const LaneDifference& difference, const TerminalStyle& style) {
  std::string out = fmt::format("  {} on {}: message '{}' for {} differs in {}\n", shown(difference.scenario),
                                shown(difference.world), shown(difference.label), shown(difference.recipient),
                                shown(difference.aspect));
  out += lines_of("simulated:", difference.simulated, 4) + lines_of("live:", difference.live, 4);
  if (style.verbosity != Verbosity::verbose) return out;
  const auto journal = [&](const char* lane, const std::vector<std::string>& lines) {
    for (const std::string& line : lines) {
      out += paint(fmt::format("      {} {}", lane, shown(line)), Color::dim, style.color) + "\n";
    }
  };
  journal("simulated", difference.simulated_journal);
  journal("live     ", difference.live_journal);
  return out;
}

}  // namespace

std::string lane_comparison_text(const harness::Outcome& outcome, const TerminalStyle& style) {
  if (outcome.lane != "both") return {};
  const harness::Parity& parity = outcome.parity;
  std::string out;
  std::size_t declared = 0;
  std::size_t count = 0;
  const bool is_verbose = style.verbosity == Verbosity::verbose;
  for (const LaneDifference& difference : parity.differences) {
    if (!difference.declared_because.empty()) {
      ++declared;
      continue;
    }
    if (++count <= differences_shown_max || is_verbose) out += difference_text(difference, style);
  }
  if (count > differences_shown_max && !is_verbose) {
    out += fmt::format("  … {} more differences; the JSON report has all\n", count - differences_shown_max);
  }
  for (const std::string& unused : parity.unused_declarations) {
    out += paint(shown(unused), Color::red, style.color) + "\n";
  }
  const Color color = parity.agree == parity.compared && parity.compared > 0 ? Color::green : Color::yellow;
  const std::string figure = fmt::format("parity {:.4f}", parity.ratio());
  out += fmt::format("{}: {} of {} messages agree; {} declared difference{}\n", paint(figure, color, style.color),
                     parity.agree, parity.compared, declared, declared == 1 ? "" : "s");
  return "\n" + paint("Lanes compared", Color::bold, style.color) + "\n" + out;
}

}  // namespace watershed::reports
