// Many rules of the form `if header :is NAME KEY { … }` in a row, looked up instead of tried one by one. What a script
// decides is the same; what it costs grows with the message, not with the number of rules.
#pragma once

#include "components/filter/sieve/program.hpp"

namespace watershed::sieve {

/// Puts runs of such rules into tables. Not for scripts that may change the message while they run.
Block with_rule_tables(Block block);

}  // namespace watershed::sieve
