// Checks a node against its signature. See signature.hpp.
#include "components/filter/sieve/signature.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::sieve {

namespace {

std::string_view describe(ValueKind kind) {
  switch (kind) {
    case ValueKind::number:
      return "a number";
    case ValueKind::string:
      return "a string";
    case ValueKind::string_list:
      break;
  }
  return "a string or a list of strings";
}

std::string_view describe(ast::ArgumentKind kind) {
  switch (kind) {
    case ast::ArgumentKind::number:
      return "a number";
    case ast::ArgumentKind::string:
      return "a string";
    case ast::ArgumentKind::string_list:
      return "a list of strings";
    case ast::ArgumentKind::tag:
      break;
  }
  return "a tag";
}

bool fits(const ast::Argument& argument, ValueKind wanted) {
  switch (wanted) {
    case ValueKind::number:
      return argument.kind == ast::ArgumentKind::number;
    case ValueKind::string:
      return argument.kind == ast::ArgumentKind::string;
    case ValueKind::string_list:
      break;
  }
  return argument.kind == ast::ArgumentKind::string || argument.kind == ast::ArgumentKind::string_list;
}

class Binder {
 public:
  Binder(const ast::Node& node, std::string_view kind, const Signature& signature, const ExtensionSet& required,
         Report& report, std::set<std::string>& reported)
      : node_(node), kind_(kind), signature_(signature), required_(required), report_(report), reported_(reported) {}

  std::optional<Bound> bind() {
    std::size_t next = 0;
    while (next < node_.arguments.size() && node_.arguments[next].kind == ast::ArgumentKind::tag) next = tag(next);
    positional(next);
    structure();
    if (failed_) return std::nullopt;
    return std::move(bound_);
  }

 private:
  std::string what() const { return fmt::format("the {} {}", node_.name, kind_); }

  void fail(Place at, std::string message, std::string hint = {}) {
    failed_ = true;
    report_.error(at, std::move(message), std::move(hint));
  }

  const TagDefinition* find(const ast::Argument& argument) {
    const auto found = std::find_if(signature_.tags.begin(), signature_.tags.end(),
                                    [&](const TagDefinition& tag) { return tag.name == argument.tag; });
    if (found == signature_.tags.end() || !required_.contains(found->extension)) {
      failed_ = true;
      if (!reported_.insert(fmt::format("{} {} {}", kind_, node_.name, argument.tag)).second) return nullptr;
    }
    if (found == signature_.tags.end()) {
      std::vector<std::string_view> names;
      for (const TagDefinition& tag : signature_.tags) names.push_back(tag.name);
      const std::string near = nearest_match(argument.tag, names);
      fail(argument.at,
           fmt::format("unknown tagged argument '{}' for {} (reported only once at first occurrence)", argument.tag,
                       what()),
           near.empty() ? std::string{} : fmt::format("did you mean '{}'?", near));
      return nullptr;
    }
    if (!required_.contains(found->extension)) {
      fail(argument.at,
           fmt::format("unknown tagged argument '{}' for {} without the capability \"{}\"", argument.tag, what(),
                       name(found->extension)),
           fmt::format("add at the top: require [\"{}\"];", name(found->extension)));
      return nullptr;
    }
    return &*found;
  }

  /// Index of the argument behind the tag and its value.
  std::size_t tag(std::size_t index) {
    const ast::Argument& argument = node_.arguments[index];
    const TagDefinition* definition = find(argument);
    if (definition == nullptr) return index + 1;
    const BoundTag* other =
        definition->group == TagGroup::free ? bound_.tag(definition->name) : bound_.group(definition->group);
    if (other != nullptr) {
      fail(argument.at, other->definition == definition
                            ? fmt::format("encountered duplicate '{}' for {}", argument.tag, what())
                            : fmt::format("encountered '{}' beside '{}' for {}: they exclude each other", argument.tag,
                                          other->definition->name, what()));
    }
    BoundTag bound{definition, nullptr, argument.at};
    if (definition->value) {
      if (index + 1 >= node_.arguments.size() || !fits(node_.arguments[index + 1], *definition->value)) {
        fail(argument.at, fmt::format("the {} tag for {} requires {} as parameter", argument.tag, what(),
                                      describe(*definition->value)));
        bound_.tags.push_back(bound);
        return index + 1;
      }
      bound.value = &node_.arguments[++index];
    }
    bound_.tags.push_back(bound);
    return index + 1;
  }

