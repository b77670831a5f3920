// The inside of a compiled script: commands and tests as nodes that know how to run themselves. One node a file in
// commands/ and tests/; vocabulary.cpp lists them.
#pragma once

#include "components/filter/sieve/ast.hpp"
#include "components/filter/sieve/header_names.hpp"
#include "components/filter/sieve/key_index.hpp"
#include "components/filter/sieve/script.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace watershed::sieve {

class Evaluation;

/// Whether the commands behind this one are run: not after `stop` (the script ends), `return_` (the included script
/// ends, RFC 6609 §3.4) or `break_` (a loop ends, RFC 5703 §3.1).
enum class Flow { next, stop, return_, break_ };

class CommandNode {
 public:
  CommandNode() = default;
  CommandNode(const CommandNode&) = delete;
  CommandNode& operator=(const CommandNode&) = delete;
  virtual ~CommandNode() = default;

  virtual Flow run(Evaluation& evaluation) const = 0;

  Place at;
  std::uint32_t number = 0;  ///< index into Program::commands
};

class TestNode {
 public:
  TestNode() = default;
  TestNode(const TestNode&) = delete;
  TestNode& operator=(const TestNode&) = delete;
  virtual ~TestNode() = default;

  virtual bool holds(Evaluation& evaluation) const = 0;

  /// Adds conditions of which one at least is fulfilled whenever the test holds; false where there are none. While none
  /// is fulfilled, the test changes nothing of the evaluation, so that it need not be asked.
  virtual bool add_conditions(std::vector<KeyCondition>& /*conditions*/) const { return false; }

  Place at;
  std::optional<bool> constant;  ///< what it says of every message, where that is known
};

using CommandPointer = std::unique_ptr<CommandNode>;
using TestPointer = std::unique_ptr<TestNode>;
using Block = std::vector<CommandPointer>;

/// A script within a program: the main one, or one that `include` brings in. RFC 6609.
struct Unit {
  std::string file;
  std::string identity;  ///< location and name, as include names it; empty for the main script
  Block block;
  std::vector<std::uint32_t> variables;  ///< its local variables, empty whenever it starts
};

struct Program {
  CompileOptions options;
  ExtensionSet required;                     ///< of all its units
  std::vector<std::unique_ptr<Unit>> units;  ///< the main script first
  HeaderNames header_names;
  std::size_t variables = 0;  ///< how many, over all units
  std::vector<CommandPlace> commands;

  const Unit& main() const { return *units.front(); }
};

}  // namespace watershed::sieve
