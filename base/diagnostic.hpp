// What is wrong with a file that a person wrote: where, what was found, what was expected.
//
// Every reader in the project (YAML, Postfix, Sieve, zones) reports in this one form, so that all errors look alike:
//   scenarios/a.yaml:7:5: error: unknown key 'delivred'; expected one of: delivered, rejected …
//       7 |   - x: { delivred: … }
//         |          ^
//   did you mean 'delivered'?
#pragma once

#include "base/result.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace watershed {

/// A place in a file. `line` and `column` count from 1; 0 means "the file as a whole".
struct SourcePosition {
  std::string file;
  int line = 0;
  int column = 0;

  bool operator==(const SourcePosition&) const = default;
};

enum class Severity { error, warning };

/// One finding about one place. `source_line` is the text of that line (may be empty), `hint` a next step (may be
/// empty).
struct Diagnostic {
  Severity severity = Severity::error;
  SourcePosition at;
  std::string message;
  std::string source_line;
  std::string hint;
};

using Diagnostics = std::vector<Diagnostic>;

/// A value, or at least one diagnostic of severity error.
template <class T>
using Parsed = Result<T, Diagnostics>;

/// `file:line`, the short form that journal facts and `explain` use; empty when the file is unknown.
std::string to_file_line(const SourcePosition& at);

/// The full text of a diagnostic over several lines, ending in a newline (see the top of this file).
std::string render(const Diagnostic& diagnostic);
std::string render(std::span<const Diagnostic> diagnostics);

/// The candidate closest to `word` by edit distance when it is close enough to be a slip, else empty.
std::string nearest_match(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace watershed
