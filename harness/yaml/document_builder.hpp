// Makes the nodes of document.hpp from libyaml's events, and refuses what document.hpp does not allow.
#pragma once

#include "harness/yaml/document.hpp"

#include <yaml.h>

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace watershed::yaml {

/// How much there is of a node with all that is in it.
struct Extent {
  std::size_t nodes = 1;
  std::size_t bytes = 0;
  int depth = 1;  // 1 for a scalar
};

/// Takes events in order; the first refused one ends the parse.
class DocumentBuilder {
 public:
  explicit DocumentBuilder(std::shared_ptr<const Source> source) : source_(std::move(source)) {}

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
  bool charge(const Node& at, const Extent& size);
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
  Extent total_{.nodes = 0, .bytes = 0, .depth = 0};
  int documents_ = 0;
};

}  // namespace watershed::yaml
