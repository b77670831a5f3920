// Writes JSON (RFC 8259) as it goes: no tree is kept, so a report of any length needs no memory but its text.
//
// Reports and the JSON Schema are only ever written here, never read; a writer of a page does that with stable order
// and layout. Text comes from hostile mail: bytes that are not UTF-8 become U+FFFD, control characters are escaped, so
// what comes out is always valid JSON.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace watershed {

/// `text` as a JSON string with its quotes. Invalid UTF-8 becomes U+FFFD; U+007F, U+2028 and U+2029 are escaped too.
std::string json_string(std::string_view text);

/// Appends to a string that the caller owns (and may empty between two elements to stream it out).
///
///   std::string out;
///   JsonWriter json(out, JsonWriter::Layout::pretty);
///   json.begin_object().member("version", 1).key("worlds").begin_array().value("phase1").end_array().end_object();
///
/// Keys outside objects, values without keys inside objects and unbalanced ends are bugs, so they are asserted.
class JsonWriter {
 public:
  enum class Layout { compact, pretty };

  explicit JsonWriter(std::string& out, Layout layout = Layout::compact) : out_(out), layout_(layout) {}

  JsonWriter& begin_object() { return begin('{'); }
  JsonWriter& end_object() { return end('}'); }
  JsonWriter& begin_array() { return begin('['); }
  JsonWriter& end_array() { return end(']'); }

  JsonWriter& key(std::string_view name);
  JsonWriter& value(std::string_view text);
  JsonWriter& value(const char* text) { return value(std::string_view(text)); }
  JsonWriter& value(const std::string& text) { return value(std::string_view(text)); }
  JsonWriter& value(std::same_as<bool> auto truth) { return raw(truth ? "true" : "false"); }
  JsonWriter& value(std::signed_integral auto number) { return raw(std::to_string(number)); }
  template <std::unsigned_integral Number>
  requires(!std::same_as<Number, bool>) JsonWriter& value(Number number) { return raw(std::to_string(number)); }
  JsonWriter& value(double number);  ///< shortest text that reads back the same; null when not finite (RFC 8259 §6)
  JsonWriter& null() { return raw("null"); }

  /// `key` and `value` in one.
  template <class Value>
  JsonWriter& member(std::string_view name, const Value& content) {
    return key(name).value(content);
  }

  /// True once every object and array has been closed and something was written.
  bool is_complete() const { return wrote_something_ && open_.empty(); }

 private:
  struct Level {
    char bracket;
    bool is_empty = true;
    bool has_key = false;
  };

  JsonWriter& begin(char bracket);
  JsonWriter& end(char bracket);
  JsonWriter& raw(std::string_view text);
  void before_value();
  void new_line();

  std::string& out_;
  Layout layout_;
  std::vector<Level> open_;
  bool wrote_something_ = false;
};

}  // namespace watershed
