// Control structure and capabilities: require, if / elsif / else, blocks. See compiler.hpp; strings are in
// compiler_text.cpp, scripts that are included in compiler_include.cpp.
#include "components/filter/sieve/compiler.hpp"

#include "components/filter/sieve/commands/if.hpp"
#include "components/filter/sieve/commands/rule_table.hpp"
#include "components/filter/sieve/parser.hpp"
#include "components/filter/sieve/vocabulary.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::sieve {

namespace {

bool is_control(std::string_view name) {
  return name == "require" || name == "if" || name == "elsif" || name == "else";
}

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

void Compiler::number_skipped(const ast::Node& node) {
  const CommandDefinition* definition = find_command(node.name);
  for (const std::string_view name : {"if", "elsif", "else"}) {
    if (node.name == name) number_command(name, node.at);
  }
  if (definition != nullptr) number_command(definition->name, node.at);
  for (const ast::Node& inner : node.block) number_skipped(inner);
}

std::uint32_t Compiler::number_command(std::string_view name, Place at) {
  program_.commands.push_back({name, unit_.file, at.line, at.column});
  return static_cast<std::uint32_t>(program_.commands.size() - 1);
}

bool Compiler::is_reported(std::string_view kind, std::string_view name) {
  return !reported_.insert(fmt::format("{} {}", kind, name)).second;
}

void Compiler::missing_capability(Place at, std::string_view kind, std::string_view name, Extension extension) {
  if (is_reported(kind, name)) return;
  error(at, fmt::format("unknown {} '{}' without the capability \"{}\"", kind, name, sieve::name(extension)),
        fmt::format("add at the top: require [\"{}\"];", sieve::name(extension)));
}

void Compiler::unknown(const ast::Node& node, std::string_view kind) {
  if (is_reported(kind, node.name)) return;
  const bool is_command = kind == "command";
  if (is_command ? find_test(node.name) != nullptr : find_command(node.name) != nullptr || is_control(node.name)) {
    error(node.at, fmt::format("attempted to use {} '{}' as {}", is_command ? "test" : "command", node.name, kind));
    return;
  }
  const std::string near = nearest_match(node.name, is_command ? command_names() : test_names());
  error(node.at, fmt::format("unknown {} '{}' (only reported once at first occurrence)", kind, node.name),
        near.empty() ? std::string{} : fmt::format("did you mean '{}'?", near));
}

bool Compiler::has_capability(std::string_view capability) const {
  const auto extension = find_extension(capability);
  return extension && options().enabled.contains(*extension);
}

void Compiler::enable(Extension extension) {
  for (const Extension one : {extension, implied_by(extension)}) {
    required_.insert(one);
    program_.required.insert(one);
  }
}

void Compiler::require_one(const ast::StringLiteral& capability) {
  const auto extension = find_extension(capability.text);
  if (extension && options().enabled.contains(*extension)) {
    enable(*extension);
    return;
  }
  if (extension) {
    error(capability.at,
          fmt::format("require: unknown Sieve capability \"{}\": it is switched off here", capability.text));
    return;
  }
  const std::string near = nearest_match(capability.text, extension_names());
  error(capability.at, fmt::format("require: unknown Sieve capability \"{}\"", printable(capability.text)),
        near.empty() ? std::string{} : fmt::format("did you mean \"{}\"?", near));
}

void Compiler::require(const ast::Node& node) {
  const auto bound = bind_arguments(node, "command", require_signature(), required_, report_, reported_);
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
      if (!may_require) {
        error(node.at, "require must stand at the top level and at the beginning of the file, before other commands");
        continue;
      }
      require(node);
      continue;
    }
    may_require = false;
    CommandPointer compiled;
    if (node.name == "if") {
      compiled = if_chain(commands, index);
    } else if (is_branch(node)) {
      error(node.at, fmt::format("the {} command must follow an if or elsif command", node.name));
    } else {
      compiled = command(node);
    }
    if (compiled) out.push_back(std::move(compiled));
  }
  const bool may_change_message = requires_extension(Extension::editheader) || requires_extension(Extension::replace) ||
                                  requires_extension(Extension::enclose) || requires_extension(Extension::include) ||
                                  requires_extension(Extension::dovecot_testsuite);
  return may_change_message ? std::move(out) : with_rule_table(std::move(out));
}

