// The state of one run of a script: variables, match values, flags, the message's index, actions so far.
#pragma once

#include "components/filter/sieve/action_list.hpp"
#include "components/filter/sieve/header_index.hpp"
#include "components/filter/sieve/input.hpp"
#include "components/filter/sieve/mime_part.hpp"
#include "components/filter/sieve/outcome.hpp"
#include "components/filter/sieve/program.hpp"
#include "components/filter/sieve/regex.hpp"
#include "components/filter/sieve/text.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace watershed::sieve {

class Bench;

class Evaluation {
 public:
  /// All three must outlive the evaluation.
  Evaluation(const Program& program, const Input& input, Bench* bench = nullptr);

  const Program& program() const { return program_; }
  const Input& input() const { return input_; }
  const Limits& limits() const { return program_.options.limits; }
  const Settings& settings() const { return program_.options.settings; }

  /// The message as it is now: the input's, until a command edits it.
  const mail::Message& message() const { return *message_; }
  /// From here on the script sees `edited`, and later actions take it.
  void replace_message(std::shared_ptr<const mail::Message> edited);
  /// The message before any edit: what is answered and told of.
  const mail::Message& received_message() const { return received_ ? *received_ : input_.message; }
  /// For test scripts: the message that later tests see.
  void receive_message(std::shared_ptr<const mail::Message> received);
  HeaderIndex& headers();
  /// The structure of the message as it is now. Holding the pointer keeps it, whatever happens to the message.
  const std::shared_ptr<const MimeMessage>& structure();
  /// The part that `foreverypart` is at; null outside of loops. RFC 5703 §3.
  const MimePart*& current_part() { return current_part_; }
  /// Puts `entity` (header, empty line, body) in the place of the part at `path`; false where there is none any more.
  bool replace_part(const std::vector<std::size_t>& path, std::string_view entity);
  /// Whether a part above this one was replaced, so that a loop must not visit it.
  bool is_within_replaced(const MimePart& part) const;

  /// The edited message; null where it is as received.
  const std::shared_ptr<const mail::Message>& edited_message() const { return edited_; }

  /// For test scripts: the envelope that later tests see.
  void set_reverse_path(mail::ReversePath path);
  void set_forward_path(mail::ForwardPath path);
  void set_original_forward_path(mail::ForwardPath path);
  void set_authenticated_as(std::string name) { authenticated_as_ = std::move(name); }
  const mail::ReversePath& envelope_reverse_path() const { return *envelope_reverse_path_; }
  const mail::ForwardPath& envelope_forward_path() const { return *envelope_forward_path_; }
  const mail::ForwardPath* envelope_original_forward_path() const {
    return set_original_forward_path_ ? &*set_original_forward_path_ : input_.original_forward_path;
  }
  /// Nothing for the null reverse-path.
  const std::optional<IndexedAddress>& reverse_path();
  const std::optional<IndexedAddress>& forward_path();
  /// The forward-path before aliases were followed.
  const std::optional<IndexedAddress>& original_forward_path();
  std::string_view authenticated_as() const { return authenticated_as_ ? *authenticated_as_ : input_.authenticated_as; }

  /// The text with its variables filled in. The view is into the text itself or into `storage`.
  std::string_view expand(const Text& text, std::string& storage) const;
  std::string expanded(const Text& text) const;

  /// RFC 5229 §3: an unset variable is empty.
  std::string_view variable(std::uint32_t number) const;
  /// Values over the limit are cut between two characters.
  void set_variable(std::uint32_t number, std::string_view value);

  /// Whether the caller's store remembers the key. RFC 5230 §4.2, RFC 7352 §3.
  bool remembers(std::string_view key) const;

  /// RFC 5229 §3.2. Only scripts that require "variables" pay for match values.
  bool wants_match_values() const { return wants_match_values_; }
  std::vector<Span>& spans() { return spans_; }
  void set_match_values(std::string_view matched);

  /// RFC 5232 §2: the flags that keep and fileinto take without :flags.
  Flags& internal_flags() { return internal_flags_; }

  SourcePosition position(Place at) const { return {unit_->file, at.line, at.column}; }

  /// Runs the commands in order.
  Flow run(const Block& block);
  Flow run(const CommandNode& command);
  /// Runs a script of the program with its local variables empty. RFC 6609 §3.2.
  Flow run(const Unit& unit);
  bool has_run(const Unit& unit) const;
  /// The loop that `break` ends, while it does.
  const CommandNode*& broken_loop() { return broken_loop_; }
  /// The bench of a test script; null otherwise.
  Bench* bench() const { return bench_; }
  bool holds(const TestNode& test);
  void take(std::uint32_t command) { outcome_.taken.push_back(command); }

  void act(Place at, decltype(Action::what) what);
  /// A run-time error: the script ends, the implicit keep is all that is done. RFC 5228 §2.10.6.
  void fail(Place at, std::string message);
  bool failed() const { return outcome_.error.has_value(); }

  ActionList& actions() { return actions_; }
  /// The error, after which the run goes on as if nothing had been. For test scripts, whose cases stand alone.
  std::optional<Diagnostic> forget_failure() { return std::exchange(outcome_.error, std::nullopt); }

  void note(Place at, std::string text);
  void warn(Place at, std::string text);
  void remember(std::string key, std::int64_t period_seconds);

  Outcome finish();

 private:
  bool step(Place at);

  const Program& program_;
  const Input& input_;
  Bench* bench_;
  const Unit* unit_;
  const mail::Message* message_;
  std::shared_ptr<const mail::Message> edited_;
  std::shared_ptr<const mail::Message> received_;  // by a test script
  std::shared_ptr<const MimeMessage> structure_;
  const MimePart* current_part_ = nullptr;
  std::vector<std::vector<std::size_t>> replaced_;  // paths
  const CommandNode* broken_loop_ = nullptr;
  std::vector<const Unit*> units_run_;
  const mail::ReversePath* envelope_reverse_path_;
  const mail::ForwardPath* envelope_forward_path_;
  std::optional<mail::ReversePath> set_reverse_path_;
  std::optional<mail::ForwardPath> set_forward_path_;
  std::optional<mail::ForwardPath> set_original_forward_path_;
  std::optional<std::string> authenticated_as_;
  std::optional<IndexedAddress> original_forward_path_;
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
