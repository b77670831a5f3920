// Words of a Sieve script. See lexer.hpp.
#include "components/filter/sieve/lexer.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <limits>

namespace watershed::sieve {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_word(char c) { return is_word_start(c) || is_digit(c); }
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

}  // namespace

std::string describe(const Token& token) {
  switch (token.kind) {
    case TokenKind::identifier:
      return "'" + token.text + "'";
    case TokenKind::tag:
      return "'" + token.text + "'";
    case TokenKind::number:
      return "a number";
    case TokenKind::string:
      return "a string";
    case TokenKind::punctuation:
      return "'" + printable(token.text) + "'";
    case TokenKind::end:
      break;
  }
  return "the end of the file";
}

Lexer::Lexer(std::string_view source, const Limits& limits, Report& report)
    : source_(source), limits_(limits), report_(report) {}

char Lexer::peek(std::size_t ahead) const { return offset_ + ahead < source_.size() ? source_[offset_ + ahead] : '\0'; }

void Lexer::advance(std::size_t octets) {
  for (; octets > 0 && !at_end(); --octets, ++offset_) {
    if (source_[offset_] != '\n') continue;
    ++line_;
    line_begin_ = offset_ + 1;
  }
}

Place Lexer::place() const { return {line_, static_cast<int>(offset_ - line_begin_) + 1}; }

void Lexer::skip_bracket_comment() {
  const Place opened = place();
  const std::size_t end = source_.find("*/", offset_ + 2);
  if (end == std::string_view::npos) {
    report_.error(opened, "this comment is never closed; expected '*/'");
    advance(source_.size() - offset_);
    return;
  }
  advance(end + 2 - offset_);
}

void Lexer::skip_blanks() {
  while (!at_end()) {
    if (is_blank(peek())) {
      advance();
    } else if (peek() == '#') {
      const std::size_t end = source_.find('\n', offset_);
      advance((end == std::string_view::npos ? source_.size() : end) - offset_);
    } else if (peek() == '/' && peek(1) == '*') {
      skip_bracket_comment();
    } else {
      return;
    }
  }
}

Token Lexer::next() {
  skip_blanks();
  Token token;
  token.at = place();
  if (at_end()) return token;
  const char c = peek();
  if (is_digit(c)) return number();
  if (is_word_start(c)) return starts_multi_line() ? multi_line() : word();
  if (c == ':' && is_word_start(peek(1))) {
    advance();
    Token tag = word();
    tag.kind = TokenKind::tag;
    tag.at = token.at;
    tag.text.insert(tag.text.begin(), ':');
    return tag;
  }
  if (c == '"') return quoted();
  token.kind = TokenKind::punctuation;
  token.text = std::string(1, c);
  advance();
  return token;
}

Token Lexer::word() {
  Token token;
  token.kind = TokenKind::identifier;
  token.at = place();
  const std::size_t begin = offset_;
  while (is_word(peek())) ++offset_;
  token.text = to_lower(source_.substr(begin, offset_ - begin));  // RFC 5228 §2.1: identifiers ignore case
  return token;
}

Token Lexer::number() {
  Token token;
  token.kind = TokenKind::number;
  token.at = place();
  bool too_big = false;
  const auto multiply = [&](std::uint64_t factor, std::uint64_t plus) {
    if (token.number > (std::numeric_limits<std::uint64_t>::max() - plus) / factor) too_big = true;
    token.number = token.number * factor + plus;
  };
  for (; is_digit(peek()); advance()) multiply(10, static_cast<std::uint64_t>(peek() - '0'));
  // RFC 5228 §2.4.1: K, M and G multiply by 2^10, 2^20 and 2^30.
  const char quantifier = to_lower(peek());
  if (quantifier == 'k' || quantifier == 'm' || quantifier == 'g') {
    multiply(quantifier == 'k' ? 1ULL << 10U : quantifier == 'm' ? 1ULL << 20U : 1ULL << 30U, 0);
    advance();
  }
  if (is_word(peek())) {
    const Token rest = word();
    report_.error(rest.at, fmt::format("'{}' follows a number; expected K, M, G or nothing", rest.text));
  }
  if (too_big) report_.error(token.at, "this number is too big; expected at most 18446744073709551615");
  return token;
}

void Lexer::add_to_string(Token& token, char c) {
  // Line ends in strings are CRLF whatever the file has: RFC 5228 §2.2 knows no other.
  if (c == '\n' && !token.text.ends_with('\r')) token.text += '\r';
  token.text += c;
}

void Lexer::check_string(const Token& token) {
  if (token.text.size() > limits_.string_octets_max) {
    report_.error(token.at, fmt::format("this string has {} octets; the limit is {}", token.text.size(),
                                        limits_.string_octets_max));
  }
  if (token.text.find('\0') != std::string::npos) report_.error(token.at, "this string has a NUL octet");
  // RFC 5228 §2.1: the script is UTF-8.
  if (!is_utf8(token.text)) report_.error(token.at, "this string is not valid UTF-8");
}

Token Lexer::quoted() {
  Token token;
  token.kind = TokenKind::string;
  token.at = place();
  advance();
  while (!at_end() && peek() != '"') {
    if (peek() == '\\') {
      advance();  // RFC 5228 §2.4.2: an undefined escape means the character alone
      if (at_end()) break;
    }
    add_to_string(token, peek());
    advance();
  }
  if (at_end()) {
    report_.error(token.at, "this string is never closed; expected '\"'");
  } else {
    advance();
  }
  check_string(token);
  return token;
}

bool Lexer::starts_multi_line() const {
  if (!starts_with_ignoring_case(source_.substr(offset_, 5), "text:")) return false;
  std::size_t ahead = 5;
  while (peek(ahead) == ' ' || peek(ahead) == '\t') ++ahead;
  const char c = peek(ahead);
  return c == '#' || c == '\n' || (c == '\r' && peek(ahead + 1) == '\n');
}

Token Lexer::multi_line() {
  Token token;
  token.kind = TokenKind::string;
  token.at = place();
  bool ended = false;
  std::size_t begin = source_.find('\n', offset_);
  begin = begin == std::string_view::npos ? source_.size() : begin + 1;
  while (begin < source_.size() && !ended) {
    const std::size_t newline = source_.find('\n', begin);
    const std::size_t end = newline == std::string_view::npos ? source_.size() : newline;
    std::string_view text = source_.substr(begin, end - begin);
    begin = newline == std::string_view::npos ? end : end + 1;
    if (text.ends_with('\r')) text.remove_suffix(1);
    ended = text == ".";
    if (ended) break;
    // RFC 5228 §2.4.2: a line that starts with a dot had one put before it.
    if (text.starts_with("..")) text.remove_prefix(1);
    token.text.append(text).append("\r\n");
  }
  advance(begin - offset_);
  if (!ended) report_.error(token.at, "this text is never closed; expected a line with a single '.'");
  check_string(token);
  return token;
}

}  // namespace watershed::sieve
