// IMAP flags as lists. RFC 5232 §2: no doubles, case does not matter, one string may hold several.
#pragma once

#include "components/filter/sieve/outcome.hpp"

#include <string>
#include <string_view>

namespace watershed::sieve {

/// Adds the flags of a string (separated by blanks) that are not there yet. What can be no flag is left out:
/// RFC 5232 §2 lets an implementation ignore it.
void add_flags(Flags& flags, std::string_view text);

void remove_flags(Flags& flags, std::string_view text);

/// Separated by single blanks, as a variable holds them.
std::string joined(const Flags& flags);

/// RFC 3501 §9: a keyword is an atom; of the system flags those that may be stored.
bool is_flag(std::string_view flag);

}  // namespace watershed::sieve
