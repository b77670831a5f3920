// The run of a script. See evaluation.hpp and evaluate.hpp.
#include "components/filter/sieve/evaluation.hpp"

#include "components/filter/sieve/evaluate.hpp"
#include "components/filter/sieve/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::sieve {

Evaluation::Evaluation(const Program& program, const Input& input)
    : program_(program),
      input_(input),
      variables_(program.variables.size()),
      actions_(program.options.limits),
      wants_match_values_(program.required.contains(Extension::variables)) {}

HeaderIndex& Evaluation::headers() {
  if (!headers_) headers_.emplace(input_.message, program_.header_names);
  return *headers_;
}

const std::optional<IndexedAddress>& Evaluation::reverse_path() {
  if (!reverse_path_ && !input_.reverse_path.is_null()) {
    const mail::Address& address = input_.reverse_path.address();
    reverse_path_.emplace(MailboxAddress{address.local_part, address.domain});
  }
  return reverse_path_;
}

const std::optional<IndexedAddress>& Evaluation::forward_path() {
  const mail::Address& address = input_.forward_path.address();
  if (!forward_path_) forward_path_.emplace(MailboxAddress{address.local_part, address.domain});
  return forward_path_;
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
    if (!step(command->at) || command->run(*this) == Flow::stop || failed()) return Flow::stop;
  }
  return Flow::next;
}

bool Evaluation::holds(const TestNode& test) { return step(test.at) && test.holds(*this) && !failed(); }

void Evaluation::act(Place at, decltype(Action::what) what) {
  if (failed()) return;
  if (auto why = actions_.add({std::move(what), position(at)})) fail(at, std::move(*why));
}

void Evaluation::fail(Place at, std::string message) {
  if (!failed()) outcome_.error = Diagnostic{Severity::error, position(at), std::move(message), {}, {}};
}

void Evaluation::note(Place at, std::string text) { outcome_.notes.push_back({position(at), std::move(text)}); }

void Evaluation::remember(std::string key, std::int64_t period_seconds) {
  outcome_.remember.push_back({std::move(key), period_seconds});
}

Outcome Evaluation::finish() {
  if (failed()) {
    outcome_.implicit_keep = true;
    outcome_.remember.clear();
    outcome_.actions.assign(1, {Keep{{}, true}, {program_.file, 0, 0}});
  } else {
    outcome_.implicit_keep = actions_.implicit_keep();
    outcome_.actions = actions_.take(std::move(internal_flags_), program_.file);
  }
  return std::move(outcome_);
}

Outcome evaluate(const Script& script, const Input& input) {
  Evaluation evaluation(script.program(), input);
  evaluation.run(script.program().main);
  return evaluation.finish();
}

}  // namespace watershed::sieve
