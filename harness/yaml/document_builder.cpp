// See document_builder.hpp.
#include "harness/yaml/document_builder.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::yaml {

namespace {

constexpr std::size_t findings_max = 100;

Extent measure(const Node& node) {
  Extent size{.nodes = 1, .bytes = node.text.size(), .depth = 1};
  const auto add = [&size](const Node& child) {
    const Extent inner = measure(child);
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

}  // namespace

Node DocumentBuilder::node_at(const yaml_mark_t& mark, NodeKind kind) const {
  Node node;
  node.kind = kind;
  node.line = static_cast<int>(mark.line) + 1;
  node.column = static_cast<int>(mark.column) + 1;
  node.source = source_;
  return node;
}

bool DocumentBuilder::check_tag(const Node& node, const yaml_char_t* tag) {
  if (tag == nullptr) return true;
  return refuse(node, fmt::format("the tag '{}' is not used here; write the value alone", printable(bytes_of(tag))));
}

bool DocumentBuilder::charge(const Node& at, const Extent& size) {
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

bool DocumentBuilder::take(const yaml_event_t& event) {
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

bool DocumentBuilder::take_scalar(const yaml_event_t& event) {
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
  const Extent size{.nodes = 1, .bytes = node.text.size(), .depth = 1};
  return charge(node, size) && add(std::move(node), bytes_of(scalar.anchor));
}

bool DocumentBuilder::take_alias(const yaml_event_t& event) {
  const Node here = node_at(event.start_mark, NodeKind::null);
  const std::string name = bytes_of(event.data.alias.anchor);
  const auto anchor = anchors_.find(name);
  if (anchor == anchors_.end())
    return refuse(here, fmt::format("the alias '*{0}' has no anchor '&{0}' before it", name));
  if (!anchor->second) return refuse(here, fmt::format("the alias '*{0}' stands inside '&{0}' itself", name));
  return charge(here, measure(*anchor->second)) && add(*anchor->second, {});
}

bool DocumentBuilder::begin(Node node, const yaml_char_t* tag, const yaml_char_t* anchor) {
  if (!check_tag(node, tag) || !charge(node, {.nodes = 1, .bytes = 0, .depth = 2})) return false;
  if (!open_.empty() && open_.back().node.kind == NodeKind::map && !open_.back().key) {
    return refuse(node, "a list or map stands where a key is expected; keys are text");
  }
  const std::string name = bytes_of(anchor);
  if (!name.empty()) anchors_[name] = nullptr;
  open_.push_back({.node = std::move(node), .anchor = name});
  return true;
}

bool DocumentBuilder::end() {
  Open closed = std::move(open_.back());
  open_.pop_back();
  return add(std::move(closed.node), closed.anchor);
}

bool DocumentBuilder::add(Node node, const std::string& anchor) {
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

bool DocumentBuilder::add_key(Open& map, Node key) {
  if (key.kind == NodeKind::null) return refuse(key, "a key is missing before ':'");
  if (key.kind != NodeKind::scalar) return refuse(key, "a list or map stands where a key is expected; keys are text");
  if (key.text.size() > key_bytes_max) return refuse(key, fmt::format("a key is longer than {} bytes", key_bytes_max));
  // Merge keys are a YAML 1.1 extension that parsers disagree on.
  if (key.text == "<<" && !key.is_quoted) return refuse(key, "merge keys ('<<') are not supported; write the keys out");
  map.key = std::move(key);
  return true;
}

int DocumentBuilder::line_of_first(Open& map, const std::string& key) {
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

}  // namespace watershed::yaml
