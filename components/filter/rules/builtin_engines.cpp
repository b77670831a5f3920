// See builtin_engines.hpp.
#include "components/filter/rules/builtin_engines.hpp"

#include "base/text.hpp"
#include "components/filter/procmail/environment.hpp"
#include "components/filter/procmail/sendmail_arguments.hpp"
#include "components/filter/sieve/evaluate.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::rules {

mail::Message delivered(const Letter& letter) {
  mail::Message message = letter.message;
  if (message.count("Return-Path") == 0)
    message.prepend(fmt::format("Return-Path: {}\r\n", to_string(letter.reverse_path)));
  return message;
}

Judgement SieveEngine::judge(const Letter& letter) {
  const mail::Message message = delivered(letter);
  const sieve::Outcome outcome = sieve::evaluate(
      script_,
      {.message = message, .reverse_path = letter.reverse_path, .forward_path = letter.forward_path, .history = this});
  for (const sieve::Remembered& one : outcome.remember) remembered_until_[one.key] = one.period_seconds;
  for (const std::uint32_t number : outcome.taken) ++taken_[number];
  Judgement judgement;
  if (outcome.error) judgement.error = render(*outcome.error);
  for (const sieve::Action& action : outcome.actions) {
    Effect effect;
    effect.at = action.at;
    if (std::holds_alternative<sieve::Keep>(action.what)) {
      effect.target = "INBOX";
    } else if (const auto* filed = std::get_if<sieve::FileInto>(&action.what)) {
      effect.target = folder_name(filed->mailbox, "", "");
    } else if (const auto* redirect = std::get_if<sieve::Redirect>(&action.what)) {
      effect.kind = Effect::Kind::forward;
      effect.target = mail::folded(redirect->forward_path.address());
    } else if (std::holds_alternative<sieve::Discard>(action.what)) {
      effect.kind = Effect::Kind::discard;
    } else if (std::holds_alternative<sieve::Reject>(action.what)) {
      effect.kind = Effect::Kind::refuse;
    } else if (const auto* vacation = std::get_if<sieve::Vacation>(&action.what)) {
      effect.kind = Effect::Kind::answer;
      effect.target = mail::folded(vacation->to.address());
    } else {
      effect.kind = Effect::Kind::program;
      effect.target = to_string(action);
    }
    judgement.effects.push_back(std::move(effect));
  }
  normalise(judgement.effects);
  return judgement;
}

// Every letter comes at one time, the beginning of 1970.
bool SieveEngine::remembers(std::string_view key, std::int64_t now_unix_seconds) const {
  const auto found = remembered_until_.find(key);
  return found != remembered_until_.end() && found->second > now_unix_seconds;
}

std::vector<LineCount> SieveEngine::coverage() const {
  std::vector<LineCount> counts;
  for (std::size_t i = 0; i < taken_.size(); ++i) {
    const sieve::CommandPlace& place = script_.commands()[i];
    if (place.name == "require") continue;
    counts.push_back({std::string(place.file), place.line, std::string(place.name), taken_[i]});
  }
  return counts;
}

ProcmailEngine::ProcmailEngine(std::shared_ptr<const procmail::Rcfile> rcfile, std::string host)
    : rcfile_(std::move(rcfile)), host_(std::move(host)) {}

namespace {

Effect effect_of(const procmail::Delivery& delivery, const procmail::MailText& original, std::string_view maildir,
                 std::string_view default_folder, const std::string& address) {
  using Kind = procmail::Delivery::Kind;
  Effect effect;
  effect.at = delivery.at;
  switch (delivery.kind) {
    case Kind::discard:
      effect.kind = Effect::Kind::discard;
      return effect;
    case Kind::forward:
      effect.kind = delivery.is_answer ? Effect::Kind::answer : Effect::Kind::forward;
      effect.target = to_lower(address);
      break;
    case Kind::program:
      effect.kind = Effect::Kind::program;
      effect.target = std::string(trim(delivery.command));
      break;
    default:
      effect.target = folder_name(delivery.folder, maildir, default_folder);
  }
  if (delivery.is_answer) return effect;
  if (!delivery.body) effect.detail = "header only";
  if (!delivery.header) effect.detail = "body only";
  if (delivery.text && delivery.text->text() != original.text())
    effect.detail += effect.detail.empty() ? "altered" : ", altered";
  return effect;
}

}  // namespace

std::vector<Effect> effects_of(const procmail::Outcome& outcome, const procmail::MailText& original,
                               std::string_view maildir, std::string_view default_folder) {
  std::vector<Effect> effects;
  for (const procmail::Delivery& delivery : outcome.deliveries) {
    if (delivery.kind != procmail::Delivery::Kind::forward) {
      effects.push_back(effect_of(delivery, original, maildir, default_folder, {}));
      continue;
    }
    for (const std::string& address : procmail::sendmail_arguments_of(delivery).recipients) {
      effects.push_back(effect_of(delivery, original, maildir, default_folder, address));
    }
  }
  if (outcome.end == procmail::Outcome::End::refused) {
    effects.push_back({.kind = Effect::Kind::refuse, .target = {}, .detail = {}, .at = outcome.ended_at});
  }
  if (outcome.end == procmail::Outcome::End::vanished) {
    effects.push_back({.kind = Effect::Kind::vanish, .target = {}, .detail = {}, .at = outcome.ended_at});
  }
  normalise(effects);
  return effects;
}

Judgement ProcmailEngine::judge(const Letter& letter) {
  const procmail::MailText mail = procmail::MailText::of(delivered(letter));
  const std::string& local = letter.forward_path.address().local_part;
  procmail::KnownPrograms programs(caches_);
  const procmail::Outcome outcome = procmail::evaluate(*rcfile_, {.mail = mail,
                                                                  .arguments = {local},
                                                                  .variables = {{"DEFAULT", "INBOX"}},
                                                                  .host = host_,
                                                                  .logname = local,
                                                                  .programs = &programs});
  for (const auto& [recipe, count] : outcome.coverage) {
    if (recipe.first == rcfile_->file) taken_[recipe.second] += count.taken;
  }
  Judgement judgement;
  if (outcome.error) judgement.error = render(*outcome.error);
  for (const procmail::Assumption& one : outcome.assumptions) {
    judgement.assumptions.push_back(fmt::format("{}: {}", to_file_line(one.at), one.text));
  }
  judgement.effects = effects_of(outcome, mail, outcome.maildir, outcome.default_folder);
  return judgement;
}

std::vector<LineCount> ProcmailEngine::coverage() const {
  std::vector<LineCount> counts;
  for (std::size_t number = 0; number < rcfile_->recipes.size(); ++number) {
    const auto found = taken_.find(static_cast<std::uint32_t>(number));
    counts.push_back(
        {rcfile_->file, rcfile_->recipes[number].line, "recipe", found == taken_.end() ? 0 : found->second});
  }
  return counts;
}

}  // namespace watershed::rules
