// Turns a parsed script into a program: control structure, capabilities, strings, and the helpers that the commands'
// and tests' own compile functions share.
#pragma once

#include "components/filter/sieve/match.hpp"
#include "components/filter/sieve/program.hpp"
#include "components/filter/sieve/signature.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace watershed::sieve {

/// A header field name of a test; `number` is its interned number when the text is constant.
struct HeaderName {
  Text text;
  std::uint32_t number = 0;
};

/// RFC 5260 §6: which of the fields is looked at; 0 for all, counted from the end when `from_end`.
struct FieldChoice {
  std::uint64_t number = 0;
  bool from_end = false;
};

/// What the scripts of one program share while they are compiled.
struct Assembly {
  Program& program;
  Diagnostics found;                             ///< in scripts that are done
  std::map<std::string, std::uint32_t> globals;  ///< RFC 6609 §3.4: name to number
  std::vector<std::string> open;                 ///< identities of the scripts around the current one
};

class Compiler {
 public:
  Compiler(Assembly& assembly, Unit& unit, Report& report)
      : assembly_(assembly), program_(assembly.program), unit_(unit), report_(report) {
    required_.insert(Extension::core);
  }

  /// All of this script, into its unit.
  void top_level(const std::vector<ast::Node>& commands);
  Block block(const std::vector<ast::Node>& commands, bool is_top_level);
  TestPointer test(const ast::Node& node);
  /// The single test below `node`.
  TestPointer only_test(const ast::Node& node) { return test(node.tests.front()); }

  const Program& program() const { return program_; }
  const CompileOptions& options() const { return program_.options; }
  const Limits& limits() const { return program_.options.limits; }
  Assembly& assembly() { return assembly_; }
  bool requires_extension(Extension extension) const { return required_.contains(extension); }
  /// Whether `require` could name it here.
  bool has_capability(std::string_view capability) const;
  /// As `require` does, where the capability is there.
  void enable(Extension extension);

  Text text(const ast::StringLiteral& literal);
  Text text(const ast::Argument& argument) { return text(argument.strings.front()); }
  std::vector<Text> texts(const ast::Argument& argument);
  /// The string where only a constant makes sense; an error names `what`.
  std::optional<std::string> constant(const ast::Argument& argument, std::string_view what);

  /// The number of a variable by its name in a `set`, new or known. RFC 5229 §3.
  std::optional<std::uint32_t> variable(const ast::StringLiteral& name);
  /// The same where it is only read: then it may be the number of a match value, too. RFC 5229 §3.2.
  std::optional<TextPart> readable_variable(const ast::StringLiteral& name);
  /// Makes the name stand for the global variable from here on. RFC 6609 §3.4.2.
  void declare_global(const ast::StringLiteral& name);

  /// Compiles a script that `include` names as a unit of this program, or finds it there. Null where it cannot be.
  const Unit* included(bool is_global, const std::string& name, bool is_optional, Place at);

  /// Loops around the command that is compiled, the innermost last. RFC 5703 §3.
  struct Loop {
    std::string name;
    const CommandNode* node = nullptr;
  };
  std::vector<Loop>& loops() { return loops_; }

  std::vector<HeaderName> header_names(const ast::Argument& argument);
  FieldChoice field_choice(const Bound& bound);
  /// Match type, comparator and keys.
  std::optional<Match> match(const Bound& bound, const ast::Argument& keys);

  void error(Place at, std::string message, std::string hint = {}) {
    report_.error(at, std::move(message), std::move(hint));
  }
  void warning(Place at, std::string message, std::string hint = {}) {
    report_.warning(at, std::move(message), std::move(hint));
  }

  std::uint32_t number_command(std::string_view name, Place at);

 private:
  /// For coverage: a command that can never be run, and what is in its block.
  void number_skipped(const ast::Node& node);
  void require(const ast::Node& node);
  void require_one(const ast::StringLiteral& capability);
  CommandPointer command(const ast::Node& node);
  CommandPointer if_chain(const std::vector<ast::Node>& commands, std::size_t& index);
  std::optional<TextPart> reference(std::string_view name, Place at);
  std::optional<TextPart> reference_in_namespace(std::string_view name, Place at);
  std::optional<std::uint32_t> intern_variable(std::string name, Place at);
  std::optional<std::uint32_t> intern_global(std::string name, Place at);
  std::optional<std::uint32_t> new_variable(Place at);
  bool is_reported(std::string_view kind, std::string_view name);
  void unknown(const ast::Node& node, std::string_view kind);
  std::optional<ScriptLibrary::Found> library_script(bool is_global, const std::string& name, bool is_optional,
                                                     Place at);
  void missing_capability(Place at, std::string_view kind, std::string_view name, Extension extension);

  Assembly& assembly_;
  Program& program_;
  Unit& unit_;
  Report& report_;
  ExtensionSet required_;
  std::map<std::string, std::uint32_t> names_;  // variables as this script sees them
  std::vector<Loop> loops_;
  std::set<std::string> reported_;  // unknown words, each of which is reported once
};

}  // namespace watershed::sieve
