// Control structure and capabilities: require, if / elsif / else, blocks. See compiler.hpp; strings are in
// compiler_text.cpp.
#include "components/filter/sieve/compiler.hpp"

#include "components/filter/sieve/commands/if.hpp"
#include "components/filter/sieve/parser.hpp"
#include "components/filter/sieve/vocabulary.hpp"

#include <fmt/format.h>

namespace watershed::sieve {

namespace {

bool is_branch(const ast::Node& node) { return node.name == "elsif" || node.name == "else"; }

const Signature& condition_signature() {
  static const Signature signature{{}, {}, 0, TestsWanted::one, true};
  return signature;
}

const Signature& else_signature() {
  static const Signature signature{{}, {}, 0, TestsWanted::none, true};
  return signature;
}

const Signature& require_signature() {
  static const Signature signature{{}, {ValueKind::string_list}, 0, TestsWanted::none, false};
  return signature;
}

}  // namespace

std::uint32_t Compiler::number_command(std::string_view name, Place at) {
  program_.commands.push_back({name, at.line, at.column});
  return static_cast<std::uint32_t>(program_.commands.size() - 1);
}

void Compiler::missing_capability(Place at, std::string_view kind, std::string_view name, Extension extension) {
  error(at, fmt::format("the {} '{}' needs the capability \"{}\"", kind, name, sieve::name(extension)),
        fmt::format("add at the top: require [\"{}\"];", sieve::name(extension)));
}

void Compiler::unknown(Place at, std::string_view kind, const std::string& name,
                       const std::vector<std::string_view>& known) {
  const std::string near = nearest_match(name, known);
  error(at, fmt::format("unknown {} '{}'", kind, name),
        near.empty() ? std::string{} : fmt::format("did you mean '{}'?", near));
}

void Compiler::require_one(const ast::StringLiteral& capability) {
  const auto extension = find_extension(capability.text);
  if (extension && program_.options.enabled.contains(*extension)) {
    program_.required.insert(*extension);
    program_.required.insert(implied_by(*extension));
    return;
  }
  if (extension) {
    error(capability.at, fmt::format("the capability \"{}\" is switched off here", capability.text));
    return;
  }
  const std::string near = nearest_match(capability.text, extension_names());
  error(capability.at, fmt::format("unknown capability \"{}\" in require", capability.text),
        near.empty() ? std::string{} : fmt::format("did you mean \"{}\"?", near));
}

void Compiler::require(const ast::Node& node) {
  const auto bound = bind(node, "command", require_signature(), program_.required, report_);
  if (!bound) return;
  for (const ast::StringLiteral& capability : bound->positional[0]->strings) require_one(capability);
}

Block Compiler::block(const std::vector<ast::Node>& commands, bool is_top_level) {
  Block out;
  out.reserve(commands.size());
  bool may_require = is_top_level;
  for (std::size_t index = 0; index < commands.size(); ++index) {
    const ast::Node& node = commands[index];
    if (node.name == "require") {
      // RFC 5228 §3.2: require stands before every other command.
      if (!may_require) error(node.at, "require must stand at the top of the script, before all other commands");
      require(node);
      continue;
    }
    may_require = false;
    CommandPointer compiled;
    if (node.name == "if") {
      compiled = if_chain(commands, index);
    } else if (is_branch(node)) {
      error(node.at, fmt::format("'{}' has no 'if' before it", node.name));
    } else {
      compiled = command(node);
    }
    if (compiled) out.push_back(std::move(compiled));
  }
  return out;
}

CommandPointer Compiler::if_chain(const std::vector<ast::Node>& commands, std::size_t& index) {
  auto chain = std::make_unique<IfCommand>();
  chain->at = commands[index].at;
  bool is_ended = false;
  for (std::size_t at = index; at < commands.size() && (at == index || is_branch(commands[at])); ++at) {
    const ast::Node& node = commands[at];
    const bool is_else = node.name == "else";
    if (is_ended) error(node.at, fmt::format("'{}' stands behind the 'else' of this 'if'", node.name));
    is_ended = is_ended || is_else;
    index = at;
    const Signature& signature = is_else ? else_signature() : condition_signature();
    const bool fits = bind(node, "command", signature, program_.required, report_).has_value();
    Branch branch;
    branch.number = number_command(is_else ? "else" : node.name == "if" ? "if" : "elsif", node.at);
    if (!node.tests.empty() && !is_else && (fits || node.tests.size() == 1)) branch.test = only_test(node);
    branch.block = block(node.block, false);
    chain->branches.push_back(std::move(branch));
  }
  chain->number = chain->branches.front().number;
  return chain;
}

CommandPointer Compiler::command(const ast::Node& node) {
  const CommandDefinition* definition = find_command(node.name);
  if (definition == nullptr) {
    unknown(node.at, "command", node.name, command_names());
    block(node.block, false);  // what is wrong inside is worth knowing, too
    return nullptr;
  }
  if (!requires_extension(definition->extension)) {
    missing_capability(node.at, "command", node.name, definition->extension);
  }
  const auto bound = bind(node, "command", definition->signature, program_.required, report_);
  const std::uint32_t number = number_command(definition->name, node.at);
  if (!bound) return nullptr;
  CommandPointer compiled = definition->compile(*this, node, *bound);
  if (!compiled) return nullptr;
  // The compile functions make the node; place and number are the same for all and set here.
  compiled->at = node.at;
  compiled->number = number;
  return compiled;
}

TestPointer Compiler::test(const ast::Node& node) {
  const TestDefinition* definition = find_test(node.name);
  if (definition == nullptr) {
    unknown(node.at, "test", node.name, test_names());
    return nullptr;
  }
  if (!requires_extension(definition->extension)) {
    missing_capability(node.at, "test", node.name, definition->extension);
  }
  const auto bound = bind(node, "test", definition->signature, program_.required, report_);
  if (!bound) return nullptr;
  TestPointer compiled = definition->compile(*this, node, *bound);
  if (compiled) compiled->at = node.at;
  return compiled;
}

const std::string& Script::file() const { return program_->file; }
bool Script::requires_extension(Extension extension) const { return program_->required.contains(extension); }
std::span<const CommandPlace> Script::commands() const { return program_->commands; }

Parsed<Script> compile(std::string_view source, std::string file_name, const CompileOptions& options) {
  Report report(source, file_name, options.limits.diagnostics_max);
  auto program = std::make_shared<Program>();
  program->file = std::move(file_name);
  program->options = options;
  program->required.insert(Extension::core);
  const std::vector<ast::Node> commands = parse(source, options.limits, report);
  program->main = Compiler(*program, report).block(commands, true);
  if (report.has_errors()) return report.take();
  return Script(std::move(program));
}

}  // namespace watershed::sieve
