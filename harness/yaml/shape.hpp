// What may be written in a YAML file, as a table: the one truth for validation, defaults, JSON Schema and
// documentation.
//
//   const Shape send = map({
//       required("to", address(), "RFC5321.RcptTo of the message.", "autodrm@ctbto.int"),
//       optional("after", duration(), "Waits this long first.", "200ms"),
//       defaulted("count", integer(1, 1'000'000), "1", "How many copies are sent."),
//   });
//   const Shape step = named("step", choice({              // a map with exactly one of these keys
//       optional("send", send, "Sends one message."),
//       optional("repeat", list_of(reference("step")), "Steps done again."),
//   }));
//
// A Shape is a cheap, immutable handle: build once, copy freely, use from any thread.
#pragma once

#include "harness/yaml/pattern.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace watershed::yaml {

struct Node;
struct ShapeBody;

class Shape {
 public:
  explicit Shape(ShapeBody body);

  const ShapeBody* operator->() const { return body_.get(); }
  const ShapeBody& operator*() const { return *body_; }

  /// The same shape with a sentence for the documentation, or with an example in YAML (shown when a value is wrong).
  Shape about(std::string sentence) const;
  Shape example(std::string yaml) const;

  /// Lists and maps: how many items or entries there may be.
  Shape sized(std::size_t count_min, std::size_t count_max = std::numeric_limits<std::size_t>::max()) const;

  /// Maps: rules about which of the optional keys go together.
  Shape exactly_one_of(std::vector<std::string> keys) const;
  Shape at_least_one_of(std::vector<std::string> keys) const;
  Shape at_most_one_of(std::vector<std::string> keys) const;

  /// Maps: beside the fixed keys, any key of (scalar) shape `key` may stand, with a value of shape `value`.
  Shape other_keys(Shape key, Shape value) const;

 private:
  std::shared_ptr<const ShapeBody> body_;
};

struct TextRule {
  std::optional<Pattern> pattern;  ///< the whole text must match
  std::string what = "text";       ///< what the text is, with its article: "a host name"
  bool may_be_empty = false;
};
struct IntegerRule {
  std::int64_t min, max;
};
struct NumberRule {
  double min, max;
};
struct BooleanRule {};
struct DurationRule {
  std::chrono::nanoseconds min, max;
};
struct SizeRule {
  std::uint64_t bytes_min, bytes_max;
};
struct RateRule {};
struct EnumerationRule {
  std::vector<std::string> members;
};
struct AddressRule {};
struct IpAddressRule {};
struct AnythingRule {};
struct ListRule {
  Shape item;
  std::size_t count_min = 0;
  std::size_t count_max = std::numeric_limits<std::size_t>::max();
};

/// One line of the table: a key that a map may or must have.
struct Key {
  std::string name;
  Shape shape;
  bool is_required = false;
  std::string doc;                            ///< one sentence
  std::string example;                        ///< the value in YAML; may be empty
  std::string default_text;                   ///< the value in YAML that stands in when the key is absent; may be empty
  std::shared_ptr<const Node> default_value;  ///< default_text, parsed
};
struct OtherKeys {
  Shape key;
  Shape value;
};
enum class GroupRule { exactly_one, at_least_one, at_most_one };
struct KeyGroup {
  GroupRule rule;
  std::vector<std::string> keys;
};
struct MapRule {
  std::vector<Key> keys;
  std::optional<OtherKeys> other;
  std::vector<KeyGroup> groups;
  std::size_t count_min = 0;
  std::size_t count_max = std::numeric_limits<std::size_t>::max();
};

/// Alternatives that differ in kind: any number of scalars, at most one list, at most one map.
struct EitherRule {
  std::vector<Shape> alternatives;
};
/// The enclosing shape of that name.
struct ReferenceRule {
  std::string name;
};

using Rule =
    std::variant<TextRule, IntegerRule, NumberRule, BooleanRule, DurationRule, SizeRule, RateRule, EnumerationRule,
                 AddressRule, IpAddressRule, AnythingRule, ListRule, MapRule, EitherRule, ReferenceRule>;

struct ShapeBody {
  Rule rule;
  std::string name;  ///< set by named(): the entry in the schema's $defs
  std::string doc;
  std::string example;
};

// Scalars. A plain `~` or nothing at all is no text; quotes make anything text.
Shape text();
Shape text_or_empty();
/// Text that matches `pattern` as a whole (see pattern.hpp); `what` names it: "a host name".
Shape text_matching(std::string pattern, std::string what, std::string example);
Shape integer(std::int64_t min = std::numeric_limits<std::int64_t>::min(),
              std::int64_t max = std::numeric_limits<std::int64_t>::max());
Shape number(double min = std::numeric_limits<double>::lowest(), double max = std::numeric_limits<double>::max());
Shape boolean();
/// `200ms`, `5s`, `1.5h`, `5d`: see scalar.hpp.
Shape duration(std::chrono::nanoseconds min = std::chrono::nanoseconds::zero(),
               std::chrono::nanoseconds max = std::chrono::nanoseconds::max());
/// `512B`, `10KB`, `1MiB`.
Shape size(std::uint64_t bytes_min = 0, std::uint64_t bytes_max = std::numeric_limits<std::uint64_t>::max());
/// `50/s`, `1200/h`.
Shape rate();
Shape enumeration(std::vector<std::string> members);
Shape address();     ///< RFC 5321 mailbox, no angle brackets
Shape ip_address();  ///< IPv4 or IPv6
Shape anything();    ///< not looked into

// Structures.
Shape list_of(Shape item);
Shape one_or_many(Shape item);  ///< `x` or `[x, y]`; read with items_of()
Shape map(std::vector<Key> keys);
Shape map_of(Shape key, Shape value);  ///< free keys
Shape choice(std::vector<Key> keys);   ///< a map with exactly one of these (optional) keys
Shape either(std::vector<Shape> alternatives);

/// Recursion: inside a shape made by `named(n, …)`, `reference(n)` means that shape again.
Shape named(std::string name, Shape shape);
Shape reference(std::string name);

// Lines of a map's table. `doc` is one sentence; `example` and `default_text` are YAML.
Key required(std::string name, Shape shape, std::string doc, std::string example = {});
Key optional(std::string name, Shape shape, std::string doc, std::string example = {});
Key defaulted(std::string name, Shape shape, std::string default_text, std::string doc, std::string example = {});

/// What is expected, for error messages: "a duration such as 5s", "one of: a, b", "a list or a map".
std::string describe(const Shape& shape);

}  // namespace watershed::yaml
