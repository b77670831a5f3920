// set: stores a value in a variable, after the modifiers. RFC 5229 §4; :quoteregex from draft-ietf-sieve-regex.
#include "base/text.hpp"
#include "components/filter/sieve/commands/modifiers.hpp"
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

// RFC 5435 §6: all octets but RFC 3986's unreserved ones as %HH.
std::string encode_url(std::string value) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : value) {
    const auto octet = static_cast<unsigned char>(c);
    const bool is_plain = (octet >= '0' && octet <= '9') || (octet >= 'A' && octet <= 'Z') ||
                          (octet >= 'a' && octet <= 'z') || std::string_view("-._~").find(c) != std::string_view::npos;
    if (is_plain) {
      out += c;
    } else {
      out.append("%").append(1, digits[octet >> 4U]).append(1, digits[octet & 0xFU]);
    }
  }
  return out;
}

// RFC 5229 §4.1, highest precedence first. Case is that of ASCII: RFC 5229 §4.1 asks for no more.
constexpr std::array<Modifier, 8> modifiers = {{
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
    {":encodeurl", 15, encode_url},
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
  command->applied = compile_modifiers(compiler, bound, "set");
  return command;
}

}  // namespace

Tags modifier_tags() {
  Tags tags;
  for (const Modifier& modifier : modifiers) {
    const Extension extension = modifier.name == ":quoteregex"  ? Extension::regex
                                : modifier.name == ":encodeurl" ? Extension::enotify
                                                                : Extension::variables;
    tags.push_back({modifier.name, extension, TagGroup::free, {}});
  }
  return tags;
}

std::vector<const Modifier*> compile_modifiers(Compiler& compiler, const Bound& bound, std::string_view command) {
  std::vector<const Modifier*> applied;
  for (const Modifier& modifier : modifiers) {
    const BoundTag* tag = bound.tag(modifier.name);
    if (tag == nullptr) continue;
    // RFC 5229 §4.1: two modifiers of one precedence are an error.
    if (!applied.empty() && applied.back()->precedence == modifier.precedence) {
      compiler.error(tag->at, fmt::format("modifiers {} and {} specified for the {} command conflict having equal "
                                          "precedence",
                                          applied.back()->name, modifier.name, command));
    }
    applied.push_back(&modifier);
  }
  return applied;
}

std::vector<CommandDefinition> variable_commands() {
  return {{"set", Extension::variables, {modifier_tags(), {ValueKind::string, ValueKind::string}}, compile_set}};
}

}  // namespace watershed::sieve
