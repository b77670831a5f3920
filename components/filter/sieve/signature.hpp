// What a command or test takes, as data; and the check of a parsed node against it. RFC 5228 §2.6.
#pragma once

#include "components/filter/sieve/ast.hpp"
#include "components/filter/sieve/extension.hpp"
#include "components/filter/sieve/report.hpp"

#include <initializer_list>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace watershed::sieve {

enum class ValueKind { number, string, string_list };

/// Of each group but `free` one tag at most may be given (RFC 5228 §2.7.1: two match types are an error).
enum class TagGroup {
  free,
  match_type,
  comparator,
  address_part,
  size_bound,
  zone,
  period,
  location,
  body_part,
  mime_part,
  unique
};

struct TagDefinition {
  std::string_view name;  ///< with its colon
  Extension extension = Extension::core;
  TagGroup group = TagGroup::free;
  std::optional<ValueKind> value;  ///< what must follow the tag
};

using Tags = std::vector<TagDefinition>;

/// RFC 5228 §2.7.1, RFC 5231 §3, draft-ietf-sieve-regex; with :comparator.
Tags match_tags();
/// RFC 5228 §2.7.4, RFC 5233 §4.
Tags address_part_tags();
/// RFC 5260 §6.
Tags index_tags();
Tags joined(std::initializer_list<Tags> parts);

enum class TestsWanted { none, one, list };

struct Signature {
  Tags tags;
  std::vector<ValueKind> positional;
  /// How many of the first positional arguments may be left out (imap4flags' variable name).
  std::size_t optional_first = 0;
  TestsWanted tests = TestsWanted::none;
  bool block = false;
  /// How many of the last positional arguments may be left out.
  std::size_t optional_last = 0;
};

struct BoundTag {
  const TagDefinition* definition = nullptr;
  const ast::Argument* value = nullptr;
  Place at;
};

/// The arguments of a node that fits its signature. Points into the node and the signature.
struct Bound {
  std::vector<BoundTag> tags;
  std::vector<const ast::Argument*> positional;  ///< as in the signature; nullptr where left out

  const BoundTag* tag(std::string_view name) const;
  const BoundTag* group(TagGroup group) const;
};

/// Nothing when the node does not fit; the report then says why. `kind` is "command" or "test"; `reported` holds the
/// unknown words that were reported already.
std::optional<Bound> bind_arguments(const ast::Node& node, std::string_view kind, const Signature& signature,
                                    const ExtensionSet& required, Report& report, std::set<std::string>& reported);

}  // namespace watershed::sieve
