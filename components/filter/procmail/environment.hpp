// Variables of one run, the special ones among them, and the words that use them. procmailrc(5), "Environment".
#pragma once

#include "components/filter/procmail/evaluate.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace watershed::procmail {

class Environment {
 public:
  /// procmail's defaults, then the input's variables. `rcfile` is what `$_` says.
  Environment(const Input& input, std::string rcfile);

  /// Nothing where the variable is not set. The names $1, $#, $=, $-, $_, $$ and $? are known too.
  std::optional<std::string> get(std::string_view name) const;
  std::string value_of(std::string_view name) const { return get(name).value_or(""); }
  void set(std::string_view name, std::string value);
  void unset(std::string_view name);
  /// SHIFT.
  void shift(std::size_t count);

  const std::vector<std::string>& arguments() const { return arguments_; }
  void set_rcfile(std::string file) { rcfile_ = std::move(file); }
  void set_score(double score) { score_ = score; }
  void set_last_exit(int code) { last_exit_ = code; }

 private:
  std::map<std::string, std::string, std::less<>> values_;
  std::vector<std::string> arguments_;
  std::string rcfile_;
  double score_ = 0;
  int last_exit_ = 0;
};

/// Runs what stands in backquotes and gives its output.
using CommandRunner = std::function<std::string(const std::string& command)>;

/// The word as one value; nothing is split.
std::string expand(const Word& word, const Environment& environment, const CommandRunner& run);

/// The words as arguments: unquoted values are split at blanks.
std::vector<std::string> expand_arguments(const std::vector<Word>& words, const Environment& environment,
                                          const CommandRunner& run);

/// The text with all that is magic in expressions quoted, as `$\name` gives it.
std::string disarmed(std::string_view text);

/// A score as `$=` and the log show it: cut to a whole number, what is positive at least 1.
std::string shown_score(double score);

}  // namespace watershed::procmail
