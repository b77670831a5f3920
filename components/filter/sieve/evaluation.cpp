// The run of a script. See evaluation.hpp and evaluate.hpp.
#include "components/filter/sieve/evaluation.hpp"

#include "components/filter/sieve/environment.hpp"
#include "components/filter/sieve/evaluate.hpp"
#include "components/filter/sieve/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace watershed::sieve {

Evaluation::Evaluation(const Program& program, const Input& input, Bench* bench)
    : program_(program),
      input_(input),
      bench_(bench),
      unit_(&program.main()),
      message_(&input.message),
      envelope_reverse_path_(&input.reverse_path),
      envelope_forward_path_(&input.forward_path),
      variables_(program.variables),
      actions_(program.options.limits),
      wants_match_values_(program.required.contains(Extension::variables)) {}

HeaderIndex& Evaluation::headers() {
  if (!headers_) headers_.emplace(message(), program_.header_names);
  return *headers_;
}

void Evaluation::set_reverse_path(mail::ReversePath path) {
  set_reverse_path_ = std::move(path);
  envelope_reverse_path_ = &*set_reverse_path_;
  reverse_path_.reset();
}

void Evaluation::set_forward_path(mail::ForwardPath path) {
  set_forward_path_ = std::move(path);
  envelope_forward_path_ = &*set_forward_path_;
  forward_path_.reset();
}

bool Evaluation::remembers(std::string_view key) const {
  return input_.history != nullptr && input_.history->remembers(key, input_.now_unix_seconds);
}

const std::optional<IndexedAddress>& Evaluation::reverse_path() {
  if (!reverse_path_ && !envelope_reverse_path_->is_null()) {
    const mail::Address& address = envelope_reverse_path_->address();
    reverse_path_.emplace(MailboxAddress{address.local_part, address.domain});
  }
  return reverse_path_;
}

const std::optional<IndexedAddress>& Evaluation::forward_path() {
  const mail::Address& address = envelope_forward_path_->address();
  if (!forward_path_) forward_path_.emplace(MailboxAddress{address.local_part, address.domain});
  return forward_path_;
}

const std::optional<IndexedAddress>& Evaluation::original_forward_path() {
  if (original_forward_path_) return original_forward_path_;
  if (input_.original_forward_path == nullptr) return forward_path();
  const mail::Address& address = input_.original_forward_path->address();
  original_forward_path_.emplace(MailboxAddress{address.local_part, address.domain});
  return original_forward_path_;
}

void Evaluation::set_original_forward_path(mail::ForwardPath path) {
  set_original_forward_path_ = std::move(path);
  const mail::Address& address = set_original_forward_path_->address();
  original_forward_path_.emplace(MailboxAddress{address.local_part, address.domain});
}

std::string_view Evaluation::expand(const Text& text, std::string& storage) const {
  if (text.is_constant()) return text.constant;
  storage = expanded(text);
  return storage;
}

std::string Evaluation::expanded(const Text& text) const {
  if (text.is_constant()) return text.constant;
  std::string out;
  for (const TextPart& part : text.parts) {
    switch (part.kind) {
      case TextPart::Kind::literal:
        out += part.literal;
        break;
      case TextPart::Kind::variable:
        out += variable(part.index);
        break;
      case TextPart::Kind::match_value:
        if (part.index < match_values_.size()) out += match_values_[part.index];
        break;
      case TextPart::Kind::environment:
        out += environment_item(input_, part.literal).value_or("");
        break;
    }
    // The pieces are limited one by one; a script that repeats a long variable is limited here.
    if (out.size() > limits().string_octets_max) out.resize(utf8_prefix(out, limits().string_octets_max).size());
  }
  return out;
}

std::string_view Evaluation::variable(std::uint32_t number) const { return variables_[number]; }

void Evaluation::set_variable(std::uint32_t number, std::string_view value) {
  variables_[number] = std::string(utf8_prefix(value, limits().variable_value_octets_max));
}

void Evaluation::set_match_values(std::string_view matched) {
  const std::size_t count = std::min(spans_.size(), limits().match_values_max);
  match_values_.resize(count);
  for (std::size_t index = 0; index < count; ++index) {
    const std::string_view value = matched.substr(spans_[index].begin, spans_[index].length);
    match_values_[index].assign(utf8_prefix(value, limits().variable_value_octets_max));
  }
}

bool Evaluation::step(Place at) {
  if (++steps_ > limits().steps_max) fail(at, fmt::format("more than {} steps for one message", limits().steps_max));
  return !failed();
}

Flow Evaluation::run(const Block& block) {
  for (const CommandPointer& command : block) {
    const Flow flow = run(*command);
    if (flow != Flow::next) return flow;
  }
  return Flow::next;
}

Flow Evaluation::run(const CommandNode& command) {
  if (!step(command.at)) return Flow::stop;
  const Flow flow = command.run(*this);
  return failed() ? Flow::stop : flow;
}

Flow Evaluation::run(const Unit& unit) {
  const Unit* const outer = std::exchange(unit_, &unit);
  for (const std::uint32_t variable : unit.variables) variables_[variable].clear();
  units_run_.push_back(&unit);
  const Flow flow = run(unit.block);
  // A failure keeps its place: the unit stays the one that failed.
  if (!failed()) unit_ = outer;
  return flow == Flow::return_ ? Flow::next : flow;
}

bool Evaluation::has_run(const Unit& unit) const {
  return std::find(units_run_.begin(), units_run_.end(), &unit) != units_run_.end();
}

bool Evaluation::holds(const TestNode& test) { return step(test.at) && test.holds(*this) && !failed(); }

void Evaluation::act(Place at, decltype(Action::what) what) {
  if (failed()) return;
  if (auto why = actions_.add({std::move(what), position(at), edited_})) fail(at, std::move(*why));
}

void Evaluation::fail(Place at, std::string message) {
  if (!failed()) outcome_.error = Diagnostic{Severity::error, position(at), std::move(message), {}, {}};
}

void Evaluation::note(Place at, std::string text) { outcome_.notes.push_back({position(at), std::move(text)}); }

void Evaluation::warn(Place at, std::string text) {
  outcome_.warnings.push_back({Severity::warning, position(at), std::move(text), {}, {}});
}

void Evaluation::remember(std::string key, std::int64_t period_seconds) {
  outcome_.remember.push_back({std::move(key), period_seconds});
}

Outcome Evaluation::finish() {
  if (failed()) {
    outcome_.implicit_keep = true;
    outcome_.remember.clear();
    // As the message was received: what the script made of it goes with the rest of what it did.
    outcome_.actions.assign(1, {Keep{{}, true}, {program_.main().file, 0, 0}, nullptr});
  } else {
    outcome_.implicit_keep = actions_.implicit_keep();
    outcome_.actions = actions_.take(std::move(internal_flags_), program_.main().file, edited_);
  }
  return std::move(outcome_);
}

Outcome evaluate(const Script& script, const Input& input) {
  Evaluation evaluation(script.program(), input);
  evaluation.run(script.program().main());
  return evaluation.finish();
}

}  // namespace watershed::sieve
