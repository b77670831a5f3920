// See document.hpp. libyaml gives events; Builder makes nodes of them.
#include "harness/yaml/document.hpp"

#include "base/text.hpp"

#include <fmt/format.h>
#include <yaml.h>

#include <algorithm>
#include <cassert>
#include <optional>
#include <unordered_map>

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

constexpr std::size_t findings_max = 100;

struct Size {
  std::size_t nodes = 1;
  std::size_t bytes = 0;
  int depth = 1;  // 1 for a scalar
};

Size measure(const Node& node) {
  Size size{.nodes = 1, .bytes = node.text.size(), .depth = 1};
  const auto add = [&size](const Node& child) {
    const Size inner = measure(child);
    size.nodes += inner.nodes;
    size.bytes += inner.bytes;
    size.depth = std::max(size.depth, inner.depth + 1);
  };
  for (const Node& item : node.items) add(item);
  for (const auto& [key, value] : node.entries) {
    add(key);
    add(value);
  }
  return size;
}

// YAML 1.2 §10.2.1.1: a plain scalar that is empty or one of these means "no value".
bool is_null_word(std::string_view text) {
  return text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL";
}

std::string bytes_of(const yaml_char_t* text, std::size_t length) {
  return {reinterpret_cast<const char*>(text), length};
}
std::string bytes_of(const yaml_char_t* text) { return text ? reinterpret_cast<const char*>(text) : ""; }

// Takes events in order; the first refused one ends the parse.
class Builder {
 public:
  explicit Builder(std::shared_ptr<const Source> source) : source_(std::move(source)) {}

  /// False when the event was refused; `refusal()` says why.
  bool take(const yaml_event_t& event);

  bool has_root() const { return root_.has_value(); }
  Document take_document() { return {.root = std::move(*root_), .findings = std::move(findings_)}; }
  Diagnostic refusal() { return std::move(*refusal_); }

 private:
  struct Open {  // a list or map that has begun
    Node node;
    std::string anchor;
    std::optional<Node> key = std::nullopt;                 // maps: read, its value has not come yet
    std::unordered_map<std::string, int> line_of_key = {};  // maps with many entries: an index of node.entries
  };

  bool refuse(const Node& at, std::string message, std::string hint = {}) {
    refusal_ = at.error(std::move(message), std::move(hint));
    return false;
  }
  Node node_at(const yaml_mark_t& mark, NodeKind kind) const;
  bool check_tag(const Node& node, const yaml_char_t* tag);
  bool charge(const Node& at, const Size& size);
  bool take_scalar(const yaml_event_t& event);
  bool take_alias(const yaml_event_t& event);
  bool begin(Node node, const yaml_char_t* tag, const yaml_char_t* anchor);
  bool end();
  bool add(Node node, const std::string& anchor);
  bool add_key(Open& map, Node key);
  static int line_of_first(Open& map, const std::string& key);

  std::shared_ptr<const Source> source_;
  std::vector<Open> open_;
  std::unordered_map<std::string, std::shared_ptr<const Node>> anchors_;  // nullptr: begun, not complete
  std::optional<Node> root_;
  Diagnostics findings_;
  std::optional<Diagnostic> refusal_;
  Size total_{.nodes = 0, .bytes = 0, .depth = 0};
  int documents_ = 0;
};

Node Builder::node_at(const yaml_mark_t& mark, NodeKind kind) const {
  Node node;
  node.kind = kind;
  node.line = static_cast<int>(mark.line) + 1;
  node.column = static_cast<int>(mark.column) + 1;
  node.source = source_;
  return node;
}

bool Builder::check_tag(const Node& node, const yaml_char_t* tag) {
  if (tag == nullptr) return true;
  return refuse(node, fmt::format("the tag '{}' is not used here; write the value alone", printable(bytes_of(tag))));
}

bool Builder::charge(const Node& at, const Size& size) {
  total_.nodes += size.nodes;
  total_.bytes += size.bytes;
  if (total_.nodes > nodes_max || total_.bytes > expanded_bytes_max) {
    return refuse(
        at, fmt::format("the file is too large with its aliases expanded; at most {} keys and values and {} bytes",
                        nodes_max, expanded_bytes_max));
  }
  const int depth = static_cast<int>(open_.size()) + size.depth;
  if (depth > depth_max + 1) return refuse(at, fmt::format("nested too deeply; at most {} levels", depth_max));
  return true;
}

bool Builder::take(const yaml_event_t& event) {
  switch (event.type) {
    case YAML_DOCUMENT_START_EVENT:
      if (++documents_ == 1) return true;
      return refuse(node_at(event.start_mark, NodeKind::null), "a second document begins; a file holds one document");
    case YAML_SCALAR_EVENT:
      return take_scalar(event);
    case YAML_ALIAS_EVENT:
      return take_alias(event);
    case YAML_SEQUENCE_START_EVENT:
      return begin(node_at(event.start_mark, NodeKind::list), event.data.sequence_start.tag,
                   event.data.sequence_start.anchor);
    case YAML_MAPPING_START_EVENT:
      return begin(node_at(event.start_mark, NodeKind::map), event.data.mapping_start.tag,
                   event.data.mapping_start.anchor);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
      return end();
    default:
      return true;
  }
}

