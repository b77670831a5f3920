// Postfix's line format, shared by main.cf, master.cf and all tables in text form. postconf(5), postmap(1) "INPUT FILE
// FORMAT": an entry starts at a non-blank character, a line that starts with white space continues it, empty lines and
// lines whose first non-blank character is `#` are skipped (even between continuation lines).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace watershed::postfix {

/// One entry. `text` joins its physical lines (line ends removed, leading white space of continuations kept).
struct LogicalLine {
  std::string text;
  int line = 0;                    ///< of the first physical line, from 1
  bool starts_with_blank = false;  ///< the file's first entry started with white space: an error in most files
};

std::vector<LogicalLine> logical_lines(std::string_view file_text);

/// C isspace() in the C locale: what Postfix trims and splits at.
bool is_blank(char c);
std::string_view trim_blanks(std::string_view text);

/// Comma and white space: how Postfix separates the elements of a list value.
inline constexpr std::string_view list_separators = ", \t\r\n";

/// Parts between separators; a separator inside `{ … }` does not split. Empty parts are dropped; braces are kept.
std::vector<std::string_view> split_protecting_braces(std::string_view text, std::string_view separators);

/// What stands between the braces of `{ … }`, trimmed, or nothing when `text` is not one balanced pair of braces.
std::optional<std::string_view> braced_content(std::string_view text);

}  // namespace watershed::postfix
