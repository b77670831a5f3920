// A regular expression that text must match as a whole. POSIX extended syntax, matched by the C library.
//
// The same pattern is published in the JSON Schema, where editors read it as ECMA-262: write only what means the same
// in both, that is [a-z0-9._-] sets, ( | ), * + ? and {n,m}; no \d, no [[:alpha:]], no back-references, no anchors.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace watershed::yaml {

class Pattern {
 public:
  /// A malformed pattern is a bug in our table and asserted.
  explicit Pattern(std::string expression);

  /// True if all of `text` matches. Text over 4096 bytes never does (the C library's matcher is not linear).
  bool matches(std::string_view text) const;

  /// `^(…)$`, for the schema.
  std::string anchored() const { return "^(" + expression_ + ")$"; }

 private:
  struct Compiled;
  std::string expression_;
  std::shared_ptr<const Compiled> compiled_;
};

}  // namespace watershed::yaml
