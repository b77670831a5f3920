// valid_ext_list: whether lists outside of the script are there. RFC 6134 §2.6.
#include "components/filter/sieve/compiler.hpp"
#include "components/filter/sieve/evaluation.hpp"
#include "components/filter/sieve/vocabulary.hpp"

#include <algorithm>

namespace watershed::sieve {

namespace {

class ValidListTest final : public TestNode {
 public:
  bool holds(Evaluation& evaluation) const override {
    const ExternalLists* const known = evaluation.input().lists;
    return known != nullptr && std::all_of(lists.begin(), lists.end(),
                                           [&](const Text& list) { return known->exists(evaluation.expanded(list)); });
  }

  std::vector<Text> lists;
};

TestPointer compile_valid_list(Compiler& compiler, const ast::Node&, const Bound& bound) {
  auto test = std::make_unique<ValidListTest>();
  test->lists = compiler.texts(*bound.positional[0]);
  return test;
}

}  // namespace

std::vector<TestDefinition> list_tests() {
  return {{"valid_ext_list", Extension::extlists, {{}, {ValueKind::string_list}}, compile_valid_list}};
}

}  // namespace watershed::sieve
