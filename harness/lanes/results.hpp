// Turns evidence into the figures and message lists of a scenario's result.
#pragma once

#include "harness/outcome.hpp"

namespace watershed::harness {

/// How one offered recipient's way ended. Expansion gives several ends; the furthest speaks for it.
MessageResult message_result(const Evidence& evidence, const RootMessage& root, const std::string& recipient);

/// Fills counts, hops, messages, stragglers, shared_hosts and figures.
void fill_results(const Evidence& evidence, ScenarioResult& result);

}  // namespace watershed::harness
