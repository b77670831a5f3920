// environment (RFC 5183) and ihave (RFC 5463).
#include "components/filter/sieve/environment.hpp"
#include "components/filter/sieve/compiler.hpp"
#include "components/filter/sieve/evaluation.hpp"
#include "components/filter/sieve/vocabulary.hpp"

#include <algorithm>

namespace watershed::sieve {

namespace {

class EnvironmentTest final : public TestNode {
 public:
  // RFC 5183 §4: an item that is not known makes the test false, whatever the match type.
  bool holds(Evaluation& evaluation) const override {
    const auto item = environment_item(evaluation.input(), evaluation.expanded(name));
    if (!item) return false;
    MatchRun run(evaluation, match);
    return run.offer(std::string_view(*item)) || run.finish();
  }

  Text name;
  Match match;
};

/// What a site has is known when a script is compiled, so this is a constant.
class IhaveTest final : public TestNode {
 public:
  explicit IhaveTest(bool value) { constant = value; }
  bool holds(Evaluation&) const override { return *constant; }
};

TestPointer compile_environment(Compiler& compiler, const ast::Node&, const Bound& bound) {
  auto test = std::make_unique<EnvironmentTest>();
  test->name = compiler.text(*bound.positional[0]);
  auto match = compiler.match(bound, *bound.positional[1]);
  if (!match) return nullptr;
  test->match = std::move(*match);
  return test;
}

// RFC 5463 §4: true when all are there; they are then as good as required.
TestPointer compile_ihave(Compiler& compiler, const ast::Node&, const Bound& bound) {
  const auto& names = bound.positional[0]->strings;
  const bool has_all = std::all_of(names.begin(), names.end(),
                                   [&](const ast::StringLiteral& name) { return compiler.has_capability(name.text); });
  if (has_all) {
    for (const ast::StringLiteral& name : names) compiler.enable(*find_extension(name.text));
  }
  return std::make_unique<IhaveTest>(has_all);
}

}  // namespace

std::vector<TestDefinition> environment_tests() {
  return {{"environment",
           Extension::environment,
           {match_tags(), {ValueKind::string, ValueKind::string_list}},
           compile_environment},
          {"ihave", Extension::ihave, {{}, {ValueKind::string_list}}, compile_ihave}};
}

}  // namespace watershed::sieve
