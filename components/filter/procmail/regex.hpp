// The regular expressions of procmail's own egrep. procmailrc(5), "Extended regular expressions".
//
// They differ from POSIX's: `^` and `$` are a newline that is matched, with one more newline imagined before and behind
// the text; `\<` and `\>` are one character that is no part of a word; `^^` is the start or the end of the text; `\/`
// begins what MATCH gets. There is no `{n}`, and a class knows no names. A search finds the match that ends first, or
// with `\/` the longest from there.
#pragma once

#include "base/result.hpp"

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace watershed::procmail {

/// One instruction of a compiled expression. `next` and `other` are indexes of instructions.
struct Instruction {
  enum class Kind : std::uint8_t {
    octet,        ///< `octet`
    any,          ///< `.`: anything but a newline
    one_of,       ///< a class, number `set`
    newline,      ///< `^` and `$`
    delimiter,    ///< `\<` and `\>`
    text_start,   ///< `^^` in front
    text_end,     ///< `^^` behind
    match_start,  ///< `\/`
    fork,
    found,
  };
  Kind kind = Kind::found;
  unsigned char octet = 0;
  std::uint32_t set = 0;
  std::uint32_t next = 0;
  std::uint32_t other = 0;
};

struct Span {
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// What one search found. `end` is where the next search goes on; a match that used the imagined newline behind the
/// text ends one behind it.
struct Found {
  std::size_t end = 0;
  std::optional<Span> match;  ///< what `\/` split off
};

class Regex {
 public:
  /// Reads an expression in which the macros (`^TO_` …) are filled in. procmail runs a broken one all the same, with
  /// parentheses closed at the end or cut off at the one too many: so does this, and `defect` says what is broken.
  /// An error only where a limit is met.
  static Result<Regex, Error> parse(std::string_view expression, bool ignore_case);

  /// Searches from `from` on. `text` is the whole search area: a newline before `from` counts as one before the match.
  std::optional<Found> search(std::string_view text, std::size_t from = 0) const;

  /// A text that a search finds, made by chance; newlines stand where `^` and `$` are. Empty: the walk did not end.
  std::string sample(std::mt19937_64& random) const;

  bool extracts_match() const { return extracts_match_; }
  const std::string& defect() const { return defect_; }

 private:
  friend class RegexParser;
  class Search;

  std::vector<Instruction> program_;
  std::vector<std::bitset<256>> sets_;
  std::uint32_t start_ = 0;
  bool ignore_case_ = true;
  bool extracts_match_ = false;
  std::string defect_;
};

/// Fills in `^TO_`, `^TO`, `^FROM_DAEMON` and `^FROM_MAILER`. procmailrc(5), "Miscellaneous".
std::string with_macros(std::string_view expression);

/// Names of the macros that the expression uses, in the order of procmailrc(5).
std::vector<std::string_view> macros_in(std::string_view expression);

}  // namespace watershed::procmail
