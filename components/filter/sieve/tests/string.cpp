// string: tests the value of strings, that is of variables. RFC 5229 §5.
#include "components/filter/sieve/compiler.hpp"
#include "components/filter/sieve/evaluation.hpp"
#include "components/filter/sieve/vocabulary.hpp"

namespace watershed::sieve {

namespace {

class StringTest final : public TestNode {
 public:
  bool holds(Evaluation& evaluation) const override {
    MatchRun run(evaluation, match);
    std::string storage;
    for (const Text& source : sources) {
      const std::string_view value = evaluation.expand(source, storage);
      // RFC 5229 §5: :count leaves out empty strings.
      if (match.type == MatchType::count && value.empty()) continue;
      if (run.offer(value)) return true;
    }
    return run.finish();
  }

  std::vector<Text> sources;
  Match match;
};

TestPointer compile_string(Compiler& compiler, const ast::Node&, const Bound& bound) {
  auto test = std::make_unique<StringTest>();
  test->sources = compiler.texts(*bound.positional[0]);
  auto match = compiler.match(bound, *bound.positional[1]);
  if (!match) return nullptr;
  test->match = std::move(*match);
  return test;
}

}  // namespace

std::vector<TestDefinition> string_tests() {
  return {{"string",
           Extension::variables,
           {match_tags(), {ValueKind::string_list, ValueKind::string_list}},
           compile_string}};
}

}  // namespace watershed::sieve
