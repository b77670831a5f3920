// See store_lines.hpp. RFC 5228 §4, RFC 5230, RFC 5429.
#include "harness/lanes/wire/store_lines.hpp"

#include "base/text.hpp"
#include "components/filter/sieve/coverage.hpp"
#include "components/filter/sieve/evaluate.hpp"
#include "mail/path.hpp"

#include <algorithm>
#include <optional>

namespace watershed::harness {

namespace {

bool does(const sieve::Action& action, const StoreQuestion& question) {
  switch (question.deed) {
    case StoreDeed::file:
      if (const auto* filed = std::get_if<sieve::FileInto>(&action.what)) return filed->mailbox == question.target;
      return std::holds_alternative<sieve::Keep>(action.what) && question.target == "INBOX";
    case StoreDeed::discard:
      return std::holds_alternative<sieve::Discard>(action.what);
    case StoreDeed::redirect: {
      const auto* redirect = std::get_if<sieve::Redirect>(&action.what);
      return redirect != nullptr && equal_ignoring_case(display(redirect->forward_path), question.target);
    }
    case StoreDeed::answer:
      return std::holds_alternative<sieve::Vacation>(action.what);
    case StoreDeed::reject:
      return std::holds_alternative<sieve::Reject>(action.what);
  }
  return false;
}

std::optional<sieve::Outcome> run_again(const store::MailboxSettings& mailbox, const StoreQuestion& question) {
  const auto recipient = mail::parse_address(question.recipient);
  if (!recipient) return std::nullopt;
  const auto from = mail::parse_address(question.reverse_path);
  const mail::Message message = mail::Message::parse(std::string(question.content));
  const mail::ReversePath reverse_path = from ? mail::ReversePath(*from) : mail::ReversePath();
  const mail::ForwardPath forward_path(*recipient);
  const store::ConfiguredFolders folders(mailbox);
  return sieve::evaluate(*mailbox.script, {.message = message,
                                           .reverse_path = reverse_path,
                                           .forward_path = forward_path,
                                           .now_unix_seconds = question.now_unix_seconds,
                                           .mailboxes = &folders,
                                           .annotations = &folders});
}

}  // namespace

std::string line_behind(const store::MailboxSettings& mailbox, const StoreQuestion& question) {
  if (!mailbox.script) {
    const bool is_kept = question.deed == StoreDeed::file && question.target == "INBOX";
    return is_kept ? to_file_line(mailbox.at) : std::string();
  }
  const auto outcome = run_again(mailbox, question);
  if (!outcome) return {};
  for (const sieve::Action& action : outcome->actions) {
    if (does(action, question)) return to_file_line(action.at.line > 0 ? action.at : mailbox.at);
  }
  return {};
}

StoreForecast forecast(const store::MailboxSettings& mailbox, const StoreQuestion& question) {
  StoreForecast made;
  const auto outcome = run_again(mailbox, question);
  if (!outcome) return made;
  made.actions = outcome->actions.size();
  for (const SourcePosition& at : sieve::lines_without_action(*mailbox.script, *outcome)) {
    made.led_there.push_back(to_file_line(at));
  }
  return made;
}

}  // namespace watershed::harness
