// See schema_json.hpp. JSON Schema draft 2020-12 (core and validation vocabularies).
#include "harness/yaml/schema_json.hpp"

#include "base/json_writer.hpp"
#include "harness/yaml/document.hpp"
#include "harness/yaml/scalar.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <iterator>

namespace watershed::yaml {

namespace {

// A YAML value as JSON, plain scalars resolved as YAML 1.2's core schema does.
void write_value(JsonWriter& json, const Node& node) {
  if (node.kind == NodeKind::null) {
    json.null();
  } else if (node.kind == NodeKind::list) {
    json.begin_array();
    for (const Node& item : node.items) write_value(json, item);
    json.end_array();
  } else if (node.kind == NodeKind::map) {
    json.begin_object();
    for (const auto& [key, value] : node.entries) {
      json.key(key.text);
      write_value(json, value);
    }
    json.end_object();
  } else if (const auto truth = parse_boolean(node.text); truth && !node.is_quoted) {
    json.value(*truth);
  } else if (const auto whole = parse_integer(node.text); whole && !node.is_quoted) {
    json.value(*whole);
  } else if (const auto number = parse_number(node.text); number && !node.is_quoted) {
    json.value(*number);
  } else {
    json.value(node.text);
  }
}

void write_yaml(JsonWriter& json, const std::string& yaml) {
  const auto parsed = parse_document(yaml, "example");
  assert(parsed && "an example in a shape's table is not YAML");
  write_value(json, parsed->root);
}

class SchemaWriter {
 public:
  explicit SchemaWriter(std::string& out) : json_(out, JsonWriter::Layout::pretty) {}

  void write_root(const Shape& root, std::string_view title, std::string_view id) {
    json_.begin_object().member("$schema", "https://json-schema.org/draft/2020-12/schema");
    json_.member("$id", id).member("title", title);
    write_members(root);
    if (!definitions_.empty()) {
      json_.key("$defs").begin_object();
      for (std::size_t index = 0; index < definitions_.size(); ++index) {  // writing one may find more
        const Shape shape = definitions_[index];
        json_.key(shape->name).begin_object();
        write_annotations(shape->doc, shape->example, {});
        write_rule(shape);
        json_.end_object();
      }
      json_.end_object();
    }
    json_.end_object();
  }

  void operator()(const TextRule& rule);
  void operator()(const IntegerRule& rule) { write_range("integer", rule.min, rule.max); }
  void operator()(const NumberRule& rule) { write_range("number", rule.min, rule.max); }
  void operator()(const BooleanRule&) { json_.member("type", "boolean"); }
  void operator()(const DurationRule&) { write_pattern(fmt::format("^{}$", duration_pattern)); }
  void operator()(const SizeRule&) { write_pattern(fmt::format("^{}$", size_pattern)); }
  void operator()(const RateRule&) { write_pattern(fmt::format("^{}$", rate_pattern)); }
  void operator()(const EnumerationRule& rule);
  // RFC 5321 §4.5.1: <Postmaster> alone needs no domain. The rest of the syntax is left to validate().
  void operator()(const AddressRule&) { write_pattern("^(.+@.+|[Pp][Oo][Ss][Tt][Mm][Aa][Ss][Tt][Ee][Rr])$"); }
  void operator()(const IpAddressRule&) { write_pattern("^[0-9A-Fa-f:.]+$"); }
  void operator()(const AnythingRule&) {}
  void operator()(const ListRule& rule);
  void operator()(const MapRule& rule);
  void operator()(const EitherRule& rule);
  void operator()(const ReferenceRule& rule) { json_.member("$ref", "#/$defs/" + rule.name); }

 private:
  void write(const Shape& shape) {
    json_.begin_object();
    write_members(shape);
    json_.end_object();
  }
  void write_members(const Shape& shape) {
    write_annotations(shape->name.empty() ? shape->doc : "", shape->name.empty() ? shape->example : "", {});
    write_reference_or_rule(shape);
  }
  void write_reference_or_rule(const Shape& shape);
  void write_rule(const Shape& shape) { std::visit(*this, shape->rule); }
  void write_annotations(const std::string& doc, const std::string& example, const std::string& default_text);
  void write_pattern(const std::string& pattern) { json_.member("type", "string").member("pattern", pattern); }
  void write_property(const Key& key);
  void write_groups(const std::vector<KeyGroup>& groups);
  void write_group(const KeyGroup& group);
  template <class Number>
  void write_range(const char* type, Number min, Number max);

