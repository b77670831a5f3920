// The state of one run of a script: variables, match values, flags, the message's index, actions so far.
#pragma once

#include "components/filter/sieve/action_list.hpp"
#include "components/filter/sieve/header_index.hpp"
#include "components/filter/sieve/input.hpp"
#include "components/filter/sieve/outcome.hpp"
#include "components/filter/sieve/program.hpp"
#include "components/filter/sieve/regex.hpp"
#include "components/filter/sieve/text.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace watershed::sieve {

class Evaluation {
 public:
  /// All three must outlive the evaluation.
  Evaluation(const Program& program, const Input& input);

  const Program& program() const { return program_; }
  const Input& input() const { return input_; }
  const Limits& limits() const { return program_.options.limits; }
  HeaderIndex& headers();
  /// Nothing for the null reverse-path.
  const std::optional<IndexedAddress>& reverse_path();
  const std::optional<IndexedAddress>& forward_path();

  /// The text with its variables filled in. The view is into the text itself or into `storage`.
  std::string_view expand(const Text& text, std::string& storage) const;
  std::string expanded(const Text& text) const;

  /// RFC 5229 §3: an unset variable is empty.
  std::string_view variable(std::uint32_t number) const;
  /// Values over the limit are cut between two characters.
  void set_variable(std::uint32_t number, std::string_view value);

  /// RFC 5229 §3.2. Only scripts that require "variables" pay for match values.
  bool wants_match_values() const { return wants_match_values_; }
  std::vector<Span>& spans() { return spans_; }
  void set_match_values(std::string_view matched);

  /// RFC 5232 §2: the flags that keep and fileinto take without :flags.
  Flags& internal_flags() { return internal_flags_; }

  /// Runs the commands in order.
  Flow run(const Block& block);
  bool holds(const TestNode& test);
  void take(std::uint32_t command) { outcome_.taken.push_back(command); }

  void act(Place at, decltype(Action::what) what);
  /// A run-time error: the script ends, the implicit keep is all that is done. RFC 5228 §2.10.6.
  void fail(Place at, std::string message);
  bool failed() const { return outcome_.error.has_value(); }

  void note(Place at, std::string text);
  void remember(std::string key, std::int64_t period_seconds);

  Outcome finish();

 private:
  bool step(Place at);
  SourcePosition position(Place at) const { return {program_.file, at.line, at.column}; }

  const Program& program_;
  const Input& input_;
  std::optional<HeaderIndex> headers_;
  std::optional<IndexedAddress> reverse_path_;
  std::optional<IndexedAddress> forward_path_;
  std::vector<std::string> variables_;
  std::vector<std::string> match_values_;
  std::vector<Span> spans_;
  Flags internal_flags_;
  ActionList actions_;
  Outcome outcome_;
  std::size_t steps_ = 0;
  bool wants_match_values_;
};

}  // namespace watershed::sieve
