// duplicate: whether a message like this one came before. RFC 7352.
#include "base/text.hpp"
#include "components/filter/sieve/compiler.hpp"
#include "components/filter/sieve/evaluation.hpp"
#include "components/filter/sieve/vocabulary.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::sieve {

namespace {

class DuplicateTest final : public TestNode {
 public:
  bool holds(Evaluation& evaluation) const override {
    const auto unique_id = id(evaluation);
    // RFC 7352 §3.1: a message without the field is never a duplicate.
    if (!unique_id) return false;
    const std::string key =
        fmt::format("duplicate {}\n{}", handle ? evaluation.expanded(*handle) : std::string(), *unique_id);
    const bool is_duplicate = evaluation.remembers(key);
    // RFC 7352 §3: the period starts with the first message, with :last anew with each.
    if (!is_duplicate || is_last) evaluation.remember(key, period_seconds);
    return is_duplicate;
  }

  std::optional<Text> header;
  std::optional<Text> unique;
  std::optional<Text> handle;
  std::int64_t period_seconds = 0;
  bool is_last = false;

 private:
  std::optional<std::string> id(Evaluation& evaluation) const {
    if (unique) return evaluation.expanded(*unique);
    const std::string name = header ? evaluation.expanded(*header) : "Message-ID";
    for (IndexedField& field : evaluation.headers().fields()) {
      if (equal_ignoring_case(field.name(), name)) return std::string(field.text());
    }
    return std::nullopt;
  }
};

TestPointer compile_duplicate(Compiler& compiler, const ast::Node&, const Bound& bound) {
  auto test = std::make_unique<DuplicateTest>();
  const Limits& limits = compiler.limits();
  const auto text = [&](std::string_view name) -> std::optional<Text> {
    const BoundTag* tag = bound.tag(name);
    if (tag == nullptr) return std::nullopt;
    return compiler.text(*tag->value);
  };
  test->header = text(":header");
  test->unique = text(":uniqueid");
  test->handle = text(":handle");
  test->is_last = bound.tag(":last") != nullptr;
  test->period_seconds = limits.duplicate_seconds_default;
  if (const BoundTag* tag = bound.tag(":seconds")) {
    const auto most = static_cast<std::uint64_t>(limits.duplicate_seconds_max);
    if (most > 0 && tag->value->number > most) {
      compiler.warning(tag->value->at,
                       fmt::format("specified :seconds value '{}' is over the maximum", tag->value->number));
    }
    test->period_seconds =
        static_cast<std::int64_t>(most > 0 ? std::min(tag->value->number, most) : tag->value->number);
  }
  return test;
}

}  // namespace

std::vector<TestDefinition> duplicate_tests() {
  const Tags tags = {{":header", Extension::core, TagGroup::unique, ValueKind::string},
                     {":uniqueid", Extension::core, TagGroup::unique, ValueKind::string},
                     {":handle", Extension::core, TagGroup::free, ValueKind::string},
                     {":seconds", Extension::core, TagGroup::free, ValueKind::number},
                     {":last", Extension::core, TagGroup::free, {}}};
  return {{"duplicate", Extension::duplicate, {tags, {}}, compile_duplicate}};
}

}  // namespace watershed::sieve
