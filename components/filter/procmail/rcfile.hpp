// A procmailrc as it is written, before anyone runs it: assignments and recipes in their order. procmailrc(5).
#pragma once

#include "base/diagnostic.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace watershed::procmail {

/// Line and column (octets) from 1. The file name is the rcfile's.
struct Place {
  int line = 0;
  int column = 0;

  bool operator==(const Place&) const = default;
};

struct Piece;

/// A value as sh(1) reads it: pieces side by side, each quoted or not.
struct Word {
  std::vector<Piece> pieces;
  Place at;
};

struct Piece {
  enum class Kind : std::uint8_t {
    literal,    ///< `text`
    variable,   ///< $text, ${text}, with an operator and an alternative
    disarmed,   ///< $\text: with everything magic in expressions quoted
    command,    ///< `text` in backquotes
    arguments,  ///< $@
  };
  Kind kind = Kind::literal;
  bool is_quoted = false;
  std::string text;
  char operation = '\0';      ///< '-' or '+' of ${name-text}, ${name+text}
  bool empty_counts = false;  ///< with a colon: an empty value counts as unset
  Word alternative;
};

struct Assignment {
  Place at;
  std::string name;
  std::optional<Word> value;  ///< nothing: the variable is unset
};

/// Recipe flags under their letters' meaning. procmailrc(5), "Recipes".
struct Flags {
  bool header_egrep = false;    ///< H
  bool body_egrep = false;      ///< B
  bool case_matters = false;    ///< D
  bool also = false;            ///< A
  bool also_succeeded = false;  ///< a, unless e stands with it: procmail then takes no notice of it
  bool otherwise = false;       ///< E, unless e stands with it
  bool on_error = false;        ///< e
  bool header = false;          ///< h
  bool body = false;            ///< b
  bool filter = false;          ///< f
  bool copy = false;            ///< c
  bool wait = false;            ///< w
  bool wait_quietly = false;    ///< W
  bool ignore_errors = false;   ///< i
  bool raw = false;             ///< r
};

/// What stands behind the `*`, continued lines joined.
struct ConditionLine {
  Place at;
  std::string text;
};

struct Statement;
using Statements = std::vector<Statement>;

struct Action {
  enum class Kind : std::uint8_t { folder, forward, program, block };
  Kind kind = Kind::folder;
  Place at;
  std::vector<Word> words;  ///< folders, or what stands behind the `!`
  std::string command;      ///< behind the `|`
  std::string captured_in;  ///< name=|command
  std::shared_ptr<const Statements> block;
  int last_line = 0;
};

struct Recipe {
  Place at;
  std::uint32_t number = 0;  ///< in the order of the file, from 0
  Flags flags;
  bool has_lockfile = false;
  std::optional<Word> lockfile;
  std::vector<ConditionLine> conditions;
  Action action;
};

struct Statement {
  std::variant<Assignment, Recipe> what;
};

struct Rcfile {
  std::string file;
  std::string source;
  Statements statements;
  std::vector<Place> recipes;  ///< by number
  /// What procmail skips, or runs although it is broken.
  Diagnostics warnings;
};

struct ReadLimits {
  std::size_t octets_max = 4UL * 1024 * 1024;
  std::size_t nesting_max = 100;  ///< blocks in blocks
  std::size_t diagnostics_max = 100;
};

/// Reads a procmailrc. An error for what makes procmail give up or lose its way: a block or recipe that is cut off
/// (with its opening line), a closing brace too many, a recipe without an action. What procmail skips with a line in
/// its log is a warning.
Parsed<std::shared_ptr<const Rcfile>> read_rcfile(std::string_view source, std::string file,
                                                  const ReadLimits& limits = {});

/// The text of a condition behind `$`, as sh(1) reads what stands in double quotes.
Word read_quoted(std::string_view text, Place at);

/// The words of a command line that no shell has to run.
std::vector<Word> read_words(std::string_view text, Place at);

/// The lines of the file from the recipe's first to its last.
std::string source_of(const Rcfile& rcfile, const Recipe& recipe);

}  // namespace watershed::procmail
