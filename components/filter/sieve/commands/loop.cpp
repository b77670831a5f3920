// foreverypart and break: commands for each part of a message. RFC 5703 §3.
#include "components/filter/sieve/compiler.hpp"
#include "components/filter/sieve/evaluation.hpp"
#include "components/filter/sieve/mime_part.hpp"
#include "components/filter/sieve/vocabulary.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::sieve {

namespace {

void add_descendants(const MimePart& part, std::vector<const MimePart*>& out) {
  for (const MimePart& child : part.children) {
    out.push_back(&child);
    add_descendants(child, out);
  }
}

class ForEveryPartCommand final : public CommandNode {
 public:
  // RFC 5703 §3: depth first, from the top or, within another loop, over the parts below that loop's part.
  Flow run(Evaluation& evaluation) const override {
    evaluation.take(number);
    const std::shared_ptr<const MimeMessage> held = evaluation.structure();
    const MimePart* const outer = evaluation.current_part();
    std::vector<const MimePart*> parts;
    if (outer == nullptr) parts.push_back(&held->root);
    add_descendants(outer == nullptr ? held->root : *outer, parts);
    Flow flow = Flow::next;
    for (const MimePart* const part : parts) {
      if (evaluation.is_within_replaced(*part)) continue;
      evaluation.current_part() = part;
      flow = evaluation.run(block);
      if (flow != Flow::next) break;
    }
    evaluation.current_part() = outer;
    if (flow != Flow::break_ || evaluation.broken_loop() != this) return flow;
    evaluation.broken_loop() = nullptr;
    return Flow::next;
  }

  Block block;
};

class BreakCommand final : public CommandNode {
 public:
  Flow run(Evaluation& evaluation) const override {
    evaluation.take(number);
    evaluation.broken_loop() = loop;
    return Flow::break_;
  }

  const CommandNode* loop = nullptr;
};

CommandPointer compile_for_every_part(Compiler& compiler, const ast::Node& node, const Bound& bound) {
  auto command = std::make_unique<ForEveryPartCommand>();
  if (compiler.loops().size() >= compiler.limits().loop_nesting_max) {
    compiler.error(node.at, fmt::format("the nested foreverypart loop exceeds the nesting limit (<= {} levels)",
                                        compiler.limits().loop_nesting_max));
    return nullptr;
  }
  Compiler::Loop loop{{}, command.get()};
  if (const BoundTag* tag = bound.tag(":name")) {
    loop.name = compiler.constant(*tag->value, "the :name of foreverypart").value_or("");
  }
  compiler.loops().push_back(std::move(loop));
  command->block = compiler.block(node.block, false);
  compiler.loops().pop_back();
  return command;
}

CommandPointer compile_break(Compiler& compiler, const ast::Node& node, const Bound& bound) {
  auto command = std::make_unique<BreakCommand>();
  const auto& loops = compiler.loops();
  if (loops.empty()) {
    compiler.error(node.at, "the break command is not placed inside a foreverypart loop");
    return nullptr;
  }
  command->loop = loops.back().node;
  const BoundTag* tag = bound.tag(":name");
  if (tag == nullptr) return command;
  const auto name = compiler.constant(*tag->value, "the :name of break");
  if (!name) return nullptr;
  const auto found =
      std::find_if(loops.rbegin(), loops.rend(), [&](const Compiler::Loop& loop) { return loop.name == *name; });
  if (found == loops.rend()) {
    compiler.error(node.at,
                   fmt::format("the break command is not placed inside a foreverypart loop named '{}'", *name));
    return nullptr;
  }
  command->loop = found->node;
  return command;
}

}  // namespace

std::vector<CommandDefinition> loop_commands() {
  const Tags name = {{":name", Extension::core, TagGroup::free, ValueKind::string}};
  return {{"foreverypart", Extension::foreverypart, {name, {}, 0, TestsWanted::none, true}, compile_for_every_part},
          {"break", Extension::foreverypart, {name, {}}, compile_break}};
}

}  // namespace watershed::sieve
