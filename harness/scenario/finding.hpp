// A finding: one thing that does not hold, said so that a person can act on it.
#pragma once

#include "base/diagnostic.hpp"

#include <string>
#include <vector>

namespace watershed::harness {

struct Finding {
  std::string rule;                ///< `invariant segregation`, `expectation delivered`
  std::string sentence;            ///< got, wanted, where
  SourcePosition at;               ///< the scenario's line that asked for it; empty for invariants
  std::string decided_by;          ///< configuration `file:line` that made it so; empty when none is known
  std::string label;               ///< the message
  std::vector<std::string> path;   ///< hosts that had it, in order
  std::vector<std::string> trail;  ///< decisions on its way, each with file:line
  bool is_inconclusive = false;    ///< the evidence is incomplete, rather than the rule broken

  bool operator==(const Finding&) const = default;
};

using Findings = std::vector<Finding>;

}  // namespace watershed::harness
