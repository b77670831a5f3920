// The order of verdicts: what speaks against a whole, from the loudest to the quietest.
#pragma once

#include "harness/outcome.hpp"

namespace watershed::harness {

/// The worse of two verdicts, the first where they are alike: failed, error, inconclusive, passed, skipped. A
/// requirement holds only if all that speaks for it does.
Verdict worst(Verdict a, Verdict b);

}  // namespace watershed::harness
