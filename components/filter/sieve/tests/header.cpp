// header and exists. RFC 5228 §5.5, §5.7.
#include "components/filter/sieve/tests/fields.hpp"
#include "components/filter/sieve/vocabulary.hpp"

namespace watershed::sieve {

namespace {

class HeaderTest final : public TestNode {
 public:
  bool holds(Evaluation& evaluation) const override {
    MatchRun run(evaluation, match);
    return any_chosen_field(evaluation, names, choice, [&](IndexedField& field) { return run.offer(field); }) ||
           run.finish();
  }

  std::vector<HeaderName> names;
  FieldChoice choice;
  Match match;
};

class ExistsTest final : public TestNode {
 public:
  // RFC 5228 §5.5: all of the fields must be there.
  bool holds(Evaluation& evaluation) const override {
    for (const std::vector<HeaderName>& name : names) {
      if (!any_named_field(evaluation, name, [](IndexedField&) { return true; })) return false;
    }
    return true;
  }

  std::vector<std::vector<HeaderName>> names;  // one each
};

TestPointer compile_header(Compiler& compiler, const ast::Node&, const Bound& bound) {
  auto test = std::make_unique<HeaderTest>();
  test->names = compiler.header_names(*bound.positional[0]);
  test->choice = compiler.field_choice(bound);
  auto match = compiler.match(bound, *bound.positional[1]);
  if (!match) return nullptr;
  test->match = std::move(*match);
  return test;
}

TestPointer compile_exists(Compiler& compiler, const ast::Node&, const Bound& bound) {
  auto test = std::make_unique<ExistsTest>();
  for (HeaderName& name : compiler.header_names(*bound.positional[0])) test->names.push_back({std::move(name)});
  return test;
}

}  // namespace

std::vector<TestDefinition> header_tests() {
  const Tags tags = joined({match_tags(), index_tags()});
  return {{"header", Extension::core, {tags, {ValueKind::string_list, ValueKind::string_list}}, compile_header},
          {"exists", Extension::core, {{}, {ValueKind::string_list}}, compile_exists}};
}

}  // namespace watershed::sieve
