// setflag, addflag, removeflag and the test hasflag. RFC 5232 §3, §4.
#include "components/filter/sieve/flags.hpp"

#include "base/text.hpp"
#include "components/filter/sieve/compiler.hpp"
#include "components/filter/sieve/evaluation.hpp"
#include "components/filter/sieve/vocabulary.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::sieve {

namespace {

enum class FlagChange { set, add, remove };

class FlagCommand final : public CommandNode {
 public:
  explicit FlagCommand(FlagChange flag_change) : change(flag_change) {}

  Flow run(Evaluation& evaluation) const override {
    evaluation.take(number);
    Flags flags;
    if (!variable) {
      flags = std::move(evaluation.internal_flags());
    } else {
      add_flags(flags, evaluation.variable(*variable));
    }
    if (change == FlagChange::set) flags.clear();
    for (const Text& text : texts) {
      const std::string value = evaluation.expanded(text);
      change == FlagChange::remove ? remove_flags(flags, value) : add_flags(flags, value);
    }
    if (variable) {
      evaluation.set_variable(*variable, joined(flags));
    } else {
      evaluation.internal_flags() = std::move(flags);
    }
    return Flow::next;
  }

  FlagChange change;
  std::optional<std::uint32_t> variable;  ///< the internal one when empty
  std::vector<Text> texts;
};

class HasFlagTest final : public TestNode {
 public:
  bool holds(Evaluation& evaluation) const override {
    Flags flags;
    if (variables.empty()) flags = evaluation.internal_flags();
    for (const Text& variable : variables) {
      Flags of_variable;
      add_flags(of_variable, evaluation.expanded(variable));
      flags.insert(flags.end(), of_variable.begin(), of_variable.end());
    }
    if (match.type == MatchType::is || match.type == MatchType::contains) return has_wanted(evaluation, flags);
    MatchRun run(evaluation, match);
    const auto offer = [&](const std::string& flag) { return run.offer(std::string_view(flag)); };
    return std::any_of(flags.begin(), flags.end(), offer) || run.finish();
  }

  std::vector<Text> variables;  ///< the internal one when empty
  Match match;

 private:
  // RFC 5232 §4: a key is a list of flags, too; "b A" holds where either flag is there.
  bool has_wanted(Evaluation& evaluation, const Flags& flags) const {
    for (const Text& text : match.texts) {
      const std::string expanded = evaluation.expanded(text);
      for (const std::string_view wanted : split(expanded, " \t\r\n")) {
        for (const std::string& flag : flags) {
          if (fits(flag, wanted)) return true;
        }
      }
    }
    return false;
  }

  bool fits(std::string_view flag, std::string_view wanted) const {
    if (match.type == MatchType::is) return compare(match.comparator, flag, wanted) == 0;
    if (match.folds()) return fold_ascii(flag).find(fold_ascii(wanted)) != std::string::npos;
    return flag.find(wanted) != std::string_view::npos;
  }
};

// RFC 5232 §3: naming a variable needs the capability "variables".
bool may_name_variable(Compiler& compiler, const ast::Argument* name, Place at) {
  if (name == nullptr || compiler.requires_extension(Extension::variables)) return true;
  compiler.error(at, "naming a variable for flags needs the capability \"variables\"",
                 "add at the top: require [\"variables\"];");
  return false;
}

void warn_of_no_flags(Compiler& compiler, const ast::Argument& flags) {
  for (const ast::StringLiteral& literal : flags.strings) {
    for (const std::string_view flag : split(literal.text, " \t\r\n")) {
      const bool has_reference = flag.find("${") != std::string_view::npos;
      if (!has_reference && !is_flag(flag)) {
        compiler.warning(literal.at, fmt::format("'{}' is no flag that can be stored; it is ignored", printable(flag)));
      }
    }
  }
}

template <FlagChange change>
CommandPointer compile_change(Compiler& compiler, const ast::Node& node, const Bound& bound) {
  auto command = std::make_unique<FlagCommand>(change);
  const ast::Argument* name = bound.positional[0];
  if (!may_name_variable(compiler, name, node.at)) return nullptr;
  if (name != nullptr) {
    command->variable = compiler.variable(name->strings.front());
    if (!command->variable) return nullptr;
  }
  warn_of_no_flags(compiler, *bound.positional[1]);
  command->texts = compiler.texts(*bound.positional[1]);
  return command;
}

TestPointer compile_has_flag(Compiler& compiler, const ast::Node& node, const Bound& bound) {
  auto test = std::make_unique<HasFlagTest>();
  const ast::Argument* names = bound.positional[0];
  if (!may_name_variable(compiler, names, node.at)) return nullptr;
  if (names != nullptr) {
    for (const ast::StringLiteral& name : names->strings) {
      if (auto variable = compiler.readable_variable(name)) test->variables.push_back({{}, {std::move(*variable)}});
    }
  }
  auto match = compiler.match(bound, *bound.positional[1]);
  if (!match) return nullptr;
  test->match = std::move(*match);
  return test;
}

}  // namespace

std::vector<CommandDefinition> flag_commands() {
  const Signature change{{}, {ValueKind::string, ValueKind::string_list}, 1, TestsWanted::none, false};
  return {{"setflag", Extension::imap4flags, change, compile_change<FlagChange::set>},
          {"addflag", Extension::imap4flags, change, compile_change<FlagChange::add>},
          {"removeflag", Extension::imap4flags, change, compile_change<FlagChange::remove>}};
}

std::vector<TestDefinition> flag_tests() {
  return {{"hasflag",
           Extension::imap4flags,
           {match_tags(), {ValueKind::string_list, ValueKind::string_list}, 1, TestsWanted::none, false},
           compile_has_flag}};
}

}  // namespace watershed::sieve
