// include, return, global: scripts made of scripts. RFC 6609.
#include "components/filter/sieve/compiler.hpp"
#include "components/filter/sieve/evaluation.hpp"
#include "components/filter/sieve/vocabulary.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::sieve {

namespace {

class IncludeCommand final : public CommandNode {
 public:
  Flow run(Evaluation& evaluation) const override {
    evaluation.take(number);
    if (unit == nullptr || (once && evaluation.has_run(*unit))) return Flow::next;
    return evaluation.run(*unit);
  }

  const Unit* unit = nullptr;  ///< null where an optional script is not there
  bool once = false;
};

class ReturnCommand final : public CommandNode {
 public:
  Flow run(Evaluation& evaluation) const override {
    evaluation.take(number);
    return Flow::return_;
  }
};

/// global says something to the compiler only; the node is for coverage.
class GlobalCommand final : public CommandNode {
 public:
  Flow run(Evaluation& evaluation) const override {
    evaluation.take(number);
    return Flow::next;
  }
};

/// ManageSieve's names (RFC 5804 §1.6) without what could leave the folder of scripts.
bool is_script_name(std::string_view name) {
  const bool is_clean = std::all_of(
      name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7f && c != '/'; });
  return !name.empty() && name.size() <= 256 && is_clean && name != "." && name != ".." && is_utf8(name);
}

CommandPointer compile_include(Compiler& compiler, const ast::Node& node, const Bound& bound) {
  auto command = std::make_unique<IncludeCommand>();
  const auto name = compiler.constant(*bound.positional[0], "the script name of the include command");
  if (!name) return nullptr;
  if (!is_script_name(*name)) {
    compiler.error(bound.positional[0]->at, fmt::format("include: invalid script name '{}'", printable(*name)));
    return nullptr;
  }
  command->once = bound.tag(":once") != nullptr;
  command->unit = compiler.included(bound.tag(":global") != nullptr, *name, bound.tag(":optional") != nullptr, node.at);
  return command;
}

CommandPointer compile_return(Compiler&, const ast::Node&, const Bound&) { return std::make_unique<ReturnCommand>(); }

CommandPointer compile_global(Compiler& compiler, const ast::Node& node, const Bound& bound) {
  if (!compiler.requires_extension(Extension::variables)) {
    compiler.error(node.at, "the global command requires that the variables extension is active",
                   "add at the top: require [\"variables\"];");
    return nullptr;
  }
  for (const ast::StringLiteral& name : bound.positional[0]->strings) compiler.declare_global(name);
  return std::make_unique<GlobalCommand>();
}

}  // namespace

std::vector<CommandDefinition> include_commands() {
  const Tags tags = {{":personal", Extension::core, TagGroup::location, {}},
                     {":global", Extension::core, TagGroup::location, {}},
                     {":once", Extension::core, TagGroup::free, {}},
                     {":optional", Extension::core, TagGroup::free, {}}};
  return {{"include", Extension::include, {tags, {ValueKind::string}}, compile_include},
          {"return", Extension::include, {}, compile_return},
          {"global", Extension::include, {{}, {ValueKind::string_list}}, compile_global}};
}

}  // namespace watershed::sieve
