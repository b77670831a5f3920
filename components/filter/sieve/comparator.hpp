// How two strings compare: i;octet, i;ascii-casemap and i;ascii-numeric (RFC 4790 §9), i;unicode-casemap
// (RFC 5051).
#pragma once

#include "components/filter/sieve/extension.hpp"

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace watershed::sieve {

enum class Comparator { octet, ascii_casemap, ascii_numeric, unicode_casemap };

std::optional<Comparator> find_comparator(std::string_view name);

/// The capability that must be required for it; RFC 5228 §2.7.3: i;octet and i;ascii-casemap need none.
Extension capability(Comparator comparator);

/// False for i;ascii-numeric: it has no substrings, so :contains and :matches do not go with it (RFC 4790 §9.1.1).
bool has_substrings(Comparator comparator);

/// RFC 4790 §9.2.1: a-z become A-Z before octets are compared.
std::string fold_ascii(std::string_view text);

/// RFC 5051 §2: titlecase, then decomposed (canonically and for compatibility), character by character.
std::string fold_unicode(std::string_view text);

std::strong_ordering compare(Comparator comparator, std::string_view a, std::string_view b);

}  // namespace watershed::sieve
