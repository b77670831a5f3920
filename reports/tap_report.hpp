// The TAP report, version 14 (testanything.org), for consumers of the Test Anything Protocol.
#pragma once

#include "harness/outcome.hpp"

#include <string>

namespace watershed::reports {

/// One test point a run. What did not pass has a YAML block with its findings; skipped runs say `# SKIP`.
std::string tap_report(const harness::Outcome& outcome);

}  // namespace watershed::reports
