// See json_reader.hpp. This is also the one place where Boost.JSON itself is compiled: it needs no library then.
#include "base/json_reader.hpp"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/src.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace watershed {

namespace {

// What Boost.JSON's own parser does, except for doubles. Names and signatures are those of the documentation of
// boost::json::basic_parser.
class Handler {
 public:
  static constexpr std::size_t max_object_size = ~std::size_t{0};
  static constexpr std::size_t max_array_size = ~std::size_t{0};
  static constexpr std::size_t max_key_size = ~std::size_t{0};
  static constexpr std::size_t max_string_size = ~std::size_t{0};
  using Text = boost::json::string_view;
  using Code = boost::json::error_code;

  bool on_document_begin(Code&) {
    stack_.reset();
    return true;
  }
  bool on_document_end(Code&) { return true; }
  bool on_object_begin(Code&) { return true; }
  bool on_object_end(std::size_t count, Code&) {
    stack_.push_object(count);
    return true;
  }
  bool on_array_begin(Code&) { return true; }
  bool on_array_end(std::size_t count, Code&) {
    stack_.push_array(count);
    return true;
  }
  bool on_key_part(Text text, std::size_t, Code&) {
    stack_.push_chars(text);
    return true;
  }
  bool on_key(Text text, std::size_t, Code&) {
    stack_.push_key(text);
    return true;
  }
  bool on_string_part(Text text, std::size_t, Code&) {
    stack_.push_chars(text);
    return true;
  }
  bool on_string(Text text, std::size_t, Code&) {
    stack_.push_string(text);
    return true;
  }
  bool on_number_part(Text, Code&) { return true; }
  bool on_int64(std::int64_t number, Text, Code&) {
    stack_.push_int64(number);
    return true;
  }
  bool on_uint64(std::uint64_t number, Text, Code&) {
    stack_.push_uint64(number);
    return true;
  }
  bool on_double(double, Text text, Code& error) {
    double exact = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), exact);
    if (read.ec != std::errc{}) error = boost::json::error::exponent_overflow;
    if (!error) stack_.push_double(exact);
    return !error;
  }
  bool on_bool(bool truth, Code&) {
    stack_.push_bool(truth);
    return true;
  }
  bool on_null(Code&) {
    stack_.push_null();
    return true;
  }
  bool on_comment_part(Text, Code&) { return true; }
  bool on_comment(Text, Code&) { return true; }

  boost::json::value release() { return stack_.release(); }

 private:
  boost::json::value_stack stack_;
};

constexpr std::size_t depth_max = 64;

}  // namespace

Parsed<boost::json::value> read_json(std::string_view text, const std::string& shown_file) {
  boost::json::parse_options options;
  options.max_depth = depth_max;
  boost::json::basic_parser<Handler> parser(options);
  boost::json::error_code error;
  const std::size_t consumed = parser.write_some(false, text.data(), text.size(), error);
  const std::size_t end = text.find_first_not_of(" \t\r\n", consumed);
  if (!error && end == std::string_view::npos) return parser.handler().release();

  const std::size_t place = std::min(error ? consumed : end, text.size());
  const std::string_view before = text.substr(0, place);
  const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
  Diagnostic diagnostic;
  diagnostic.at = {shown_file, static_cast<int>(1 + std::count(before.begin(), before.end(), '\n')),
                   static_cast<int>(1 + place - line_start)};
  diagnostic.message = error ? fmt::format("this is no valid JSON: {}", error.message())
                             : std::string("something follows after the end of the JSON value");
  if (text.empty()) diagnostic.message = "the file is empty; expected JSON";
  return Diagnostics{std::move(diagnostic)};
}

}  // namespace watershed