bool Builder::take_scalar(const yaml_event_t& event) {
  const auto& scalar = event.data.scalar;
  Node node = node_at(event.start_mark, NodeKind::scalar);
  if (!check_tag(node, scalar.tag)) return false;
  node.text = bytes_of(scalar.value, scalar.length);
  node.is_quoted = scalar.style != YAML_PLAIN_SCALAR_STYLE;
  if (!node.is_quoted && is_null_word(node.text)) {
    node.kind = NodeKind::null;
    node.text.clear();
  }
  // An escape in double quotes can name any character; NUL would end the text in C libraries further on.
  if (node.text.find('\0') != std::string::npos) return refuse(node, "the text contains a NUL character");
  const Size size{.nodes = 1, .bytes = node.text.size(), .depth = 1};
  return charge(node, size) && add(std::move(node), bytes_of(scalar.anchor));
}

bool Builder::take_alias(const yaml_event_t& event) {
  const Node here = node_at(event.start_mark, NodeKind::null);
  const std::string name = bytes_of(event.data.alias.anchor);
  const auto anchor = anchors_.find(name);
  if (anchor == anchors_.end())
    return refuse(here, fmt::format("the alias '*{0}' has no anchor '&{0}' before it", name));
  if (!anchor->second) return refuse(here, fmt::format("the alias '*{0}' stands inside '&{0}' itself", name));
  return charge(here, measure(*anchor->second)) && add(*anchor->second, {});
}

bool Builder::begin(Node node, const yaml_char_t* tag, const yaml_char_t* anchor) {
  if (!check_tag(node, tag) || !charge(node, {.nodes = 1, .bytes = 0, .depth = 2})) return false;
  if (!open_.empty() && open_.back().node.kind == NodeKind::map && !open_.back().key) {
    return refuse(node, "a list or map stands where a key is expected; keys are text");
  }
  const std::string name = bytes_of(anchor);
  if (!name.empty()) anchors_[name] = nullptr;
  open_.push_back({.node = std::move(node), .anchor = name});
  return true;
}

bool Builder::end() {
  Open closed = std::move(open_.back());
  open_.pop_back();
  return add(std::move(closed.node), closed.anchor);
}

bool Builder::add(Node node, const std::string& anchor) {
  if (!anchor.empty()) {
    if (!charge(node, measure(node))) return false;  // the copy kept for aliases counts
    anchors_[anchor] = std::make_shared<const Node>(node);
  }
  if (open_.empty()) {
    root_ = std::move(node);
    return true;
  }
  Open& parent = open_.back();
  if (parent.node.kind == NodeKind::list) {
    parent.node.items.push_back(std::move(node));
    return true;
  }
  if (!parent.key) return add_key(parent, std::move(node));
  if (node.kind == NodeKind::null) {  // nothing is written: the key is the place to look at
    node.line = parent.key->line;
    node.column = parent.key->column;
  }
  if (const int line = line_of_first(parent, parent.key->text); line == 0) {
    parent.node.entries.push_back({.key = std::move(*parent.key), .value = std::move(node)});
  } else if (findings_.size() < findings_max) {
    findings_.push_back(parent.key->error(
        fmt::format("repeated key '{}'; it was first written on line {}", printable(parent.key->text), line)));
  }
  parent.key.reset();
  return true;
}

bool Builder::add_key(Open& map, Node key) {
  if (key.kind == NodeKind::null) return refuse(key, "a key is missing before ':'");
  if (key.kind != NodeKind::scalar) return refuse(key, "a list or map stands where a key is expected; keys are text");
  if (key.text.size() > key_bytes_max) return refuse(key, fmt::format("a key is longer than {} bytes", key_bytes_max));
  // Merge keys are a YAML 1.1 extension that parsers disagree on.
  if (key.text == "<<" && !key.is_quoted) return refuse(key, "merge keys ('<<') are not supported; write the keys out");
  map.key = std::move(key);
  return true;
}

int Builder::line_of_first(Open& map, const std::string& key) {
  constexpr std::size_t few = 16;
  const std::vector<Entry>& entries = map.node.entries;
  if (entries.size() < few) {
    const auto same = [&key](const Entry& entry) { return entry.key.text == key; };
    const auto found = std::find_if(entries.begin(), entries.end(), same);
    return found == entries.end() ? 0 : found->key.line;
  }
  for (std::size_t index = map.line_of_key.size(); index < entries.size(); ++index) {
    map.line_of_key.emplace(entries[index].key.text, entries[index].key.line);
  }
  const auto found = map.line_of_key.find(key);
  return found == map.line_of_key.end() ? 0 : found->second;
}

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
  Builder builder(source);
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
