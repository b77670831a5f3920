// Turns a parsed script into a program: control structure, capabilities, strings, and the helpers that the commands'
// and tests' own compile functions share.
#pragma once

#include "components/filter/sieve/match.hpp"
#include "components/filter/sieve/program.hpp"
#include "components/filter/sieve/signature.hpp"

#include <optional>
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

class Compiler {
 public:
  Compiler(Program& program, Report& report) : program_(program), report_(report) {}

  Block block(const std::vector<ast::Node>& commands, bool is_top_level);
  TestPointer test(const ast::Node& node);
  /// The single test below `node`.
  TestPointer only_test(const ast::Node& node) { return test(node.tests.front()); }

  const Program& program() const { return program_; }
  const Limits& limits() const { return program_.options.limits; }
  bool requires_extension(Extension extension) const { return program_.required.contains(extension); }

  Text text(const ast::StringLiteral& literal);
  Text text(const ast::Argument& argument) { return text(argument.strings.front()); }
  std::vector<Text> texts(const ast::Argument& argument);
  /// The string where only a constant makes sense; an error names `what`.
  std::optional<std::string> constant(const ast::Argument& argument, std::string_view what);

  /// The number of a variable by its name in a `set`, new or known. RFC 5229 §3.
  std::optional<std::uint32_t> variable(const ast::StringLiteral& name);

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
  void require(const ast::Node& node);
  void require_one(const ast::StringLiteral& capability);
  CommandPointer command(const ast::Node& node);
  CommandPointer if_chain(const std::vector<ast::Node>& commands, std::size_t& index);
  std::optional<TextPart> reference(std::string_view name, Place at);
  std::optional<std::uint32_t> intern_variable(std::string name, Place at);
  void unknown(Place at, std::string_view kind, const std::string& name, const std::vector<std::string_view>& known);
  void missing_capability(Place at, std::string_view kind, std::string_view name, Extension extension);

  Program& program_;
  Report& report_;
};

}  // namespace watershed::sieve
