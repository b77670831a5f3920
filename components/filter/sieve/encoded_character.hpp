// The capability "encoded-character": `${hex: 40 41}` and `${unicode: 40}` in strings. RFC 5228 §2.4.2.4.
#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>

namespace watershed::sieve {

/// Replaces what follows the syntax and leaves the rest as it is. An error for a code point that does not exist.
Result<std::string, Error> decode_encoded_characters(std::string_view text);

}  // namespace watershed::sieve
