// See scope.hpp.
#include "harness/yaml/scope.hpp"

#include <algorithm>
#include <cassert>

namespace watershed::yaml {

const Shape* Scope::find(std::string_view name) const {
  const auto has_name = [name](const Shape* shape) { return (*shape)->name == name; };
  const auto found = std::find_if(named_.rbegin(), named_.rend(), has_name);
  return found == named_.rend() ? nullptr : *found;
}

const Shape& Scope::resolve(const Shape& shape) const {
  const auto* reference = std::get_if<ReferenceRule>(&shape->rule);
  if (reference == nullptr) return shape;
  const Shape* found = find(reference->name);
  assert(found != nullptr && "reference() outside the named shape it names");
  return *found;
}

bool Scope::accepts(const Shape& shape, NodeKind kind) const {
  const Rule& rule = resolve(shape)->rule;
  if (std::holds_alternative<AnythingRule>(rule)) return true;
  if (std::holds_alternative<ListRule>(rule)) return kind == NodeKind::list;
  if (std::holds_alternative<MapRule>(rule)) return kind == NodeKind::map;
  if (const auto* either = std::get_if<EitherRule>(&rule)) {
    return std::any_of(either->alternatives.begin(), either->alternatives.end(),
                       [&](const Shape& alternative) { return accepts(alternative, kind); });
  }
  return kind == NodeKind::scalar;
}

const Shape* Scope::alternative_for(const EitherRule& rule, NodeKind kind) const {
  const auto fits = [&](const Shape& alternative) { return accepts(alternative, kind); };
  const auto found = std::find_if(rule.alternatives.begin(), rule.alternatives.end(), fits);
  return found == rule.alternatives.end() ? nullptr : &*found;
}

Scope::Inside::Inside(Scope& scope, const Shape& shape) : scope_(scope), is_named_(!shape->name.empty()) {
  if (is_named_) scope_.named_.push_back(&shape);
}

Scope::Inside::~Inside() {
  if (is_named_) scope_.named_.pop_back();
}

}  // namespace watershed::yaml
