// See document.hpp. libyaml gives events, DocumentBuilder makes nodes of them; here are the loop and the words for
// malformed YAML.
#include "harness/yaml/document.hpp"

#include "harness/yaml/document_builder.hpp"

#include <fmt/format.h>
#include <yaml.h>

#include <cassert>

namespace watershed::yaml {

const Node* Node::find(std::string_view key) const {
  for (const Entry& entry : entries) {
    if (entry.key.text == key) return &entry.value;
  }
  return nullptr;
}

const Node& Node::operator[](std::string_view key) const {
  const Node* found = find(key);
  assert(found != nullptr && "a key is read that the shape does not promise");
  return *found;
}

SourcePosition Node::position() const {
  return {.file = source ? source->file : std::string(), .line = line, .column = column};
}

Diagnostic Node::error(std::string message, std::string hint) const {
  if (source) return source->error(line, column, std::move(message), std::move(hint));
  return {.severity = Severity::error,
          .at = position(),
          .message = std::move(message),
          .source_line = {},
          .hint = std::move(hint)};
}

Diagnostic Node::warning(std::string message, std::string hint) const {
  Diagnostic found = error(std::move(message), std::move(hint));
  found.severity = Severity::warning;
  return found;
}

namespace {

struct Advice {
  std::string_view problem;  // what libyaml says
  std::string_view hint;
};
constexpr Advice advice[] = {
    {"mapping values are not allowed", "text with ': ' in it needs quotes; keys of one map need the same indentation"},
    {"cannot start any token", "YAML indents with spaces, not tabs; text that begins with @ ` % or a tab needs quotes"},
    {"could not find expected ':'", "this line is not 'key: value' (a blank must follow the ':')"},
    {"found unexpected end of stream", "a quote is not closed"},
    {"did not find expected <document start>",
     "more follows after the end of the file's one value: check the indentation"},
    {"did not find expected key",
     "keys of one map need the same indentation; text that begins with a quote ends with it"},
    {"did not find expected ','", "a '[' or '{' is not closed, or a ',' is missing"},
    {"did not find expected '-'", "items of one list need the same indentation, each with its '-'"},
};

// The place where a person has to look: where a quote or a would-be key began, not where libyaml gave up on it.
Diagnostic malformed(const yaml_parser_t& parser, const Source& source) {
  const std::string_view problem = parser.problem ? parser.problem : "unknown problem";
  const std::string_view context = parser.context ? parser.context : "";
  const bool began_elsewhere = context == "while scanning a simple key" || context == "while scanning a quoted scalar";
  const bool context_is_place = began_elsewhere && problem.find("escape") == std::string_view::npos;
  const yaml_mark_t& mark = context_is_place ? parser.context_mark : parser.problem_mark;
  std::string message = fmt::format("not well-formed YAML: {}", problem);
  if (!context.empty()) {
    message += fmt::format(" {}", context);
    if (!context_is_place) message += fmt::format(" that begins at line {}", parser.context_mark.line + 1);
  }
  std::string hint;
  for (const Advice& each : advice) {
    if (problem.find(each.problem) != std::string_view::npos) hint = each.hint;
  }
  return source.error(static_cast<int>(mark.line) + 1, static_cast<int>(mark.column) + 1, std::move(message),
                      std::move(hint));
}

// libyaml's parser and its current event, freed with the scope.
class Events {
 public:
  explicit Events(const std::string& text) {
    is_ready_ = yaml_parser_initialize(&parser_) == 1;
    if (!is_ready_) return;
    yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.data()), text.size());
  }
  Events(const Events&) = delete;
  Events& operator=(const Events&) = delete;
  ~Events() {
    yaml_event_delete(&event_);
    if (is_ready_) yaml_parser_delete(&parser_);
  }

  /// The next event, or nullptr when the text is malformed. Valid until the next call.
  const yaml_event_t* next() {
    yaml_event_delete(&event_);
    return is_ready_ && yaml_parser_parse(&parser_, &event_) == 1 ? &event_ : nullptr;
  }
  const yaml_parser_t& parser() const { return parser_; }

 private:
  yaml_parser_t parser_{};
  yaml_event_t event_{};
  bool is_ready_ = false;
};

Parsed<Document> parse_source(const std::shared_ptr<const Source>& source) {
  Events events(source->text);
  DocumentBuilder builder(source);
  for (;;) {
    const yaml_event_t* event = events.next();
    if (event == nullptr) return Diagnostics{malformed(events.parser(), *source)};
    if (event->type == YAML_STREAM_END_EVENT) break;
    if (!builder.take(*event)) return Diagnostics{builder.refusal()};
  }
  if (!builder.has_root()) return Diagnostics{source->error(0, 0, "the file is empty")};
  Document document = builder.take_document();
  if (document.root.kind == NodeKind::null) return Diagnostics{source->error(0, 0, "the file is empty")};
  return document;
}

}  // namespace

Parsed<Document> parse_document(std::string text, std::string file) {
  const auto source = make_source(std::move(text), std::move(file));
  if (!source) return source.error();
  return parse_source(*source);
}

Parsed<Document> read_document(const std::string& path) {
  const auto source = read_source(path);
  if (!source) return source.error();
  return parse_source(*source);
}

}  // namespace watershed::yaml
