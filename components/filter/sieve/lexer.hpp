// Words of a Sieve script. RFC 5228 §8.1 (lexical tokens).
#pragma once

#include "components/filter/sieve/ast.hpp"
#include "components/filter/sieve/limits.hpp"
#include "components/filter/sieve/report.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace watershed::sieve {

enum class TokenKind { identifier, tag, number, string, punctuation, end };

struct Token {
  TokenKind kind = TokenKind::end;
  Place at;
  std::string text;  ///< identifier and tag in lower case; the meaning of a string; the character of punctuation
  std::uint64_t number = 0;

  bool is(char punctuation) const {
    return kind == TokenKind::punctuation && text.size() == 1 && text[0] == punctuation;
  }
};

/// "identifier 'if'", "string", "end of file" … for error messages.
std::string describe(const Token& token);

/// Reads one token after the other. Faults go to the report; the lexer carries on behind them, and after the end of the
/// script gives `end` for ever.
class Lexer {
 public:
  Lexer(std::string_view source, const Limits& limits, Report& report);

  Token next();

 private:
  bool at_end() const { return offset_ >= source_.size(); }
  char peek(std::size_t ahead = 0) const;
  void advance(std::size_t octets = 1);
  Place place() const;
  void skip_blanks();
  void skip_bracket_comment();
  Token word();
  Token number();
  Token quoted();
  Token multi_line();
  bool starts_multi_line() const;
  void add_to_string(Token& token, char c);
  void check_string(const Token& token);

  std::string_view source_;
  const Limits& limits_;
  Report& report_;
  std::size_t offset_ = 0;
  std::size_t line_begin_ = 0;
  int line_ = 1;
};

}  // namespace watershed::sieve
