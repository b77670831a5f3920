// See validate.hpp.
#include "harness/yaml/validate.hpp"

#include "base/text.hpp"
#include "harness/yaml/scalar_check.hpp"
#include "harness/yaml/scope.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace watershed::yaml {

namespace {

constexpr std::size_t word_max = 64;  // longer words are no slips of known ones

// Where a value stands, for messages: under which key, as which item.
struct Place {
  const Node* key = nullptr;
  const Key* line = nullptr;  // the key's line in the table
  std::size_t item = 0;       // from 1; 0: not an item

  std::string words() const {
    if (key != nullptr && item > 0) return fmt::format("item {} of {}", item, quoted(key->text));
    if (key != nullptr) return quoted(key->text);
    return item > 0 ? fmt::format("item {}", item) : std::string("the file");
  }
};

std::string found(const Node& node) {
  switch (node.kind) {
    case NodeKind::null:
      return "nothing is written there";
    case NodeKind::scalar:
      return "found " + quoted(node.text);
    case NodeKind::list:
      return "found a list";
    case NodeKind::map:
      return "found a map";
  }
  return {};
}

std::string nearest_hint(std::string_view word, std::span<const std::string_view> known) {
  const std::string nearest = word.size() <= word_max ? nearest_match(word, known) : std::string();
  return nearest.empty() ? nearest : fmt::format("did you mean '{}'?", nearest);
}

std::string example_hint(const Shape& shape, const Place& place) {
  if (place.line != nullptr && place.item == 0 && !place.line->example.empty()) {
    return fmt::format("example: {}: {}", place.line->name, place.line->example);
  }
  if (shape->example.empty()) return {};
  const bool is_value = place.key != nullptr && place.item == 0;
  return is_value && place.key->text.size() <= word_max
             ? fmt::format("example: {}: {}", printable(place.key->text), shape->example)
             : fmt::format("example: {}", shape->example);
}

class Validator {
 public:
  void check(const Node& node, const Shape& written, const Place& place);
  Diagnostics take() { return std::move(found_); }

 private:
  bool is_full() const { return found_.size() > diagnostics_max; }
  void report(Diagnostic diagnostic);
  void report_kind(const Node& node, const Shape& shape, const Place& place);
  void check_scalar(const Node& node, const Shape& shape, const Place& place);
  void check_either(const Node& node, const Shape& shape, const Place& place);
  std::optional<std::string> scalar_misfit(const Node& node, const Shape& shape) const;
  void check_list(const Node& node, const ListRule& rule, const Place& place);
  void check_map(const Node& node, const MapRule& rule, const Place& place);
  void check_other_key(const Entry& entry, const MapRule& rule, std::vector<std::string>& meant);
  void check_group(const Node& node, const KeyGroup& group, const Node& at, const Place& place, bool has_unknown);
  void check_count(const Node& at, std::size_t count, std::size_t min, std::size_t max, std::string_view noun,
                   const Place& place);

