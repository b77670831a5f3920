// The grammar of Sieve: RFC 5228 §8.2. Knows no command; everything that can be said about a command comes later.
#pragma once

#include "components/filter/sieve/ast.hpp"
#include "components/filter/sieve/limits.hpp"
#include "components/filter/sieve/report.hpp"

#include <string_view>
#include <vector>

namespace watershed::sieve {

/// All commands of the script. Faults go to `report`; after one, reading goes on behind the next `;` or block, so that
/// one run shows them all.
std::vector<ast::Node> parse(std::string_view source, const Limits& limits, Report& report);

}  // namespace watershed::sieve
