// See load.hpp.
#include "harness/yaml/load.hpp"

#include "harness/yaml/scope.hpp"
#include "harness/yaml/validate.hpp"

#include <algorithm>

namespace watershed::yaml {

namespace {

void place_at(Node& node, const Node& map) {
  node.line = map.line;
  node.column = map.column;
  node.source = map.source;
  node.is_default = true;
  for (Node& item : node.items) place_at(item, map);
  for (auto& [key, value] : node.entries) {
    place_at(key, map);
    place_at(value, map);
  }
}

void fill(Node& node, const Shape& written, Scope& scope);

void fill_map(Node& node, const MapRule& rule, Scope& scope) {
  for (const Key& key : rule.keys) {
    if (!key.default_value || node.has(key.name)) continue;
    Entry entry;
    entry.key.kind = NodeKind::scalar;
    entry.key.text = key.name;
    entry.value = *key.default_value;
    place_at(entry.key, node);
    place_at(entry.value, node);
    node.entries.push_back(std::move(entry));
  }
  for (auto& [key, value] : node.entries) {
    const std::string& name = key.text;
    const auto has_name = [&name](const Key& line) { return line.name == name; };
    const auto line = std::find_if(rule.keys.begin(), rule.keys.end(), has_name);
    if (line != rule.keys.end()) {
      fill(value, line->shape, scope);
    } else if (rule.other) {
      fill(value, rule.other->value, scope);
    }
  }
}

void fill(Node& node, const Shape& written, Scope& scope) {
  const Shape& shape = scope.resolve(written);
  const Scope::Inside inside(scope, shape);
  if (const auto* map = std::get_if<MapRule>(&shape->rule); map != nullptr && node.kind == NodeKind::map) {
    fill_map(node, *map, scope);
  } else if (const auto* list = std::get_if<ListRule>(&shape->rule); list != nullptr && node.kind == NodeKind::list) {
    for (Node& item : node.items) fill(item, list->item, scope);
  } else if (const auto* either = std::get_if<EitherRule>(&shape->rule)) {
    const Shape* alternative = scope.alternative_for(*either, node.kind);
    if (alternative != nullptr) fill(node, *alternative, scope);
  }
}

Parsed<Node> finish(Parsed<Document> document, const Shape& shape) {
  if (!document) return document.error();
  Diagnostics found = std::move(document->findings);
  Diagnostics misfits = validate(document->root, shape);
  std::move(misfits.begin(), misfits.end(), std::back_inserter(found));
  if (!found.empty()) {
    const auto is_before = [](const Diagnostic& a, const Diagnostic& b) {
      return std::tuple(a.at.line == 0, a.at.line, a.at.column) < std::tuple(b.at.line == 0, b.at.line, b.at.column);
    };
    std::stable_sort(found.begin(), found.end(), is_before);
    return found;
  }
  fill_defaults(document->root, shape);
  return std::move(document->root);
}

}  // namespace

void fill_defaults(Node& node, const Shape& shape) {
  Scope scope;
  fill(node, shape, scope);
}

Parsed<Node> load_file(const std::string& path, const Shape& shape) { return finish(read_document(path), shape); }

Parsed<Node> load_text(std::string text, std::string file, const Shape& shape) {
  return finish(parse_document(std::move(text), std::move(file)), shape);
}

}  // namespace watershed::yaml