  void positional(std::size_t first) {
    const std::size_t given = node_.arguments.size() - first;
    for (std::size_t index = first; index < node_.arguments.size(); ++index) {
      if (node_.arguments[index].kind != ast::ArgumentKind::tag) continue;
      // RFC 5228 §2.6.2: tagged arguments stand before the positional ones.
      fail(node_.arguments[index].at,
           fmt::format("encountered an unexpected tagged argument '{}' among the positional arguments of {}",
                       node_.arguments[index].tag, what()));
      return;
    }
    const std::size_t wanted = signature_.positional.size();
    const std::size_t optional = signature_.optional_first + signature_.optional_last;
    if (given > wanted || given + optional < wanted) {
      // One wrong tag leaves its value behind; saying "too many" then would only confuse.
      if (failed_) return;
      fail(given > wanted ? node_.arguments[first + wanted].at : node_.at,
           fmt::format("{} requires {}{} positional argument{}, but {} {} specified", what(),
                       optional > 0 ? "at most " : "", wanted, wanted == 1 ? "" : "(s)", given,
                       given == 1 ? "is" : "are"));
      return;
    }
    const std::size_t left_out = signature_.optional_first > 0 ? wanted - given : 0;
    bound_.positional.assign(left_out, nullptr);
    for (std::size_t index = 0; index < given; ++index) {
      const ast::Argument& argument = node_.arguments[first + index];
      const ValueKind kind = signature_.positional[left_out + index];
      if (!fits(argument, kind)) {
        fail(argument.at, fmt::format("{} expects {} as argument {}, but {} was found", what(), describe(kind),
                                      index + 1, describe(argument.kind)));
        return;
      }
      bound_.positional.push_back(&argument);
    }
    bound_.positional.resize(wanted, nullptr);
  }

  void structure() {
    const Place at = node_.at;
    if (signature_.tests == TestsWanted::none && !node_.tests.empty()) {
      const ast::Node& test = node_.tests.front();
      fail(test.at, fmt::format("{} accepts no sub-tests, but tests are specified: '{}'", what(), test.name),
           kind_ == "command" ? "is a semicolon ';' missing before it?" : "");
    }
    if (signature_.tests == TestsWanted::one && (node_.tests.size() != 1 || node_.has_test_list)) {
      fail(at, fmt::format("{} requires one sub-test, but {} specified", what(),
                           node_.has_test_list ? "a list of tests is" : "none is"));
    }
    if (signature_.tests == TestsWanted::list && !node_.has_test_list) {
      fail(at, fmt::format("{} requires a list of sub-tests, but {} specified", what(),
                           node_.tests.empty() ? "none is" : "a single test is"));
    }
    if (signature_.block && !node_.has_block) fail(at, what() + " requires a command block, but it is missing");
    if (!signature_.block && node_.has_block) {
      fail(at, what() + " does not accept a command block, but one is specified anyway");
    }
  }

  const ast::Node& node_;
  std::string_view kind_;
  const Signature& signature_;
  const ExtensionSet& required_;
  Report& report_;
  std::set<std::string>& reported_;
  Bound bound_;
  bool failed_ = false;
};

}  // namespace

Tags match_tags() {
  return {{":is", Extension::core, TagGroup::match_type, {}},
          {":contains", Extension::core, TagGroup::match_type, {}},
          {":matches", Extension::core, TagGroup::match_type, {}},
          {":regex", Extension::regex, TagGroup::match_type, {}},
          {":count", Extension::relational, TagGroup::match_type, ValueKind::string},
          {":value", Extension::relational, TagGroup::match_type, ValueKind::string},
          {":list", Extension::extlists, TagGroup::match_type, {}},
          {":comparator", Extension::core, TagGroup::comparator, ValueKind::string}};
}

Tags address_part_tags() {
  return {{":all", Extension::core, TagGroup::address_part, {}},
          {":localpart", Extension::core, TagGroup::address_part, {}},
          {":domain", Extension::core, TagGroup::address_part, {}},
          {":user", Extension::subaddress, TagGroup::address_part, {}},
          {":detail", Extension::subaddress, TagGroup::address_part, {}}};
}

Tags index_tags() {
  return {{":index", Extension::index, TagGroup::free, ValueKind::number},
          {":last", Extension::index, TagGroup::free, {}}};
}

Tags joined(std::initializer_list<Tags> parts) {
  Tags all;
  for (const Tags& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

const BoundTag* Bound::tag(std::string_view name) const {
  const auto found =
      std::find_if(tags.begin(), tags.end(), [&](const BoundTag& tag) { return tag.definition->name == name; });
  return found == tags.end() ? nullptr : &*found;
}

const BoundTag* Bound::group(TagGroup group) const {
  const auto found =
      std::find_if(tags.begin(), tags.end(), [&](const BoundTag& tag) { return tag.definition->group == group; });
  return found == tags.end() ? nullptr : &*found;
}

std::optional<Bound> bind_arguments(const ast::Node& node, std::string_view kind, const Signature& signature,
                                    const ExtensionSet& required, Report& report, std::set<std::string>& reported) {
  return Binder(node, kind, signature, required, report, reported).bind();
}

}  // namespace watershed::sieve
