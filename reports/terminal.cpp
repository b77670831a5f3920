// See terminal.hpp. What stands here is written while the run goes on; final_text is in terminal_final.cpp.
#include "reports/terminal.hpp"

#include "base/text.hpp"
#include "reports/escape.hpp"
#include "reports/paint.hpp"

#include <fmt/format.h>

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace watershed::reports {

namespace {

using harness::ScenarioResult;
using harness::Verdict;

constexpr std::string_view clear_line = "\r\x1b[K";  // ECMA-48 EL: back to the start and erase

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view() : std::string_view(value);
}

bool wants_color(std::string_view mode, bool is_terminal) {
  if (mode == "always") return true;
  if (mode == "never") return false;
  if (!environment("NO_COLOR").empty()) return false;  // https://no-color.org: any value but the empty one
  const std::string_view force = environment("CLICOLOR_FORCE");
  if (!force.empty() && force != "0") return true;
  return is_terminal && environment("TERM") != "dumb";
}

// One line on one run, for failures and for --verbose.
std::string run_line(const ScenarioResult& run, std::size_t done, std::size_t total, const TerminalStyle& style) {
  const bool is_bad = run.verdict == Verdict::failed || run.verdict == Verdict::error;
  const Color color = is_bad ? Color::red : run.verdict == Verdict::passed ? Color::green : Color::yellow;
  return fmt::format("{} {:>{}}/{}  {} on {}  {}\n",
                     paint(fmt::format("{:<12}", to_string(run.verdict)), color, style.color), done,
                     fmt::formatted_size("{}", total), total, shown(run.file), shown(run.world),
                     paint(shown(run.title), Color::dim, style.color));
}

std::string bar(const ScenarioResult& run, std::size_t done, std::size_t total, const TerminalStyle& style) {
  constexpr std::size_t cells = 24;
  const std::size_t full = total == 0 ? cells : std::min(cells, done * cells / total);
  const std::string text =
      fmt::format("[{}{}] {:>{}}/{}  {} on {}", std::string(full, '#'), std::string(cells - full, '.'), done,
                  fmt::formatted_size("{}", total), total, shown(run.file), shown(run.world));
  return cut(text, style.width > 1 ? style.width - 1 : 1);  // the last column would wrap the line
}

}  // namespace

TerminalStyle terminal_style(std::string_view mode, Verbosity verbosity) {
  TerminalStyle style;
  style.verbosity = verbosity;
  const bool is_terminal = isatty(STDOUT_FILENO) == 1;
  style.color = wants_color(mode, is_terminal);
  // A build server may well offer a terminal, but keeps each redrawn line.
  style.is_tty = is_terminal && environment("TERM") != "dumb" && environment("CI").empty();
  winsize size{};
  if (is_terminal && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) style.width = size.ws_col;
  return style;
}

std::string start_text(std::uint64_t seed, std::string_view lane, std::size_t runs, const TerminalStyle& style) {
  if (style.verbosity == Verbosity::quiet) return {};
  return fmt::format("seed {}  lane {}  {} run{}\n", seed, lane, runs, runs == 1 ? "" : "s");
}

std::string progress_text(const ScenarioResult& result, std::size_t done, std::size_t total,
                          const TerminalStyle& style) {
  const bool is_quiet = style.verbosity == Verbosity::quiet;
  const bool is_notable = result.verdict != Verdict::passed && result.verdict != Verdict::skipped;
  const bool wants_line = !is_quiet && (is_notable || style.verbosity == Verbosity::verbose);
  std::string text;
  if (wants_line) text = run_line(result, done, total, style);
  if (!style.is_tty || is_quiet) return text;
  return std::string(clear_line) + text + bar(result, done, total, style);
}

}  // namespace watershed::reports