CommandPointer Compiler::if_chain(const std::vector<ast::Node>& commands, std::size_t& index) {
  auto chain = std::make_unique<IfCommand>();
  chain->at = commands[index].at;
  bool is_ended = false;    // by an else
  bool is_decided = false;  // by a test that always holds: what follows is never run, and never looked at
  for (std::size_t at = index; at < commands.size() && (at == index || is_branch(commands[at])); ++at) {
    const ast::Node& node = commands[at];
    const bool is_else = node.name == "else";
    if (is_ended) error(node.at, fmt::format("the {} command must follow an if or elsif command", node.name));
    is_ended = is_ended || is_else;
    index = at;
    if (is_decided) {
      number_skipped(node);
      continue;
    }
    const Signature& signature = is_else ? else_signature() : condition_signature();
    const bool fits = bind_arguments(node, "command", signature, required_, report_, reported_).has_value();
    Branch branch;
    branch.number = number_command(is_else ? "else" : node.name == "if" ? "if" : "elsif", node.at);
    if (!node.tests.empty() && !is_else && (fits || node.tests.size() == 1)) branch.test = only_test(node);
    const auto always = branch.test ? branch.test->constant : std::nullopt;
    is_decided = always == true;
    // RFC 5463 §4: behind an ihave that fails, what is not known here is no error.
    if (always == false) {
      for (const ast::Node& skipped : node.block) number_skipped(skipped);
      continue;
    }
    branch.block = block(node.block, false);
    chain->branches.push_back(std::move(branch));
  }
  return chain;
}

CommandPointer Compiler::command(const ast::Node& node) {
  const CommandDefinition* definition = find_command(node.name);
  if (definition == nullptr) {
    unknown(node, "command");
    block(node.block, false);  // what is wrong inside is worth knowing, too
    return nullptr;
  }
  if (!requires_extension(definition->extension)) {
    missing_capability(node.at, "command", node.name, definition->extension);
    return nullptr;
  }
  const auto bound = bind_arguments(node, "command", definition->signature, required_, report_, reported_);
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
    unknown(node, "test");
    return nullptr;
  }
  if (!requires_extension(definition->extension)) {
    missing_capability(node.at, "test", node.name, definition->extension);
    return nullptr;
  }
  const auto bound = bind_arguments(node, "test", definition->signature, required_, report_, reported_);
  if (!bound) return nullptr;
  TestPointer compiled = definition->compile(*this, node, *bound);
  if (compiled) compiled->at = node.at;
  return compiled;
}

void Compiler::top_level(const std::vector<ast::Node>& commands) {
  unit_.block = block(commands, true);
  for (const auto& [name, number] : names_) {
    const auto global = assembly_.globals.find(name);
    if (global == assembly_.globals.end() || global->second != number) unit_.variables.push_back(number);
  }
}

const std::string& Script::file() const { return program_->main().file; }
bool Script::requires_extension(Extension extension) const { return program_->required.contains(extension); }
std::span<const CommandPlace> Script::commands() const { return program_->commands; }

Compilation compile_keeping_warnings(std::string_view source, std::string file_name, const CompileOptions& options) {
  Compilation out;
  auto program = std::make_shared<Program>();
  program->options = options;
  program->units.push_back(std::make_unique<Unit>());
  Unit& main = *program->units.front();
  main.file = file_name;
  Report report(source, std::move(file_name), options.limits.diagnostics_max);
  Assembly assembly{*program, {}, {}, {}};
  const std::vector<ast::Node> commands = parse(source, options.limits, report);
  if (report.has_errors()) out.of_grammar = report.found();
  Compiler(assembly, main, report).top_level(commands);
  program->options.library = nullptr;  // it need not live any longer
  const bool has_errors = report.has_errors();
  out.diagnostics = std::move(assembly.found);
  const Diagnostics found = report.take();
  out.diagnostics.insert(out.diagnostics.end(), found.begin(), found.end());
  if (!has_errors) out.script = Script(std::move(program));
  return out;
}

Parsed<Script> compile(std::string_view source, std::string file_name, const CompileOptions& options) {
  Compilation compilation = compile_keeping_warnings(source, std::move(file_name), options);
  if (!compilation.script) return std::move(compilation.diagnostics);
  return std::move(*compilation.script);
}

}  // namespace watershed::sieve
