// See scanner.hpp. Quoting is sh(1)'s; procmailrc(5), "Environment" and "Bugs" say which substitutions there are.
#include "components/filter/procmail/scanner.hpp"

namespace watershed::procmail {

namespace {

constexpr std::size_t braces_max = 50;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

bool is_name_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_name_part(char c) { return is_name_start(c) || is_digit(c); }
bool is_blank(char c) { return c == ' ' || c == '\t'; }

char Scanner::take() {
  const char c = peek();
  if (at_end()) return c;
  ++at_;
  if (c == '\n') {
    ++place_.line;
    place_.column = 1;
  } else {
    ++place_.column;
  }
  return c;
}

void Scanner::skip_blanks() {
  while (!at_end() && (is_blank(peek()) || (peek() == '\\' && peek(1) == '\n'))) {
    if (take() == '\\') take();
  }
}

void Scanner::skip_line() {
  while (!at_end() && peek() != '\n') take();
}

void Scanner::skip_blanks_and_lines() {
  while (!at_end()) {
    skip_blanks();
    if (peek() == '#') {
      skip_line();
    } else if (peek() == '\n' || peek() == '\r') {
      take();
    } else {
      return;
    }
  }
}

std::string_view Scanner::name_ahead() const {
  const std::string_view ahead = rest();
  if (ahead.empty() || !is_name_start(ahead.front())) return {};
  std::size_t length = 1;
  while (length < ahead.size() && is_name_part(ahead[length])) ++length;
  return ahead.substr(0, length);
}

std::string Scanner::name() {
  std::string found(name_ahead());
  for (std::size_t i = 0; i < found.size(); ++i) take();
  return found;
}

void Scanner::literal(Word& into, char c, bool is_quoted) {
  if (into.pieces.empty() || into.pieces.back().kind != Piece::Kind::literal ||
      into.pieces.back().is_quoted != is_quoted) {
    into.pieces.push_back({.kind = Piece::Kind::literal, .is_quoted = is_quoted, .text = {}, .alternative = {}});
  }
  into.pieces.back().text += c;
}

Word Scanner::word(std::string_view stops) {
  Word word;
  word.at = place_;
  while (!at_end()) {
    const char c = peek();
    if (is_blank(c) || c == '\n' || stops.find(c) != std::string_view::npos) break;
    take();
    switch (c) {
      case '\\':
        if (peek() == '\n') {
          take();
        } else if (!at_end()) {
          literal(word, take(), true);
        }
        break;
      case '"':
        // Two quotes with nothing between are a word too.
        word.pieces.push_back({.kind = Piece::Kind::literal, .is_quoted = true, .text = {}, .alternative = {}});
        quoted(word, '"');
        break;
      case '\'':
        single_quoted(word);
        break;
      case '$':
        dollar(word, false);
        break;
      case '`':
        backquoted(word, false);
        break;
      default:
        literal(word, c, false);
    }
  }
  return word;
}

void Scanner::quoted(Word& into, char closing) {
  const Place opened = place_;
  while (!at_end()) {
    const char c = take();
    if (closing != '\0' && c == closing) return;
    if (c == '\\') {
      const char next = peek();
      if (next == '\n') {
        take();
      } else if (next == '"' || next == '\\' || next == '$' || next == '`') {
        literal(into, take(), true);
      } else {
        literal(into, c, true);
      }
    } else if (c == '$') {
      dollar(into, true);
    } else if (c == '`') {
      backquoted(into, true);
    } else {
      literal(into, c, true);
    }
  }
  if (closing != '\0' && !unclosed_) unclosed_ = opened;
}

void Scanner::single_quoted(Word& into) {
  const Place opened = place_;
  into.pieces.push_back({.kind = Piece::Kind::literal, .is_quoted = true, .text = {}, .alternative = {}});
  while (!at_end()) {
    const char c = take();
    if (c == '\'') return;
    literal(into, c, true);
  }
  if (!unclosed_) unclosed_ = opened;
}

void Scanner::backquoted(Word& into, bool is_quoted) {
  const Place opened = place_;
  Piece piece{.kind = Piece::Kind::command, .is_quoted = is_quoted, .text = {}, .alternative = {}};
  while (!at_end()) {
    char c = take();
    if (c == '`') {
      into.pieces.push_back(std::move(piece));
      return;
    }
    if (c == '\\' && (peek() == '`' || peek() == '\\' || peek() == '$')) c = take();
    piece.text += c;
  }
  if (!unclosed_) unclosed_ = opened;
  into.pieces.push_back(std::move(piece));
}

void Scanner::dollar(Word& into, bool is_quoted) {
  const char c = peek();
  Piece piece{.kind = Piece::Kind::variable, .is_quoted = is_quoted, .text = {}, .alternative = {}};
  if (c == '{') {
    take();
    braced(into, is_quoted);
    return;
  }
  if (is_name_start(c)) {
    piece.text = name();
  } else if (c == '\\' && is_name_start(peek(1))) {
    take();
    piece.kind = Piece::Kind::disarmed;
    piece.text = name();
  } else if (c == '@') {
    take();
    piece.kind = Piece::Kind::arguments;
  } else if (is_digit(c) || c == '$' || c == '?' || c == '#' || c == '-' || c == '=' || c == '_') {
    piece.text = std::string(1, take());
  } else {
    literal(into, '$', is_quoted);
    return;
  }
  into.pieces.push_back(std::move(piece));
}

void Scanner::braced(Word& into, bool is_quoted) {
  const Place opened = place_;
  Piece piece{.kind = Piece::Kind::variable, .is_quoted = is_quoted, .text = name(), .alternative = {}};
  if (piece.text.empty() && peek(1) == '}') piece.text = std::string(1, take());
  if (peek() == ':' && (peek(1) == '-' || peek(1) == '+')) {
    take();
    piece.empty_counts = true;
  }
  if (peek() == '-' || peek() == '+') {
    piece.operation = take();
    if (++depth_ > braces_max) {
      unclosed_ = opened;
    } else if (is_quoted) {
      piece.alternative.at = place_;
      quoted(piece.alternative, '}');
      --depth_;
      into.pieces.push_back(std::move(piece));
      return;
    } else {
      piece.alternative = word("}");
    }
    --depth_;
  }
  if (peek() == '}') {
    take();
  } else if (!unclosed_) {
    unclosed_ = opened;
  }
  into.pieces.push_back(std::move(piece));
}

std::string Scanner::line(bool drop_indent) {
  std::string text;
  while (!at_end() && peek() != '\n') {
    const char c = take();
    if (c == '\\' && peek() == '\n') {
      take();
      while (drop_indent && is_blank(peek())) take();
      continue;
    }
    text += c;
  }
  return text;
}

Word read_quoted(std::string_view text, Place at) {
  Scanner scanner(text, at);
  Word word;
  word.at = at;
  scanner.quoted(word, '\0');
  return word;
}

std::vector<Word> read_words(std::string_view text, Place at) {
  Scanner scanner(text, at);
  std::vector<Word> words;
  while (true) {
    scanner.skip_blanks();
    if (scanner.at_end()) return words;
    if (scanner.peek() == '\n') {
      scanner.take();
      continue;
    }
    words.push_back(scanner.word());
  }
}

}  // namespace watershed::procmail
