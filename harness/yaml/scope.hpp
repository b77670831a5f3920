// The named shapes around the place that a walk over a Shape has reached: what reference() means there.
#pragma once

#include "harness/yaml/document.hpp"
#include "harness/yaml/shape.hpp"

#include <string_view>
#include <vector>

namespace watershed::yaml {

class Scope {
 public:
  /// `shape` itself, or what it refers to. A reference outside its named shape is a bug and asserted.
  const Shape& resolve(const Shape& shape) const;

  /// The enclosing shape of that name, or nullptr.
  const Shape* find(std::string_view name) const;

  /// Of a resolved EitherRule: the alternative that lists or maps go to, or nullptr.
  const Shape* alternative_for(const EitherRule& rule, NodeKind kind) const;

  /// True if the shape takes nodes of that kind (their content apart).
  bool accepts(const Shape& shape, NodeKind kind) const;

  /// Keeps a resolved shape's name known while its inside is walked.
  class Inside {
   public:
    Inside(Scope& scope, const Shape& shape);
    Inside(const Inside&) = delete;
    Inside& operator=(const Inside&) = delete;
    ~Inside();

   private:
    Scope& scope_;
    bool is_named_;
  };

 private:
  std::vector<const Shape*> named_;
};

}  // namespace watershed::yaml
