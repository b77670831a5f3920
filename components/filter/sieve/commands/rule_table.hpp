// Many rules with constant keys, `if header :contains NAME KEY { … }` and their like: one look at the message says
// which of them may hold, and only those are tried. What a script decides is the same; what it costs grows with the
// message, not with the number of rules.
#pragma once

#include "components/filter/sieve/program.hpp"

namespace watershed::sieve {

/// Puts a block with enough such rules into a table. Not for scripts that may change the message while they run.
Block with_rule_table(Block block);

}  // namespace watershed::sieve
