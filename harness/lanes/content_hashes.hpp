// Hashes of delivered content, for comparisons of two runs: they say that something differs without repeating it.
#pragma once

#include "harness/outcome.hpp"
#include "harness/scenario/evidence.hpp"

namespace watershed::harness {

/// Fills body_hash and header of the result's messages, which must be those of fill_results, in its order.
void fill_content_hashes(const Evidence& evidence, ScenarioResult& result);

}  // namespace watershed::harness
