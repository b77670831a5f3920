// A YAML file as a tree of plain values in which every key and value knows its line and column.
//
// YAML 1.2 is parsed by libyaml; this layer makes it strict: one document a file, text keys only, no key twice, no
// tags, no merge keys, and limits on depth and on what aliases may expand to (a "billion laughs" file stays small).
#pragma once

#include "harness/yaml/source.hpp"

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace watershed::yaml {

inline constexpr int depth_max = 64;                          ///< lists and maps inside each other
inline constexpr std::size_t nodes_max = 1'000'000;           ///< keys and values after aliases are expanded
inline constexpr std::size_t expanded_bytes_max = 64U << 20;  ///< text after aliases are expanded
inline constexpr std::size_t key_bytes_max = 1024;            ///< one key

enum class NodeKind { null, scalar, list, map };

struct Entry;

/// One value. `text` is set for scalars (without quotes), `items` for lists, `entries` for maps, in the order written.
struct Node {
  NodeKind kind = NodeKind::null;
  bool is_quoted = false;   ///< scalar in quotes or a block (`|`, `>`): always text, never a number or boolean
  bool is_default = false;  ///< not written by anyone: put in by the shape's default
  int line = 0;
  int column = 0;  ///< in characters, from 1
  std::string text;
  std::vector<Node> items;
  std::vector<Entry> entries;
  std::shared_ptr<const Source> source;

  /// The value under `key`, or nullptr. Linear: these are maps that people write.
  const Node* find(std::string_view key) const;
  bool has(std::string_view key) const { return find(key) != nullptr; }
  /// The value under a key that the shape has made sure of (required or with a default); asserted.
  const Node& operator[](std::string_view key) const;

  SourcePosition position() const;

  /// A diagnostic about this place, with its source line; for findings that a shape cannot express (an unknown zone …).
  Diagnostic error(std::string message, std::string hint = {}) const;
  Diagnostic warning(std::string message, std::string hint = {}) const;
};

/// One key of a map with its value. `key` is a scalar: `for (const auto& [key, value] : node.entries) key.text …`.
struct Entry {
  Node key;
  Node value;
};

/// A well-formed file. `findings` are the errors after which reading could go on (repeated keys; the first one is
/// kept): a document with findings must not be used, only validated further so that all errors are shown at once.
struct Document {
  Node root;
  Diagnostics findings;
};

/// Parses YAML text; `file` is the name used in positions. Malformed YAML, a second document or an exceeded limit is
/// one diagnostic.
Parsed<Document> parse_document(std::string text, std::string file);
Parsed<Document> read_document(const std::string& path);

}  // namespace watershed::yaml