  JsonWriter json_;
  std::vector<Shape> definitions_;
};

void SchemaWriter::write_reference_or_rule(const Shape& shape) {
  if (shape->name.empty()) return write_rule(shape);
  const auto same = [&shape](const Shape& each) { return each->name == shape->name; };
  if (std::none_of(definitions_.begin(), definitions_.end(), same)) definitions_.push_back(shape);
  json_.member("$ref", "#/$defs/" + shape->name);
}

void SchemaWriter::write_annotations(const std::string& doc, const std::string& example,
                                     const std::string& default_text) {
  if (!doc.empty()) json_.member("description", doc);
  if (!default_text.empty()) {
    json_.key("default");
    write_yaml(json_, default_text);
  }
  if (!example.empty()) {
    json_.key("examples").begin_array();
    write_yaml(json_, example);
    json_.end_array();
  }
}

template <class Number>
void SchemaWriter::write_range(const char* type, Number min, Number max) {
  json_.member("type", type);
  if (min != std::numeric_limits<Number>::lowest()) json_.member("minimum", min);
  if (max != std::numeric_limits<Number>::max()) json_.member("maximum", max);
}

// A YAML reader makes numbers and booleans of unquoted text such as 550, which validate() takes as text too.
void SchemaWriter::operator()(const TextRule& rule) {
  constexpr std::string_view numbers[] = {"0", "7", "42", "550", "65535", "0.5", "1.5"};
  const auto fits = [&rule](std::string_view text) { return !rule.pattern || rule.pattern->matches(text); };
  const bool number = std::any_of(std::begin(numbers), std::end(numbers), fits);
  const bool truth = fits("true") || fits("false");
  if (number || truth) {
    json_.key("type").begin_array().value("string");
    if (number) json_.value("number");
    if (truth) json_.value("boolean");
    json_.end_array();
  } else {
    json_.member("type", "string");
  }
  if (rule.pattern) json_.member("pattern", rule.pattern->anchored());
  if (!rule.may_be_empty) json_.member("minLength", 1);
}

void SchemaWriter::operator()(const EnumerationRule& rule) {
  json_.key("enum").begin_array();
  for (const std::string& member : rule.members) {
    json_.value(member);
    Node plain;
    plain.kind = NodeKind::scalar;
    plain.text = member;
    if (parse_boolean(member) || parse_number(member)) write_value(json_, plain);  // as read without quotes
  }
  json_.end_array();
}

void SchemaWriter::operator()(const ListRule& rule) {
  json_.member("type", "array").key("items");
  write(rule.item);
  if (rule.count_min > 0) json_.member("minItems", rule.count_min);
  if (rule.count_max != std::numeric_limits<std::size_t>::max()) json_.member("maxItems", rule.count_max);
}

void SchemaWriter::operator()(const MapRule& rule) {
  json_.member("type", "object");
  if (!rule.keys.empty()) {
    json_.key("properties").begin_object();
    for (const Key& key : rule.keys) write_property(key);
    json_.end_object();
  }
  if (std::any_of(rule.keys.begin(), rule.keys.end(), [](const Key& key) { return key.is_required; })) {
    json_.key("required").begin_array();
    for (const Key& key : rule.keys) {
      if (key.is_required) json_.value(key.name);
    }
    json_.end_array();
  }
  json_.key("additionalProperties");
  if (!rule.other) {
    json_.value(false);
  } else {
    write(rule.other->value);
    json_.key("propertyNames").begin_object().key("anyOf").begin_array();
    write(rule.other->key);
    if (!rule.keys.empty()) {
      json_.begin_object().key("enum").begin_array();
      for (const Key& key : rule.keys) json_.value(key.name);
      json_.end_array().end_object();
    }
    json_.end_array().end_object();
  }
  if (rule.count_min > 0) json_.member("minProperties", rule.count_min);
  if (rule.count_max != std::numeric_limits<std::size_t>::max()) json_.member("maxProperties", rule.count_max);
  write_groups(rule.groups);
}

// The key's own sentence and example come before those of its shape, which a shared shape has for all its uses.
void SchemaWriter::write_property(const Key& key) {
  const bool is_named = !key.shape->name.empty();
  json_.key(key.name).begin_object();
  write_annotations(key.doc.empty() && !is_named ? key.shape->doc : key.doc,
                    key.example.empty() && !is_named ? key.shape->example : key.example, key.default_text);
  write_reference_or_rule(key.shape);
  json_.end_object();
}

void SchemaWriter::write_groups(const std::vector<KeyGroup>& groups) {
  if (groups.empty()) return;
  json_.key("allOf").begin_array();
  for (const KeyGroup& group : groups) write_group(group);
  json_.end_array();
}

void SchemaWriter::write_group(const KeyGroup& group) {
  const auto write_required = [this](const std::string& key) {
    json_.begin_object().key("required").begin_array().value(key).end_array().end_object();
  };
  json_.begin_object().key(group.rule == GroupRule::at_least_one ? "anyOf" : "oneOf").begin_array();
  for (const std::string& key : group.keys) write_required(key);
  if (group.rule == GroupRule::at_most_one) {
    json_.begin_object().key("not").begin_object().key("anyOf").begin_array();
    for (const std::string& key : group.keys) write_required(key);
    json_.end_array().end_object().end_object();
  }
  json_.end_array().end_object();
}

void SchemaWriter::operator()(const EitherRule& rule) {
  json_.key("anyOf").begin_array();
  for (const Shape& alternative : rule.alternatives) write(alternative);
  json_.end_array();
}

}  // namespace

std::string json_schema(const Shape& root, std::string_view title, std::string_view id) {
  std::string out;
  SchemaWriter(out).write_root(root, title, id);
  out += '\n';
  return out;
}

}  // namespace watershed::yaml
