// reject and ereject: refuse the message with a reason. RFC 5429.
#include "components/filter/sieve/compiler.hpp"
#include "components/filter/sieve/evaluation.hpp"
#include "components/filter/sieve/vocabulary.hpp"

namespace watershed::sieve {

namespace {

class RejectCommand final : public CommandNode {
 public:
  Flow run(Evaluation& evaluation) const override {
    evaluation.take(number);
    evaluation.act(at, Reject{evaluation.expanded(reason), is_ereject});
    return Flow::next;
  }

  Text reason;
  bool is_ereject = false;
};

template <bool is_ereject>
CommandPointer compile_reject(Compiler& compiler, const ast::Node&, const Bound& bound) {
  auto command = std::make_unique<RejectCommand>();
  command->reason = compiler.text(*bound.positional[0]);
  command->is_ereject = is_ereject;
  return command;
}

}  // namespace

std::vector<CommandDefinition> reject_commands() {
  return {{"reject", Extension::reject, {{}, {ValueKind::string}}, compile_reject<false>},
          {"ereject", Extension::ereject, {{}, {ValueKind::string}}, compile_reject<true>}};
}

}  // namespace watershed::sieve