  Scope scope_;
  Diagnostics found_;
};

void Validator::report(Diagnostic diagnostic) {
  if (is_full()) return;
  if (found_.size() == diagnostics_max) {
    diagnostic = {.severity = Severity::error,
                  .at = {.file = diagnostic.at.file},
                  .message = fmt::format("more errors follow; only the first {} are shown", diagnostics_max),
                  .source_line = {},
                  .hint = {}};
  }
  found_.push_back(std::move(diagnostic));
}

void Validator::report_kind(const Node& node, const Shape& shape, const Place& place) {
  report(node.error(fmt::format("{} must be {}; {}", place.words(), describe(shape), found(node)),
                    example_hint(shape, place)));
}

void Validator::check(const Node& node, const Shape& written, const Place& place) {
  if (is_full()) return;
  const Shape& shape = scope_.resolve(written);
  const Scope::Inside inside(scope_, shape);
  if (std::holds_alternative<EitherRule>(shape->rule)) {
    check_either(node, shape, place);
  } else if (!scope_.accepts(shape, node.kind)) {
    report_kind(node, shape, place);
  } else if (const auto* list = std::get_if<ListRule>(&shape->rule)) {
    check_list(node, *list, place);
  } else if (const auto* map = std::get_if<MapRule>(&shape->rule)) {
    check_map(node, *map, place);
  } else if (node.kind == NodeKind::scalar) {
    check_scalar(node, shape, place);
  }
}

void Validator::check_scalar(const Node& node, const Shape& shape, const Place& place) {
  std::optional<std::string> hint = scalar_misfit(node, shape);
  if (!hint) return;
  if (hint->empty()) hint = example_hint(shape, place);
  report(node.error(fmt::format("{} must be {}; {}", place.words(), describe(shape), found(node)), std::move(*hint)));
}

// Of several scalar alternatives any may fit; of those that do not, the first with something to say gives the hint.
std::optional<std::string> Validator::scalar_misfit(const Node& node, const Shape& shape) const {
  const Rule& rule = scope_.resolve(shape)->rule;
  const auto* either = std::get_if<EitherRule>(&rule);
  if (either == nullptr) return misfit(node, rule);
  std::string hint;
  for (const Shape& alternative : either->alternatives) {
    const std::optional<std::string> why = scalar_misfit(node, alternative);
    if (!why) return std::nullopt;
    if (hint.empty()) hint = *why;
  }
  return hint;
}

void Validator::check_either(const Node& node, const Shape& shape, const Place& place) {
  const Shape* alternative = scope_.alternative_for(std::get<EitherRule>(shape->rule), node.kind);
  if (alternative == nullptr) return report_kind(node, shape, place);
  if (node.kind == NodeKind::scalar) return check_scalar(node, shape, place);
  check(node, *alternative, place);
}

void Validator::check_count(const Node& at, std::size_t count, std::size_t min, std::size_t max, std::string_view noun,
                            const Place& place) {
  if (count >= min && count <= max) return;
  const std::size_t bound = count < min ? min : max;
  report(at.error(fmt::format("{} must have at {} {} {}{}; it has {}", place.words(), count < min ? "least" : "most",
                              bound, noun, bound == 1 ? "" : "s", count)));
}

void Validator::check_list(const Node& node, const ListRule& rule, const Place& place) {
  check_count(node, node.items.size(), rule.count_min, rule.count_max, "item", place);
  for (std::size_t index = 0; index < node.items.size(); ++index) {
    if (is_full()) return;
    check(node.items[index], rule.item, {.key = place.key, .line = place.line, .item = index + 1});
  }
}

void Validator::check_map(const Node& node, const MapRule& rule, const Place& place) {
  // What is missing from a map is reported at the key it stands under, where there is one.
  const Node& at = place.key != nullptr && place.item == 0 ? *place.key : node;
  std::vector<std::string> meant;  // for each unknown key the nearest known one: not reported as missing too
  for (const Entry& entry : node.entries) {
    if (is_full()) return;
    const auto has_name = [&entry](const Key& key) { return key.name == entry.key.text; };
    const auto line = std::find_if(rule.keys.begin(), rule.keys.end(), has_name);
    if (line == rule.keys.end()) {
      check_other_key(entry, rule, meant);
      if (rule.other) check(entry.value, rule.other->value, {.key = &entry.key});
    } else {
      check(entry.value, line->shape, {.key = &entry.key, .line = &*line});
    }
  }
  const bool has_unknown = !meant.empty();
  for (const Key& key : rule.keys) {
    if (!key.is_required || node.has(key.name)) continue;
    if (std::find(meant.begin(), meant.end(), key.name) != meant.end()) continue;
    const std::string& example = key.example.empty() ? key.shape->example : key.example;
    report(at.error(fmt::format("missing key '{}' in {}", key.name, place.words()),
                    example.empty() ? std::string() : fmt::format("example: {}: {}", key.name, example)));
  }
  for (const KeyGroup& group : rule.groups) check_group(node, group, at, place, has_unknown);
  check_count(at, node.entries.size(), rule.count_min, rule.count_max, "key", place);
}

// A key that is not in the table: either of the shape that free keys have, or unknown.
void Validator::check_other_key(const Entry& entry, const MapRule& rule, std::vector<std::string>& meant) {
  std::optional<std::string> hint = "";
  if (rule.other) hint = scalar_misfit(entry.key, rule.other->key);
  if (!hint) return;
  std::vector<std::string_view> known;
  for (const Key& key : rule.keys) known.push_back(key.name);
  std::string expected = known.empty() ? std::string() : fmt::format("one of: {}", fmt::join(known, ", "));
  if (rule.other) expected += (expected.empty() ? "" : ", or ") + describe(rule.other->key);
  if (expected.empty()) expected = "no keys here";
  const std::string nearest = entry.key.text.size() <= word_max ? nearest_match(entry.key.text, known) : std::string();
  meant.push_back(nearest);
  if (entry.value.kind == NodeKind::null && entry.key.text.find(':') != std::string::npos) {
    hint = "a blank must follow the ':' between key and value";
  } else if (!nearest.empty()) {
    hint = fmt::format("did you mean '{}'?", nearest);
  }
  report(
      entry.key.error(fmt::format("unknown key {}; expected {}", quoted(entry.key.text), expected), std::move(*hint)));
}

void Validator::check_group(const Node& node, const KeyGroup& group, const Node& at, const Place& place,
                            bool has_unknown) {
  std::vector<const Entry*> present;
  for (const Entry& entry : node.entries) {
    const auto& keys = group.keys;
    if (std::find(keys.begin(), keys.end(), entry.key.text) != keys.end()) present.push_back(&entry);
  }
  const std::string keys = fmt::format("{}", fmt::join(group.keys, ", "));
  if (present.empty() && group.rule != GroupRule::at_most_one) {
    if (has_unknown) return;  // the unknown key is what was meant
    const std::string_view how_many = group.rule == GroupRule::exactly_one ? "exactly one" : "at least one";
    report(at.error(fmt::format("{} needs {} of: {}", place.words(), how_many, keys)));
  }
  if (present.size() > 1 && group.rule != GroupRule::at_least_one) {
    report(present[1]->key.error(fmt::format("'{}' and '{}' exclude each other; only one of: {}", present[0]->key.text,
                                             present[1]->key.text, keys)));
  }
}

}  // namespace

