// The inside of a compiled script: commands and tests as nodes that know how to run themselves. One node a file in
// commands/ and tests/; vocabulary.cpp lists them.
#pragma once

#include "components/filter/sieve/ast.hpp"
#include "components/filter/sieve/header_names.hpp"
#include "components/filter/sieve/script.hpp"

#include <memory>
#include <string>
#include <vector>

namespace watershed::sieve {

class Evaluation;

/// Whether the commands behind this one are run.
enum class Flow { next, stop };

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

  Place at;
};

using CommandPointer = std::unique_ptr<CommandNode>;
using TestPointer = std::unique_ptr<TestNode>;
using Block = std::vector<CommandPointer>;

struct Program {
  std::string file;
  CompileOptions options;
  ExtensionSet required;
  Block main;
  HeaderNames header_names;
  std::vector<std::string> variables;  ///< names in lower case; the index is the variable's number
  std::vector<CommandPlace> commands;
};

}  // namespace watershed::sieve
