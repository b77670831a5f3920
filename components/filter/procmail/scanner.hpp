// Octets of a procmailrc with their places, and the words that stand in it.
#pragma once

#include "components/filter/procmail/rcfile.hpp"

#include <string_view>

namespace watershed::procmail {

class Scanner {
 public:
  explicit Scanner(std::string_view text, Place start = {1, 1}) : text_(text), place_(start) {}

  bool at_end() const { return at_ >= text_.size(); }
  /// '\0' at the end.
  char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
  char take();
  Place place() const { return place_; }
  std::size_t offset() const { return at_; }
  std::string_view rest() const { return text_.substr(at_); }

  void skip_blanks();            ///< blanks and tabs
  void skip_blanks_and_lines();  ///< and newlines and comments
  void skip_line();              ///< up to the newline, which stays
  std::string name();            ///< letters, digits, underscores; empty where none begins
  std::string_view name_ahead() const;

  /// A word up to an unquoted blank or newline, or one of `stops`.
  Word word(std::string_view stops = {});
  /// The rest of a text in double quotes; `closing` ends it, '\0': the end of the text.
  void quoted(Word& into, char closing);
  /// The rest of the line; lines that end in a backslash go on. `indent`: blanks in front of a continued line go.
  std::string line(bool drop_indent);

  /// Places where a quote, a brace or a backquote was opened that never closes.
  const std::optional<Place>& unclosed() const { return unclosed_; }

 private:
  void literal(Word& into, char c, bool is_quoted);
  void single_quoted(Word& into);
  void dollar(Word& into, bool is_quoted);
  void braced(Word& into, bool is_quoted);
  void backquoted(Word& into, bool is_quoted);

  std::string_view text_;
  std::size_t at_ = 0;
  Place place_;
  std::optional<Place> unclosed_;
  std::size_t depth_ = 0;
};

bool is_name_start(char c);
bool is_name_part(char c);
bool is_blank(char c);

}  // namespace watershed::procmail