std::string quoted(std::string_view text) {
  constexpr std::size_t shown_max = 60;
  if (text.size() <= shown_max) return fmt::format("'{}'", printable(text));
  std::size_t length = shown_max;
  while (length > 0 && (static_cast<unsigned char>(text[length]) & 0xc0) == 0x80) --length;
  return fmt::format("'{}…'", printable(text.substr(0, length)));
}

Diagnostics validate(const Node& node, const Shape& shape) {
  Validator validator;
  validator.check(node, shape, {});
  Diagnostics found = validator.take();
  // An aliased value is checked wherever it is used but written once: its errors are shown once, in the file's order.
  const auto order = [](const Diagnostic& each) {
    return std::tuple(each.at.line == 0, each.at.line, each.at.column, std::string_view(each.message));
  };
  std::stable_sort(found.begin(), found.end(), [&](const auto& a, const auto& b) { return order(a) < order(b); });
  const auto same = [&](const auto& a, const auto& b) { return order(a) == order(b); };
  found.erase(std::unique(found.begin(), found.end(), same), found.end());
  return found;
}

Diagnostic unknown_name(const Node& node, std::string_view what, std::span<const std::string> known) {
  const std::vector<std::string_view> names(known.begin(), known.end());
  const std::string expected =
      known.empty() ? "none is defined" : fmt::format("expected one of: {}", fmt::join(known, ", "));
  return node.error(fmt::format("unknown {} {}; {}", what, quoted(node.text), expected),
                    nearest_hint(node.text, names));
}

}  // namespace watershed::yaml
