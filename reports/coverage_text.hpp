// What a run exercised, on the terminal: totals for each host, and the rule processors' files with their counts.
#pragma once

#include "harness/outcome.hpp"
#include "reports/terminal.hpp"

#include <string>

namespace watershed::reports {

/// Totals by world and host, then each Sieve script and procmailrc that a host of the run reads, line by line: how
/// often a rule was taken, `never` where it was not, nothing where no rule stands. Needs an outcome that was recorded.
std::string coverage_text(const harness::Outcome& outcome, const TerminalStyle& style);

}  // namespace watershed::reports
