// A compiled script: immutable, cheap to copy, safe to run from several threads.
#pragma once

#include "base/diagnostic.hpp"
#include "components/filter/sieve/extension.hpp"
#include "components/filter/sieve/limits.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace watershed::sieve {

struct Program;

/// One command of the script, for coverage. `name` is "if", "fileinto" …; branches are commands of their own.
struct CommandPlace {
  std::string_view name;
  int line = 0;
  int column = 0;
};

class Script {
 public:
  explicit Script(std::shared_ptr<const Program> program) : program_(std::move(program)) {}

  const std::string& file() const;
  bool requires_extension(Extension extension) const;
  /// In the order of the source; Outcome::taken holds indexes into it.
  std::span<const CommandPlace> commands() const;
  const Program& program() const { return *program_; }

 private:
  std::shared_ptr<const Program> program_;
};

struct CompileOptions {
  Limits limits;
  ExtensionSet enabled = all_extensions();
  /// RFC 5233 §3: what stands between user and detail in a local part.
  std::string subaddress_separator = "+";
};

/// Reads and checks a whole script. The error holds every finding, not only the first.
Parsed<Script> compile(std::string_view source, std::string file_name, const CompileOptions& options = {});

}  // namespace watershed::sieve
