// A compiled script: immutable, cheap to copy, safe to run from several threads.
#pragma once

#include "base/diagnostic.hpp"
#include "components/filter/sieve/extension.hpp"
#include "components/filter/sieve/limits.hpp"
#include "components/filter/sieve/settings.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace watershed::sieve {

struct Program;

/// One command of the script, for coverage. `name` is "if", "fileinto" …; branches are commands of their own.
struct CommandPlace {
  std::string_view name;
  std::string_view file;  ///< lives as long as the script
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

/// Where `include` finds scripts. RFC 6609 §3.2.
class ScriptLibrary {
 public:
  virtual ~ScriptLibrary() = default;

  struct Found {
    std::string file;
    std::optional<std::string> source;  ///< nothing where it is there and cannot be read
  };
  /// Whether there is a place for such scripts at all; `is_global` for `:global`. That an optional one is not in a
  /// place that nobody has named says nothing of the script that production has there.
  virtual bool has_place(bool is_global) const {
    static_cast<void>(is_global);
    return true;
  }
  /// Nothing where there is no such script.
  virtual std::optional<Found> find(bool is_global, std::string_view name) const = 0;
};

struct CompileOptions {
  Limits limits;
  ExtensionSet enabled = all_extensions();
  Settings settings;
  /// Without one, every `include` is an error. Used while compiling only.
  const ScriptLibrary* library = nullptr;
};

/// Reads and checks a whole script. The error holds every finding, not only the first.
Parsed<Script> compile(std::string_view source, std::string file_name, const CompileOptions& options = {});

/// The same with what went well: warnings beside the script, and how far a faulty one came.
struct Compilation {
  std::optional<Script> script;
  Diagnostics diagnostics;
  Diagnostics of_grammar;  ///< the errors among them that RFC 5228 §8.2 (grammar) has
};
Compilation compile_keeping_warnings(std::string_view source, std::string file_name,
                                     const CompileOptions& options = {});

}  // namespace watershed::sieve
