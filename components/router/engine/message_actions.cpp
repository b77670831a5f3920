// See message_actions.hpp.
#include "components/router/engine/message_actions.hpp"

#include "components/router/engine/engine.hpp"
#include "components/router/engine/intake.hpp"

#include <fmt/format.h>

namespace watershed::router {

namespace {

std::optional<mail::Address> address_of(Engine& engine, const std::string& text, std::string_view action,
                                        const SourcePosition& at) {
  const auto address = mail::parse_address(text);
  if (address) return *address;
  const NotUnderstood item{at, fmt::format("{} {}: no address that can be read here", action, text)};
  engine.note_not_understood({&item, 1});
  return std::nullopt;
}

}  // namespace

void MessageActions::add(const ContentOutcome& outcome) {
  if (outcome.discard || outcome.hold || outcome.redirect || outcome.filter) decided_by = outcome.decided_by;
  discard |= outcome.discard;
  hold |= outcome.hold;
  if (outcome.redirect) redirect = outcome.redirect;
  if (outcome.filter) filter = outcome.filter;
  bcc.insert(bcc.end(), outcome.bcc.begin(), outcome.bcc.end());
}

void apply_actions(Engine& engine, const RouteDecider& decider, const MessageActions& actions,
                   const std::string& content_filter, NewMail& mail) {
  mail.filter = actions.filter ? *actions.filter : content_filter;
  mail.decided_by = journal_form(actions.decided_by);
  if (actions.discard) mail.discard_reason = "DISCARD action";
  if (actions.hold) mail.hold_reason = "HOLD action";
  if (actions.redirect) mail.redirect = address_of(engine, *actions.redirect, "REDIRECT", actions.decided_by.at);
  for (const std::string& text : actions.bcc) {
    const auto address = address_of(engine, text, "BCC", actions.decided_by.at);
    if (!address) continue;
    mail::Recipient copy{mail::ForwardPath(*address), {}, {}};
    copy.notify.specified = copy.notify.never = true;
    Expansion expanded = decider.expand_internal(mail.envelope.reverse_path, {copy});
    for (FinalRecipient& each : expanded.recipients) {
      each.origin = FinalRecipient::Origin::always_bcc;
      mail.expansion.recipients.push_back(std::move(each));
    }
  }
}

}  // namespace watershed::router
