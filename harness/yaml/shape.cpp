// See shape.hpp.
#include "harness/yaml/shape.hpp"

#include "harness/yaml/document.hpp"

#include <fmt/format.h>

#include <cassert>

namespace watershed::yaml {

namespace {

Shape plain(Rule rule, std::string example = {}) {
  return Shape({.rule = std::move(rule), .name = {}, .doc = {}, .example = std::move(example)});
}

Shape with_group(const Shape& shape, GroupRule rule, std::vector<std::string> keys) {
  ShapeBody body = *shape;
  assert(std::holds_alternative<MapRule>(body.rule) && "only maps have keys");
  std::get<MapRule>(body.rule).groups.push_back({.rule = rule, .keys = std::move(keys)});
  return Shape(std::move(body));
}

std::shared_ptr<const Node> parse_default(const std::string& yaml) {
  auto parsed = parse_document(yaml, "default");
  assert(parsed && parsed->findings.empty() && "a default in a shape's table is not YAML");
  return std::make_shared<const Node>(std::move(parsed->root));
}

}  // namespace

Shape::Shape(ShapeBody body) : body_(std::make_shared<const ShapeBody>(std::move(body))) {}

Shape Shape::about(std::string sentence) const {
  ShapeBody body = *body_;
  body.doc = std::move(sentence);
  return Shape(std::move(body));
}

Shape Shape::example(std::string yaml) const {
  ShapeBody body = *body_;
  body.example = std::move(yaml);
  return Shape(std::move(body));
}

Shape Shape::sized(std::size_t count_min, std::size_t count_max) const {
  ShapeBody body = *body_;
  if (auto* list = std::get_if<ListRule>(&body.rule)) {
    list->count_min = count_min;
    list->count_max = count_max;
  } else {
    auto* map = std::get_if<MapRule>(&body.rule);
    assert(map != nullptr && "only lists and maps have a count");
    map->count_min = count_min;
    map->count_max = count_max;
  }
  return Shape(std::move(body));
}

Shape Shape::exactly_one_of(std::vector<std::string> keys) const {
  return with_group(*this, GroupRule::exactly_one, std::move(keys));
}
Shape Shape::at_least_one_of(std::vector<std::string> keys) const {
  return with_group(*this, GroupRule::at_least_one, std::move(keys));
}
Shape Shape::at_most_one_of(std::vector<std::string> keys) const {
  return with_group(*this, GroupRule::at_most_one, std::move(keys));
}

Shape Shape::other_keys(Shape key, Shape value) const {
  ShapeBody body = *body_;
  assert(std::holds_alternative<MapRule>(body.rule) && "only maps have keys");
  std::get<MapRule>(body.rule).other = OtherKeys{.key = std::move(key), .value = std::move(value)};
  return Shape(std::move(body));
}

Shape text() { return plain(TextRule{.pattern = std::nullopt}); }
Shape text_or_empty() { return plain(TextRule{.pattern = std::nullopt, .what = "text", .may_be_empty = true}); }
Shape text_matching(std::string pattern, std::string what, std::string example) {
  return plain(TextRule{.pattern = Pattern(std::move(pattern)), .what = std::move(what)}, std::move(example));
}
Shape integer(std::int64_t min, std::int64_t max) { return plain(IntegerRule{.min = min, .max = max}); }
Shape number(double min, double max) { return plain(NumberRule{.min = min, .max = max}); }
Shape boolean() { return plain(BooleanRule{}, "true"); }
Shape duration(std::chrono::nanoseconds min, std::chrono::nanoseconds max) {
  return plain(DurationRule{.min = min, .max = max}, "5s");
}
Shape size(std::uint64_t bytes_min, std::uint64_t bytes_max) {
  return plain(SizeRule{.bytes_min = bytes_min, .bytes_max = bytes_max}, "10KB");
}
Shape rate() { return plain(RateRule{}, "50/s"); }
Shape enumeration(std::vector<std::string> members) {
  assert(!members.empty());
  return plain(EnumerationRule{.members = std::move(members)});
}
Shape address() { return plain(AddressRule{}, "someone@host.example"); }
Shape ip_address() { return plain(IpAddressRule{}, "192.0.2.1"); }
Shape anything() { return plain(AnythingRule{}); }

Shape list_of(Shape item) { return plain(ListRule{.item = std::move(item)}); }
Shape one_or_many(Shape item) { return either({item, list_of(item).sized(1)}); }
Shape map(std::vector<Key> keys) {
  return plain(MapRule{.keys = std::move(keys), .other = std::nullopt, .groups = {}});
}
Shape map_of(Shape key, Shape value) { return map({}).other_keys(std::move(key), std::move(value)); }

Shape choice(std::vector<Key> keys) {
  std::vector<std::string> names;
  for (const Key& key : keys) names.push_back(key.name);
  return map(std::move(keys)).exactly_one_of(std::move(names));
}

Shape either(std::vector<Shape> alternatives) {
  assert(alternatives.size() > 1);
  return plain(EitherRule{.alternatives = std::move(alternatives)});
}

Shape named(std::string name, Shape shape) {
  ShapeBody body = *shape;
  assert(body.name.empty() && !std::holds_alternative<ReferenceRule>(body.rule));
  body.name = std::move(name);
  return Shape(std::move(body));
}

Shape reference(std::string name) { return plain(ReferenceRule{.name = std::move(name)}); }

Key required(std::string name, Shape shape, std::string doc, std::string example) {
  return {.name = std::move(name),
          .shape = std::move(shape),
          .is_required = true,
          .doc = std::move(doc),
          .example = std::move(example),
          .default_text = {},
          .default_value = nullptr};
}

Key optional(std::string name, Shape shape, std::string doc, std::string example) {
  Key key = required(std::move(name), std::move(shape), std::move(doc), std::move(example));
  key.is_required = false;
  return key;
}

Key defaulted(std::string name, Shape shape, std::string default_text, std::string doc, std::string example) {
  Key key = optional(std::move(name), std::move(shape), std::move(doc), std::move(example));
  key.default_value = parse_default(default_text);
  key.default_text = std::move(default_text);
  return key;
}

}  // namespace watershed::yaml
