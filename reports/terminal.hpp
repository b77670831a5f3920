// The report on the terminal: progress while it runs, then what failed and why, then the answer in one line.
#pragma once

#include "harness/outcome.hpp"

#include <cstddef>
#include <string>

namespace watershed::reports {

enum class Verbosity { quiet, normal, verbose };

struct TerminalStyle {
  bool color = false;
  bool is_tty = false;  ///< a progress bar that is redrawn; else plain lines
  unsigned width = 80;
  Verbosity verbosity = Verbosity::normal;
};

/// Decides on colour as people expect: `--color always|never` first, then NO_COLOR, CLICOLOR_FORCE, then whether it is
/// a terminal and TERM is not `dumb`. `mode` is auto, always or never.
TerminalStyle terminal_style(std::string_view mode, Verbosity verbosity);

/// The lines before the run: seed first, then lane and how many runs there will be.
std::string start_text(std::uint64_t seed, std::string_view lane, std::size_t runs, const TerminalStyle& style);

/// What is written after each run: redraws the bar on a terminal, a line for each failure (and for each run when
/// verbose) else.
std::string progress_text(const harness::ScenarioResult& result, std::size_t done, std::size_t total,
                          const TerminalStyle& style);

/// After the run: each failure with its sentence, path, decisions and replay command; inconclusive lines; requirements;
/// worlds with their shared hosts; the summary.
std::string final_text(const harness::Outcome& outcome, const TerminalStyle& style);

}  // namespace watershed::reports
