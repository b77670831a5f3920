// Tests on the bench's errors and actions. See texts.hpp.
#include "components/filter/sieve/svtest/texts.hpp"

#include "components/filter/sieve/compiler.hpp"
#include "components/filter/sieve/evaluation.hpp"
#include "components/filter/sieve/svtest/bench.hpp"

namespace watershed::sieve {

namespace {

/// test_error and test_result_action: a list of texts against keys.
class TextsTest final : public TestNode {
 public:
  bool holds(Evaluation& evaluation) const override {
    MatchRun run(evaluation, match);
    const std::vector<std::string> texts = list(evaluation);
    if (choice.number > 0) {
      if (choice.number > texts.size()) return run.finish();
      return run.offer(std::string_view(texts[choice.number - 1])) || run.finish();
    }
    for (const std::string& text : texts) {
      if (run.offer(std::string_view(text))) return true;
    }
    return run.finish();
  }

  std::vector<std::string> (*list)(Evaluation&) = nullptr;
  FieldChoice choice;
  Match match;
};

struct ActionName {
  std::string operator()(const Keep&) const { return "keep"; }
  std::string operator()(const FileInto&) const { return "store"; }
  std::string operator()(const Redirect&) const { return "redirect"; }
  std::string operator()(const Discard&) const { return "discard"; }
  std::string operator()(const Reject&) const { return "reject"; }
  std::string operator()(const Vacation&) const { return "vacation"; }
  std::string operator()(const Notify&) const { return "notify"; }
};

TestPointer compile_texts(Compiler& compiler, const ast::Node& node, const Bound& bound) {
  auto test = std::make_unique<TextsTest>();
  if (node.name == "test_error") {
    test->list = [](Evaluation& e) { return e.bench()->errors(); };
  } else {
    test->list = [](Evaluation& e) {
      std::vector<std::string> names;
      for (const Action& action : e.actions().all()) names.push_back(std::visit(ActionName{}, action.what));
      return names;
    };
  }
  test->choice = compiler.field_choice(bound);
  auto match = compiler.match(bound, *bound.positional[0]);
  if (!match) return nullptr;
  test->match = std::move(*match);
  return test;
}

}  // namespace

std::vector<TestDefinition> bench_text_tests() {
  std::vector<TestDefinition> out;
  const Tags index = {{":index", Extension::core, TagGroup::free, ValueKind::number}};
  for (const std::string_view name : {"test_error", "test_result_action"}) {
    out.push_back(
        {name, Extension::dovecot_testsuite, {joined({match_tags(), index}), {ValueKind::string_list}}, compile_texts});
  }
  return out;
}

}  // namespace watershed::sieve
