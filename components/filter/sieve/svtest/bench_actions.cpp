// Carrying out, on the bench, what a script decided. See bench.hpp.
#include "components/filter/sieve/svtest/bench.hpp"

#include "base/text.hpp"
#include "components/filter/sieve/evaluation.hpp"
#include "components/filter/sieve/response.hpp"
#include "components/filter/sieve/vacation.hpp"

#include <fmt/format.h>

namespace watershed::sieve {

std::shared_ptr<const mail::Message> Bench::message_of(const Action& action, Evaluation& tester) const {
  if (action.message) return action.message;
  return std::make_shared<const mail::Message>(tester.message());
}

bool Bench::store(std::string_view folder, const Flags& flags, std::shared_ptr<const mail::Message> message) {
  const std::string name = equal_ignoring_case(folder, "INBOX") ? "INBOX" : std::string(folder);
  const auto found = folders_.find(name);
  if (found == folders_.end()) {
    errors_.push_back(fmt::format("failed to store into mailbox '{}': Mailbox doesn't exist: {}", name, name));
    return false;
  }
  static_cast<void>(flags);  // nothing in the language asks for them
  found->second.push_back(std::move(message));
  return true;
}

void Bench::send(mail::ReversePath from, const mail::ForwardPath& to, mail::Message message) {
  sent_.push_back({std::move(from), to, std::make_shared<const mail::Message>(std::move(message))});
}

bool Bench::carry_out(const Action& action, Evaluation& tester) {
  const ResponseContext context{tester.envelope_reverse_path(), tester.envelope_forward_path(), active_.settings,
                                fmt::format("<dovecot-sieve-{}-{}@example.com>", now_unix_seconds_, ++made_),
                                now_unix_seconds_};
  const auto message = message_of(action, tester);
  if (const auto* keep = std::get_if<Keep>(&action.what)) return store("INBOX", keep->flags, message);
  if (const auto* filed = std::get_if<FileInto>(&action.what)) {
    if (filed->create) folders_[filed->mailbox];
    return store(filed->mailbox, filed->flags, message);
  }
  if (const auto* redirect = std::get_if<Redirect>(&action.what)) {
    send(redirect_reverse_path(context), redirect->forward_path, compose_redirect(*message, context));
  } else if (const auto* reject = std::get_if<Reject>(&action.what)) {
    if (context.reverse_path.is_null()) return true;
    send({}, mail::ForwardPath(context.reverse_path.address()), compose_rejection(*reject, *message, context));
  } else if (const auto* vacation = std::get_if<Vacation>(&action.what)) {
    send({}, vacation->to, compose_vacation(*vacation, *message, context.message_id, now_unix_seconds_));
  } else if (const auto* notify = std::get_if<Notify>(&action.what)) {
    for (const mail::ForwardPath& to : notify->to) {
      send(notify_reverse_path(context), to, compose_notice(*notify, context));
    }
  }
  return true;
}

bool Bench::execute(Evaluation& tester) {
  errors_.clear();
  const std::vector<Action>& actions = tester.actions().all();
  bool went_well = true;
  for (; carried_out_ < actions.size() && went_well; ++carried_out_) {
    went_well = carry_out(actions[carried_out_], tester);
  }
  const bool is_kept = result_.holds_implicit_keep && tester.actions().implicit_keep();
  // RFC 5228 §2.10.6: where something went wrong, the message is kept.
  if (is_kept || !went_well) {
    const auto message =
        result_.implicit_message ? result_.implicit_message : std::make_shared<const mail::Message>(tester.message());
    store("INBOX", result_.implicit_flags, message);
    result_.holds_implicit_keep = false;
  }
  for (const Remembered& one : to_remember_) remembered_until_[one.key] = now_unix_seconds_ + one.period_seconds;
  to_remember_.clear();
  return went_well;
}

}  // namespace watershed::sieve
