// Turns evidence into the figures and message lists of a scenario's result.
#pragma once

#include "harness/outcome.hpp"

namespace watershed::harness {

/// Fills counts, hops, messages, stragglers, shared_hosts and figures.
void fill_results(const Evidence& evidence, ScenarioResult& result);

}  // namespace watershed::harness
