// The text of a master file as entries of tokens with their places. RFC 1035 §5.1: comments, parentheses, quotes,
// escapes. No meaning yet: what the tokens say is zone.cpp's subject.
#pragma once

#include "base/diagnostic.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace watershed::dns {

/// One token as written, quotes and escapes included.
struct ZoneToken {
  std::string text;
  SourcePosition at;

  bool is_quoted() const { return !text.empty() && text.front() == '"'; }
};

/// What stands between two ends of line outside parentheses.
struct ZoneEntry {
  std::vector<ZoneToken> tokens;   ///< never empty
  bool starts_with_blank = false;  ///< the owner of the entry before is meant
};

/// The entries up to the end or to the first error. A byte order mark at the start and CR before LF are skipped.
Result<std::vector<ZoneEntry>, Diagnostic> split_zone_text(std::string_view text, std::string_view file);

/// The text of line `line` (from 1), without its end.
std::string_view line_of(std::string_view text, int line);

}  // namespace watershed::dns
