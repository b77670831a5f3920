// Octets that no line of a message may hold, and what cleanup(8) makes of them. RFC 5321 §2.3.8: CR and LF stand for
// nothing but a line end, together. Measured with Postfix 3.7.11.
#pragma once

#include <string>

namespace watershed::router {

/// Each CR that no LF follows becomes a blank, in header and body alike, before anything is read as a field: a line
/// that began with such a CR continues the field above it. postconf(5) cleanup_replace_stray_cr_lf. `content` has no
/// bare LF.
void replace_stray_returns(std::string& content);

/// Each line of the header section ends at its first NUL: cleanup(8) handles header lines as C strings. The body keeps
/// its NULs.
void cut_header_lines_at_nul(std::string& content);

}  // namespace watershed::router
