// What a text's line ends are like, found for many octets at once: nearly all content has CRLF alone and no line that
// begins with a dot, and is then taken or sent in one piece. RFC 5321 §2.3.8, §4.5.2.
#pragma once

#include <string_view>

namespace watershed::mail {

/// True when every CR is followed by LF, every LF preceded by CR, and no line begins with a dot.
bool is_plain(std::string_view text);

/// True when a line begins with a dot; lines end with LF here, whatever stands before it.
bool has_leading_dot(std::string_view text);

}  // namespace watershed::mail
