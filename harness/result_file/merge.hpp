// Shards put together: the Outcome of one run from those of its parts.
#pragma once

#include "harness/outcome.hpp"

#include <span>
#include <string>

namespace watershed::harness {

struct NamedOutcome {
  std::string name;  ///< of the file, for errors
  Outcome outcome;
};

/// All parts of one run, in any order. A part that is missing, given twice or of another run (seed, lane, number of
/// shards, requirements) is an error: a merged report must not pass because the part that failed was left out.
Result<Outcome, Error> merge_shards(std::span<const NamedOutcome> parts);

}  // namespace watershed::harness
