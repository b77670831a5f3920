// error (RFC 5463 §5) and debug_log (Dovecot's own, for authors of scripts).
#include "base/text.hpp"
#include "components/filter/sieve/compiler.hpp"
#include "components/filter/sieve/evaluation.hpp"
#include "components/filter/sieve/vocabulary.hpp"

namespace watershed::sieve {

namespace {

class ErrorCommand final : public CommandNode {
 public:
  Flow run(Evaluation& evaluation) const override {
    evaluation.take(number);
    evaluation.fail(at, printable(evaluation.expanded(text)));
    return Flow::stop;
  }

  Text text;
};

class DebugLogCommand final : public CommandNode {
 public:
  Flow run(Evaluation& evaluation) const override {
    evaluation.take(number);
    evaluation.note(at, "DEBUG: " + evaluation.expanded(text));
    return Flow::next;
  }

  Text text;
};

template <class Command>
CommandPointer compile_text(Compiler& compiler, const ast::Node&, const Bound& bound) {
  auto command = std::make_unique<Command>();
  command->text = compiler.text(*bound.positional[0]);
  return command;
}

}  // namespace

std::vector<CommandDefinition> other_commands() {
  return {{"error", Extension::ihave, {{}, {ValueKind::string}}, compile_text<ErrorCommand>},
          {"debug_log", Extension::dovecot_debug, {{}, {ValueKind::string}}, compile_text<DebugLogCommand>}};
}

}  // namespace watershed::sieve
