// Which commands and branches of scripts were carried out, and how often: over the messages of a run.
#pragma once

#include "components/filter/sieve/outcome.hpp"
#include "components/filter/sieve/script.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace watershed::sieve {

/// One command or branch. `if`, `elsif` and `else` count the messages that went into their block.
struct CoveredCommand {
  std::string name;
  SourcePosition at;
  std::uint64_t count = 0;
};

class Coverage {
 public:
  /// Knows the script's commands from here on, so that one that never runs is listed with 0.
  void add(const Script& script);
  void add(const Script& script, const Outcome& outcome);

  /// By file and place.
  std::vector<CoveredCommand> commands() const;

 private:
  struct Key {
    std::string file;
    int line = 0;
    int column = 0;
    auto operator<=>(const Key&) const = default;
  };
  struct Count {
    std::string name;
    std::uint64_t count = 0;
  };
  std::map<Key, Count> counts_;
};

/// Lines on which commands were carried out and no action stands: branches and what only leads to others. Each once,
/// in the order of the script.
std::vector<SourcePosition> lines_without_action(const Script& script, const Outcome& outcome);

/// The file with, before each line, how often its commands were carried out: `  3x  keep;`, `  --  discard;` for never,
/// blank where no command starts.
std::string annotate(std::string_view source, std::string_view file, const std::vector<CoveredCommand>& commands);

}  // namespace watershed::sieve
