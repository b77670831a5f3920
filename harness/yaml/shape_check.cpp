// See shape_check.hpp.
#include "harness/yaml/shape_check.hpp"

#include "harness/yaml/document.hpp"
#include "harness/yaml/scope.hpp"
#include "harness/yaml/validate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace watershed::yaml {

namespace {

class Checker {
 public:
  std::vector<std::string> take() { return std::move(problems_); }

  void check(const Shape& shape, const std::string& where);

 private:
  void problem(const std::string& where, std::string_view what) {
    problems_.push_back(where + ": " + std::string(what));
  }
  void check_sample(const std::string& yaml, const Shape& shape, const std::string& where, std::string_view what);
  void check_map(const MapRule& rule, const std::string& where);
  void check_groups(const MapRule& rule, const std::string& where);
  void check_either(const EitherRule& rule, const std::string& where);

  Scope scope_;
  std::vector<std::string> problems_;
};

// True if `shape` has a reference to a named shape around it, so that it cannot be validated by itself.
bool is_open(const Shape& shape, std::set<std::string> names) {
  if (!shape->name.empty()) names.insert(shape->name);
  if (const auto* reference = std::get_if<ReferenceRule>(&shape->rule)) return !names.contains(reference->name);
  if (const auto* list = std::get_if<ListRule>(&shape->rule)) return is_open(list->item, names);
  if (const auto* either = std::get_if<EitherRule>(&shape->rule)) {
    return std::any_of(either->alternatives.begin(), either->alternatives.end(),
                       [&](const Shape& each) { return is_open(each, names); });
  }
  const auto* map = std::get_if<MapRule>(&shape->rule);
  if (map == nullptr) return false;
  if (map->other && is_open(map->other->value, names)) return true;
  return std::any_of(map->keys.begin(), map->keys.end(), [&](const Key& key) { return is_open(key.shape, names); });
}

void Checker::check_sample(const std::string& yaml, const Shape& shape, const std::string& where,
                           std::string_view what) {
  if (yaml.empty() || is_open(shape, {})) return;
  const auto parsed = parse_document(yaml, std::string(what));
  if (!parsed) return problem(where, fmt::format("the {} '{}' is not YAML", what, yaml));
  for (const Diagnostic& found : validate(parsed->root, shape)) {
    problem(where, fmt::format("the {} '{}' does not fit: {}", what, yaml, found.message));
  }
}

void Checker::check(const Shape& shape, const std::string& where) {
  if (const auto* reference = std::get_if<ReferenceRule>(&shape->rule)) {
    if (scope_.find(reference->name) == nullptr) {
      problem(where, fmt::format("reference('{}') is outside that shape", reference->name));
    }
    return;
  }
  const Scope::Inside inside(scope_, shape);
  check_sample(shape->example, shape, where, "example");
  if (const auto* map = std::get_if<MapRule>(&shape->rule)) check_map(*map, where);
  if (const auto* list = std::get_if<ListRule>(&shape->rule)) check(list->item, where + "[]");
  if (const auto* either = std::get_if<EitherRule>(&shape->rule)) check_either(*either, where);
}

void Checker::check_map(const MapRule& rule, const std::string& where) {
  std::set<std::string_view> names;
  for (const Key& key : rule.keys) {
    const std::string place = where + "." + key.name;
    if (!names.insert(key.name).second) problem(place, "the key is in the table twice");
    if (key.doc.empty()) problem(place, "the key has no documentation");
    if (key.is_required && key.default_value) problem(place, "a required key has a default");
    check_sample(key.example, key.shape, place, "example");
    check_sample(key.default_text, key.shape, place, "default");
    check(key.shape, place);
  }
  if (rule.other) {
    if (!scope_.accepts(rule.other->key, NodeKind::scalar)) problem(where, "free keys are not scalars");
    check(rule.other->value, where + ".*");
  }
  check_groups(rule, where);
}

void Checker::check_groups(const MapRule& rule, const std::string& where) {
  for (const KeyGroup& group : rule.groups) {
    for (const std::string& name : group.keys) {
      const auto has_name = [&name](const Key& key) { return key.name == name; };
      const auto key = std::find_if(rule.keys.begin(), rule.keys.end(), has_name);
      if (key == rule.keys.end()) {
        problem(where, fmt::format("a group names '{}', which is not a key", name));
      } else if (key->is_required || key->default_value) {
        problem(where, fmt::format("a group names '{}', which is required or has a default", name));
      }
    }
  }
}

void Checker::check_either(const EitherRule& rule, const std::string& where) {
  const auto count = [&](NodeKind kind) {
    return std::count_if(rule.alternatives.begin(), rule.alternatives.end(), [&](const Shape& each) {
      const auto* reference = std::get_if<ReferenceRule>(&each->rule);
      return (reference == nullptr || scope_.find(reference->name) != nullptr) && scope_.accepts(each, kind);
    });
  };
  if (count(NodeKind::list) > 1) problem(where, "two alternatives are lists");
  if (count(NodeKind::map) > 1) problem(where, "two alternatives are maps");
  for (const Shape& alternative : rule.alternatives) check(alternative, where);
}

}  // namespace

std::vector<std::string> shape_problems(const Shape& shape) {
  Checker checker;
  checker.check(shape, "root");
  return checker.take();
}

}  // namespace watershed::yaml
