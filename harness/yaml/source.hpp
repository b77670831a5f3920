// The text of one YAML file: what may be in it at all, and where its lines are.
//
// YAML 1.2 §5.1 allows printable characters only. libyaml lets some others through and counts U+0085, U+2028 and U+2029
// as line ends, which no editor does; they are refused here, so that every line:col we print is the one an editor
// shows.
#pragma once

#include "base/diagnostic.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace watershed::yaml {

inline constexpr std::size_t file_size_max = 16U << 20;  ///< bytes; a longer file is refused

/// A file's name and text (without a byte order mark), with the offset of each line. Shared by all nodes of a document.
struct Source {
  std::string file;
  std::string text;
  std::vector<std::size_t> line_starts;

  /// The text of line `line` (from 1) without its end, as far as it fits under a caret on a terminal; empty where
  /// `column` lies beyond that.
  std::string line_for_caret(int line, int column) const;

  Diagnostic error(int line, int column, std::string message, std::string hint = {}) const;
};

/// Checks size, UTF-8 and the character set. Errors carry the place of the first bad byte.
Parsed<std::shared_ptr<const Source>> make_source(std::string text, std::string file);

/// Reads the file at `path` as a Source; a missing, unreadable or oversized file is a diagnostic about the file.
Parsed<std::shared_ptr<const Source>> read_source(const std::string& path);

}  // namespace watershed::yaml
