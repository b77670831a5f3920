// Which parameters name lookup tables, and which words of their values do.
#pragma once

#include "components/router/postfix/parameters.hpp"

#include <string_view>

namespace watershed::postfix {

/// Modelled, and its elements may be `type:name` or, for the lists, `/file`.
bool names_tables(const ParameterFact& fact);

/// `hash:/etc/postfix/x` and the like; a restriction name, a domain or `[::1]/128` is not.
bool looks_like_table(std::string_view element);

}  // namespace watershed::postfix
