// See store_lines.hpp. RFC 5228 §4, RFC 5230, RFC 5429.
#include "harness/lanes/wire/store_lines.hpp"

#include "base/text.hpp"
#include "components/filter/sieve/evaluate.hpp"
#include "mail/path.hpp"

namespace watershed::harness {

namespace {

bool does(const sieve::Action& action, StoreDeed deed, std::string_view target) {
  switch (deed) {
    case StoreDeed::file:
      if (const auto* filed = std::get_if<sieve::FileInto>(&action.what)) return filed->mailbox == target;
      return std::holds_alternative<sieve::Keep>(action.what) && target == "INBOX";
    case StoreDeed::discard:
      return std::holds_alternative<sieve::Discard>(action.what);
    case StoreDeed::redirect: {
      const auto* redirect = std::get_if<sieve::Redirect>(&action.what);
      return redirect != nullptr && equal_ignoring_case(display(redirect->forward_path), target);
    }
    case StoreDeed::answer:
      return std::holds_alternative<sieve::Vacation>(action.what);
    case StoreDeed::reject:
      return std::holds_alternative<sieve::Reject>(action.what);
  }
  return false;
}

}  // namespace

std::optional<sieve::Outcome> script_outcome(const store::MailboxSettings& mailbox, const StoreDelivery& delivery) {
  const auto recipient = mail::parse_address(delivery.recipient);
  if (!mailbox.script || !recipient) return std::nullopt;
  const auto from = mail::parse_address(delivery.reverse_path);
  const mail::Message message = mail::Message::parse(std::string(delivery.content));
  const mail::ReversePath reverse_path = from ? mail::ReversePath(*from) : mail::ReversePath();
  const mail::ForwardPath forward_path(*recipient);
  const store::ConfiguredFolders folders(mailbox);
  return sieve::evaluate(*mailbox.script, {.message = message,
                                           .reverse_path = reverse_path,
                                           .forward_path = forward_path,
                                           .now_unix_seconds = delivery.now_unix_seconds,
                                           .mailboxes = &folders,
                                           .annotations = &folders});
}

std::string line_behind(const store::MailboxSettings& mailbox, const std::optional<sieve::Outcome>& outcome,
                        StoreDeed deed, std::string_view target) {
  if (!mailbox.script) {
    const bool is_kept = deed == StoreDeed::file && target == "INBOX";
    return is_kept ? to_file_line(mailbox.at) : std::string();
  }
  if (!outcome) return {};
  for (const sieve::Action& action : outcome->actions) {
    if (does(action, deed, target)) return to_file_line(action.at.line > 0 ? action.at : mailbox.at);
  }
  return {};
}

}  // namespace watershed::harness
