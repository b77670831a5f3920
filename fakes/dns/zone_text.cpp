// See zone_text.hpp.
#include "fakes/dns/zone_text.hpp"

#include <fmt/format.h>

#include <optional>
#include <utility>

namespace watershed::dns {

namespace {

constexpr std::string_view token_end = " \t\r\n;()\"";

class Splitter {
 public:
  Splitter(std::string_view text, std::string_view file) : text_(text), file_(file) {}

  Result<std::vector<ZoneEntry>, Diagnostic> split() {
    if (text_.starts_with("\xef\xbb\xbf")) text_.remove_prefix(3);
    while (at_ < text_.size() && !problem_) step();
    if (!problem_ && open_at_) fail(*open_at_, "'(' without ')' before the end of the file");
    if (problem_) return *problem_;
    end_entry();
    return std::move(entries_);
  }

 private:
  void step() {
    const char c = text_[at_];
    if (c == '\n') {
      if (!open_at_) end_entry();
      advance();
      return;
    }
    if (c == ' ' || c == '\t' || c == '\r') {
      if (here().column == 1 && !open_at_) entry_.starts_with_blank = true;
      advance();
    } else if (c == ';') {
      while (at_ < text_.size() && text_[at_] != '\n') advance();
    } else if (c == '(') {
      if (open_at_) return fail(here(), "'(' inside parentheses; expected one pair at most");
      open_at_ = here();
      advance();
    } else if (c == ')') {
      if (!open_at_) return fail(here(), "')' without '('");
      open_at_.reset();
      advance();
    } else if (c == '"') {
      quoted();
    } else {
      word();
    }
  }

  void quoted() {
    ZoneToken token{"\"", here()};
    advance();
    while (at_ < text_.size() && text_[at_] != '"' && text_[at_] != '\n') {
      if (!take_char(token)) return;
    }
    if (at_ >= text_.size() || text_[at_] == '\n') return fail(token.at, "'\"' without a closing '\"' on its line");
    token.text += '"';
    advance();
    entry_.tokens.push_back(std::move(token));
  }

  void word() {
    ZoneToken token{"", here()};
    while (at_ < text_.size() && token_end.find(text_[at_]) == std::string_view::npos) {
      if (!take_char(token)) return;
    }
    entry_.tokens.push_back(std::move(token));
  }

  // One character, or an escape with the character after it, so that `\"` and `\;` end nothing.
  bool take_char(ZoneToken& token) {
    const bool escape = text_[at_] == '\\';
    for (int part = 0; part < (escape ? 2 : 1); ++part) {
      if (at_ >= text_.size() || text_[at_] == '\n') return fail(token.at, "'\\' with nothing after it"), false;
      if (text_[at_] == '\0') return fail(here(), "a NUL byte; expected text"), false;
      token.text += text_[at_];
      advance();
    }
    return true;
  }

  void end_entry() {
    if (!entry_.tokens.empty()) entries_.push_back(std::move(entry_));
    entry_ = {};
  }

  void advance() {
    if (text_[at_++] == '\n') {
      ++line_;
      line_start_ = at_;
    }
  }

  SourcePosition here() const { return {std::string(file_), line_, static_cast<int>(at_ - line_start_) + 1}; }

  void fail(const SourcePosition& at, std::string message) {
    problem_ = Diagnostic{Severity::error, at, std::move(message), std::string(line_of(text_, at.line)), {}};
  }

  std::string_view text_;
  std::string_view file_;
  std::size_t at_ = 0;
  std::size_t line_start_ = 0;
  int line_ = 1;
  std::optional<SourcePosition> open_at_;
  ZoneEntry entry_;
  std::vector<ZoneEntry> entries_;
  std::optional<Diagnostic> problem_;
};

}  // namespace

Result<std::vector<ZoneEntry>, Diagnostic> split_zone_text(std::string_view text, std::string_view file) {
  return Splitter(text, file).split();
}

std::string_view line_of(std::string_view text, int line) {
  for (int current = 1; current < line; ++current) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  text = text.substr(0, text.find('\n'));
  if (!text.empty() && text.back() == '\r') text.remove_suffix(1);
  return text;
}

}  // namespace watershed::dns
