// set: stores a value in a variable, after the modifiers. RFC 5229 §4; :quoteregex from draft-ietf-sieve-regex.
#include "base/text.hpp"
#include "components/filter/sieve/compiler.hpp"
#include "components/filter/sieve/evaluation.hpp"
#include "components/filter/sieve/utf8.hpp"
#include "components/filter/sieve/vocabulary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace watershed::sieve {

namespace {

char ascii_upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - ('a' - 'A')) : c; }

std::string with_backslashes(std::string_view value, std::string_view special) {
  std::string out;
  for (const char c : value) {
    if (special.find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

struct Modifier {
  std::string_view name;
  int precedence = 0;
  std::string (*apply)(std::string value) = nullptr;
};

// RFC 5229 §4.1, highest precedence first. Case is that of ASCII: RFC 5229 §4.1 asks for no more.
constexpr std::array<Modifier, 7> modifiers = {{
    {":lower", 40, [](std::string value) { return to_lower(value); }},
    {":upper", 40,
     [](std::string value) {
       std::transform(value.begin(), value.end(), value.begin(), ascii_upper);
       return value;
     }},
    {":lowerfirst", 30,
     [](std::string value) {
       if (!value.empty()) value[0] = to_lower(value[0]);
       return value;
     }},
    {":upperfirst", 30,
     [](std::string value) {
       if (!value.empty()) value[0] = ascii_upper(value[0]);
       return value;
     }},
    {":quotewildcard", 20, [](std::string value) { return with_backslashes(value, "*?\\"); }},
    {":quoteregex", 20, [](std::string value) { return with_backslashes(value, ".[]()*+?{}|^$\\"); }},
    // RFC 5229 §4.1.6: characters, not octets.
    {":length", 10, [](std::string value) { return std::to_string(utf8_count(value)); }},
}};

class SetCommand final : public CommandNode {
 public:
  Flow run(Evaluation& evaluation) const override {
    evaluation.take(number);
    std::string result = evaluation.expanded(value);
    for (const Modifier* modifier : applied) result = modifier->apply(std::move(result));
    evaluation.set_variable(variable, result);
    return Flow::next;
  }

  std::uint32_t variable = 0;
  Text value;
  std::vector<const Modifier*> applied;  // in the order of their precedence
};

CommandPointer compile_set(Compiler& compiler, const ast::Node&, const Bound& bound) {
  auto command = std::make_unique<SetCommand>();
  const auto variable = compiler.variable(bound.positional[0]->strings.front());
  command->value = compiler.text(*bound.positional[1]);
  if (!variable) return nullptr;
  command->variable = *variable;
  for (const Modifier& modifier : modifiers) {
    const BoundTag* tag = bound.tag(modifier.name);
    if (tag == nullptr) continue;
    // RFC 5229 §4.1: two modifiers of one precedence are an error.
    if (!command->applied.empty() && command->applied.back()->precedence == modifier.precedence) {
      compiler.error(tag->at, fmt::format("the tags '{}' and '{}' exclude each other", command->applied.back()->name,
                                          modifier.name));
    }
    command->applied.push_back(&modifier);
  }
  return command;
}

}  // namespace

std::vector<CommandDefinition> variable_commands() {
  Tags tags;
  for (const Modifier& modifier : modifiers) {
    const bool is_of_regex = modifier.name == ":quoteregex";
    tags.push_back({modifier.name, is_of_regex ? Extension::regex : Extension::variables, TagGroup::free, {}});
  }
  return {{"set", Extension::variables, {tags, {ValueKind::string, ValueKind::string}}, compile_set}};
}

}  // namespace watershed::sieve
