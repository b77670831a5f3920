// allof, anyof, not, true, false, size. RFC 5228 §5.2, §5.3, §5.6, §5.8, §5.9, §5.10.
#include "components/filter/sieve/compiler.hpp"
#include "components/filter/sieve/evaluation.hpp"
#include "components/filter/sieve/vocabulary.hpp"

#include <algorithm>

namespace watershed::sieve {

namespace {

class ListTest final : public TestNode {
 public:
  explicit ListTest(bool wants_all) : wants_all_(wants_all) {}

  // Left to right and no further than needed: RFC 5229 §3.2 makes that visible through match values.
  bool holds(Evaluation& evaluation) const override {
    if (constant) return *constant;
    const auto holds_one = [&](const TestPointer& test) { return evaluation.holds(*test); };
    return wants_all_ ? std::all_of(tests.begin(), tests.end(), holds_one)
                      : std::any_of(tests.begin(), tests.end(), holds_one);
  }

  // Of allof only the first test is sure to be asked.
  bool add_conditions(std::vector<KeyCondition>& conditions) const override {
    if (constant || tests.empty()) return false;
    const auto adds = [&](const TestPointer& test) { return test->add_conditions(conditions); };
    return wants_all_ ? adds(tests.front()) : std::all_of(tests.begin(), tests.end(), adds);
  }

  std::vector<TestPointer> tests;

 private:
  bool wants_all_;
};

class NotTest final : public TestNode {
 public:
  explicit NotTest(TestPointer test) : test_(std::move(test)) {}
  bool holds(Evaluation& evaluation) const override { return !evaluation.holds(*test_); }

 private:
  TestPointer test_;
};

class ConstantTest final : public TestNode {
 public:
  explicit ConstantTest(bool value) : value_(value) {}
  bool holds(Evaluation&) const override { return value_; }

 private:
  bool value_;
};

class SizeTest final : public TestNode {
 public:
  // RFC 5228 §5.9: exactly the given size is neither over nor under.
  bool holds(Evaluation& evaluation) const override {
    const std::uint64_t size = evaluation.message().size_octets();
    return is_over ? size > octets : size < octets;
  }

  std::uint64_t octets = 0;
  bool is_over = false;
};

template <bool wants_all>
TestPointer compile_list(Compiler& compiler, const ast::Node& node, const Bound&) {
  auto list = std::make_unique<ListTest>(wants_all);
  bool has_faults = false;
  bool all_neutral = true;  // allof of what always holds always holds, and so on
  for (const ast::Node& inner : node.tests) {
    TestPointer test = compiler.test(inner);
    if (!test) {
      all_neutral = false;
      has_faults = true;
      continue;
    }
    // What decides is the last: nothing behind it is run, and so nothing is looked at (RFC 5463 §4).
    if (test->constant == !wants_all && !has_faults) {
      list->constant = !wants_all;
      return list;
    }
    all_neutral = all_neutral && test->constant == wants_all;
    list->tests.push_back(std::move(test));
  }
  if (all_neutral) list->constant = wants_all;
  return list;
}

TestPointer compile_not(Compiler& compiler, const ast::Node& node, const Bound&) {
  TestPointer inner = compiler.only_test(node);
  if (!inner) return nullptr;
  const auto constant = inner->constant;
  auto test = std::make_unique<NotTest>(std::move(inner));
  if (constant) test->constant = !*constant;
  return test;
}

template <bool value>
TestPointer compile_constant(Compiler&, const ast::Node&, const Bound&) {
  auto test = std::make_unique<ConstantTest>(value);
  test->constant = value;
  return test;
}

TestPointer compile_size(Compiler& compiler, const ast::Node& node, const Bound& bound) {
  const BoundTag* limit = bound.group(TagGroup::size_bound);
  if (limit == nullptr) {
    compiler.error(node.at, "the test 'size' needs ':over' or ':under' and a number");
    return nullptr;
  }
  auto test = std::make_unique<SizeTest>();
  test->octets = limit->value->number;
  test->is_over = limit->definition->name == ":over";
  return test;
}

}  // namespace

std::vector<TestDefinition> logic_tests() {
  const Tags bounds = {{":over", Extension::core, TagGroup::size_bound, ValueKind::number},
                       {":under", Extension::core, TagGroup::size_bound, ValueKind::number}};
  return {{"allof", Extension::core, {{}, {}, 0, TestsWanted::list, false}, compile_list<true>},
          {"anyof", Extension::core, {{}, {}, 0, TestsWanted::list, false}, compile_list<false>},
          {"not", Extension::core, {{}, {}, 0, TestsWanted::one, false}, compile_not},
          {"true", Extension::core, {}, compile_constant<true>},
          {"false", Extension::core, {}, compile_constant<false>},
          {"size", Extension::core, {bounds, {}}, compile_size}};
}

}  // namespace watershed::sieve
