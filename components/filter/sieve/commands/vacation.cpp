// vacation: an automatic reply, once in a period for each correspondent. RFC 5230; :seconds RFC 6131.
#include "components/filter/sieve/vacation.hpp"

#include "base/text.hpp"
#include "components/filter/sieve/address_list.hpp"
#include "components/filter/sieve/compiler.hpp"
#include "components/filter/sieve/evaluation.hpp"
#include "components/filter/sieve/header_value.hpp"
#include "components/filter/sieve/vocabulary.hpp"
#include "mail/address.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::sieve {

namespace {

constexpr std::int64_t seconds_a_day = 86'400;

class VacationCommand final : public CommandNode {
 public:
  Flow run(Evaluation& evaluation) const override {
    evaluation.take(number);
    if (auto why = evaluation.actions().note_vacation(at.line)) {
      evaluation.fail(at, std::move(*why));
      return Flow::stop;
    }
    std::vector<std::string> own;
    for (const Text& address : addresses) own.push_back(evaluation.expanded(address));
    if (const auto why = why_not_answered(question(evaluation), own)) {
      evaluation.note(at, "no vacation reply: " + *why);
      return Flow::next;
    }
    Vacation reply{mail::ForwardPath(evaluation.envelope_reverse_path().address()),
                   {},
                   {},
                   evaluation.expanded(reason),
                   is_mime,
                   period_seconds};
    // As with Pigeonhole, by default the reply comes from the address that was written to.
    reply.from =
        from ? evaluation.expanded(*from) : named_alias(question(evaluation), own).value_or(own_address(evaluation));
    if (from && parse_single_address(reply.from).empty()) {
      evaluation.fail(at, fmt::format("'{}' is no address to send a vacation reply from", printable(reply.from)));
      return Flow::stop;
    }
    reply.subject = subject_of(evaluation);
    const std::string key =
        fmt::format("vacation {} {}", mail::folded(reply.to.address()), handle_of(evaluation, reply));
    if (evaluation.remembers(key)) {
      evaluation.note(at, "no vacation reply: this correspondent got one within the period");
      return Flow::next;
    }
    evaluation.remember(key, period_seconds);
    evaluation.act(at, std::move(reply));
    return Flow::next;
  }

  std::int64_t period_seconds = 0;
  std::optional<Text> subject;
  std::optional<Text> from;
  std::optional<Text> handle;
  std::vector<Text> addresses;
  Text reason;
  bool is_mime = false;

 private:
  static VacationQuestion question(Evaluation& evaluation) {
    const Input& input = evaluation.input();
    return {evaluation.message(),
            evaluation.envelope_reverse_path(),
            evaluation.envelope_forward_path(),
            input.original_forward_path,
            input.own_addresses,
            evaluation.settings()};
  }

  static std::string own_address(Evaluation& evaluation) {
    const std::string& owner = evaluation.settings().user_email;
    const bool is_owner = !owner.empty() && !evaluation.settings().vacation_sends_from_recipient;
    return is_owner ? owner : mail::to_string(evaluation.envelope_forward_path().address());
  }

  // RFC 5230 §4.3: by default the original subject behind "Auto: ".
  std::string subject_of(Evaluation& evaluation) const {
    if (subject) return evaluation.expanded(*subject);
    const auto field = evaluation.received_message().field("Subject");
    if (!field) return "Automated reply";
    return "Auto: " + decode_header_value(field->value).value_or(std::string(trim(field->value)));
  }

  // RFC 5230 §4.2: without :handle, replies that differ in subject, from, mime or reason are different replies. The
  // subject counts as it was given: the default one differs from message to message.
  std::string handle_of(Evaluation& evaluation, const Vacation& reply) const {
    if (handle) return ":handle " + evaluation.expanded(*handle);
    return fmt::format("{}\n{}\n{}\n{}", subject ? reply.subject : "", from ? reply.from : "", is_mime, reply.reason);
  }
};

/// The period in seconds, within the site's limits. RFC 5230 §4.1: a number out of them is moved, not refused.
std::int64_t period(Compiler& compiler, const Bound& bound) {
  const Limits& limits = compiler.limits();
  const BoundTag* tag = bound.group(TagGroup::period);
  if (tag == nullptr) return limits.vacation_seconds_default;
  const std::int64_t unit = tag->definition->name == ":seconds" ? 1 : seconds_a_day;
  constexpr std::uint64_t number_max = 100'000'000;  // some centuries in days, and no overflow
  const std::int64_t given = static_cast<std::int64_t>(std::min(tag->value->number, number_max)) * unit;
  if (given < limits.vacation_seconds_min) {
    compiler.warning(tag->value->at, fmt::format("specified {} value '{}' is under the minimum", tag->definition->name,
                                                 tag->value->number));
    return limits.vacation_seconds_min;
  }
  if (limits.vacation_seconds_max > 0 && given > limits.vacation_seconds_max) {
    compiler.warning(tag->value->at, fmt::format("specified {} value '{}' is over the maximum", tag->definition->name,
                                                 tag->value->number));
    return limits.vacation_seconds_max;
  }
  return given;
}

CommandPointer compile_vacation(Compiler& compiler, const ast::Node&, const Bound& bound) {
  auto command = std::make_unique<VacationCommand>();
  command->period_seconds = period(compiler, bound);
  const auto optional_text = [&](std::string_view name) -> std::optional<Text> {
    const BoundTag* tag = bound.tag(name);
    if (tag == nullptr) return std::nullopt;
    return compiler.text(*tag->value);
  };
  command->subject = optional_text(":subject");
  command->from = optional_text(":from");
  command->handle = optional_text(":handle");
  if (command->from && command->from->is_constant() && parse_single_address(command->from->constant).empty()) {
    compiler.error(bound.tag(":from")->value->at,
                   fmt::format("'{}' is no address; expected local-part@domain", printable(command->from->constant)));
  }
  if (const BoundTag* addresses = bound.tag(":addresses")) command->addresses = compiler.texts(*addresses->value);
  command->is_mime = bound.tag(":mime") != nullptr;
  command->reason = compiler.text(*bound.positional[0]);
  return command;
}

}  // namespace

std::vector<CommandDefinition> vacation_commands() {
  const Tags tags = {{":days", Extension::core, TagGroup::period, ValueKind::number},
                     {":seconds", Extension::vacation_seconds, TagGroup::period, ValueKind::number},
                     {":subject", Extension::core, TagGroup::free, ValueKind::string},
                     {":from", Extension::core, TagGroup::free, ValueKind::string},
                     {":addresses", Extension::core, TagGroup::free, ValueKind::string_list},
                     {":mime", Extension::core, TagGroup::free, {}},
                     {":handle", Extension::core, TagGroup::free, ValueKind::string}};
  return {{"vacation", Extension::vacation, {tags, {ValueKind::string}}, compile_vacation}};
}

}  // namespace watershed::sieve
