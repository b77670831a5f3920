// Domain names in their two forms. RFC 1035 §3.1 (wire), §5.1 (text with escapes), RFC 4343 (case).
//
// Text is what people and mail use: labels between dots, no trailing dot, `\.` and `\DDD` for odd bytes. The wire form
// (length-prefixed labels, ending in the empty root label) has no escapes, so it is what lookups use as key.
#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>

namespace watershed::talk {

/// Reads a name with or without its trailing dot; "." is the root. Refuses empty labels, labels over 63 octets, names
/// over 255 octets in wire form (RFC 1035 §2.3.4), bad escapes and NUL bytes. Case is kept.
Result<std::string, Error> to_wire_name(std::string_view text);

/// The text of a valid, uncompressed wire name, without trailing dot; the root is ".". Case is kept.
std::string to_text_name(std::string_view wire_name);

/// The octets that the uncompressed name at the start of `bytes` takes, root label included; 0 when there is none: cut
/// short, a compression pointer, or over 255 octets.
std::size_t wire_name_length(std::string_view bytes);

/// The wire name without its first label; the root has no parent and stays the root.
std::string_view parent_of(std::string_view wire_name);

/// True if `wire_name` is `ancestor` or below it. Both in one case (fold with base/text.hpp's to_lower: a length octet
/// is at most 63, so it never looks like a capital).
bool is_at_or_below(std::string_view wire_name, std::string_view ancestor);

}  // namespace watershed::talk
