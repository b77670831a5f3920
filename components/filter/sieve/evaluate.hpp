// Runs a compiled script on one message. Pure: what it decides depends on script and input alone.
#pragma once

#include "components/filter/sieve/input.hpp"
#include "components/filter/sieve/outcome.hpp"
#include "components/filter/sieve/script.hpp"

namespace watershed::sieve {

Outcome evaluate(const Script& script, const Input& input);

}  // namespace watershed::sieve
