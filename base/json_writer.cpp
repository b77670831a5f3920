// See json_writer.hpp.
#include "base/json_writer.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <cassert>
#include <cmath>

namespace watershed {

namespace {

// Stands for itself in a JSON string and is one character alone.
constexpr bool is_plain(char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; }

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    // Nearly all text is plain, and a report of a load is megabytes of it.
    std::size_t plain = 0;
    while (plain < text.size() && is_plain(text[plain])) ++plain;
    out.append(text.substr(0, plain));
    text.remove_prefix(plain);
    if (text.empty()) break;
    const char c = text[0];
    const std::size_t length = utf8_sequence_length(text);
    const std::string_view sequence = text.substr(0, length);
    if (length == 0) {
      out += "\xef\xbf\xbd";  // U+FFFD REPLACEMENT CHARACTER
    } else if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\r') {
      out += "\\r";
    } else if (c == '\t') {
      out += "\\t";
    } else if (length == 1 && (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else if (sequence == "\u2028" || sequence == "\u2029") {
      out += sequence == "\u2028" ? "\\u2028" : "\\u2029";  // line ends in JavaScript: a report may be pasted into HTML
    } else {
      out += sequence;
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  out += '"';
}

}  // namespace

std::string json_string(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

void JsonWriter::new_line() {
  if (layout_ == Layout::compact) return;
  out_ += '\n';
  out_.append(2 * open_.size(), ' ');
}

void JsonWriter::before_value() {
  if (open_.empty()) {
    assert(!wrote_something_ && "a JSON text is one value");
    wrote_something_ = true;
    return;
  }
  Level& level = open_.back();
  if (level.bracket == '{') {
    assert(level.has_key && "a value inside an object needs a key");
    level.has_key = false;
    return;
  }
  if (!level.is_empty) out_ += ',';
  level.is_empty = false;
  new_line();
}

JsonWriter& JsonWriter::begin(char bracket) {
  before_value();
  out_ += bracket;
  open_.push_back({.bracket = bracket});
  return *this;
}

JsonWriter& JsonWriter::end(char bracket) {
  assert(!open_.empty() && open_.back().bracket == (bracket == '}' ? '{' : '[') && !open_.back().has_key);
  const bool was_empty = open_.back().is_empty;
  open_.pop_back();
  if (!was_empty) new_line();
  out_ += bracket;
  return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
  assert(!open_.empty() && open_.back().bracket == '{' && !open_.back().has_key);
  Level& level = open_.back();
  if (!level.is_empty) out_ += ',';
  level.is_empty = false;
  level.has_key = true;
  new_line();
  append_json_string(out_, name);
  out_ += layout_ == Layout::pretty ? ": " : ":";
  return *this;
}

JsonWriter& JsonWriter::value(std::string_view text) {
  before_value();
  append_json_string(out_, text);
  return *this;
}

JsonWriter& JsonWriter::value(double number) { return std::isfinite(number) ? raw(fmt::format("{}", number)) : null(); }

JsonWriter& JsonWriter::raw(std::string_view text) {
  before_value();
  out_ += text;
  return *this;
}

}  // namespace watershed
