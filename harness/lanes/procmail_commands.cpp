// See procmail_commands.hpp.
#include "harness/lanes/procmail_commands.hpp"

#include "base/text.hpp"
#include "components/filter/procmail/command_line.hpp"
#include "components/filter/procmail/evaluate.hpp"
#include "components/filter/procmail/sendmail_arguments.hpp"
#include "components/filter/rules/effect.hpp"
#include "components/router/route/address_form.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::harness {

using router::CommandResult;

namespace {

constexpr int exit_temporary_failure = 75;  // sysexits(3)

mail::Message message_of(const procmail::Delivery& delivery, const procmail::MailText& given,
                         const mail::Message& original) {
  const std::string text = procmail::written_text(delivery);
  // Equal but for line ends: then it is the message that came.
  if (text == given.text()) return original;
  return mail::Message::parse(procmail::MailText(text).crlf());
}

CommandResult not_understood(const SourcePosition& at, std::string why) {
  CommandResult result;
  result.exit_code = exit_temporary_failure;
  result.output = why;
  result.not_understood.push_back({at, std::move(why)});
  return result;
}

}  // namespace

ProcmailCommands::ProcmailCommands(std::string hostname, ProcmailRules rules,
                                   const std::vector<store::MailboxSettings>& mailboxes)
    : hostname_(std::move(hostname)), rules_(std::move(rules)), directories_{"/", "/var", procmail_mail_folder} {
  for (const store::MailboxSettings& mailbox : mailboxes) {
    mailboxes_.push_back(mailbox.address);
    const std::string home = fmt::format("{}/{}", procmail_mail_folder, to_lower(mailbox.address.local_part));
    directories_.insert(home);
    for (const std::string& folder : mailbox.folders) directories_.insert(home + "/" + folder);
  }
}

std::shared_ptr<const procmail::Rcfile> ProcmailCommands::open(const std::string& path) {
  const auto found = rules_.files.find(path);
  return found == rules_.files.end() ? nullptr : found->second;
}

procmail::PathKind ProcmailCommands::kind(const std::string& path) const {
  if (directories_.contains(path)) return procmail::PathKind::directory;
  return files_.contains(path) ? procmail::PathKind::file : procmail::PathKind::nothing;
}

CommandResult::Kept ProcmailCommands::kept(const procmail::Delivery& delivery, const procmail::Outcome& outcome,
                                           const router::CommandCall& call, mail::Message message) {
  const std::string& path = delivery.folder;
  const std::string below = fmt::format("{}/", procmail_mail_folder);
  const std::string owner =
      path.starts_with(below) ? path.substr(below.size(), path.find('/', below.size()) - below.size()) : std::string();
  std::string mailbox = to_string(call.recipient);
  for (const mail::Address& each : mailboxes_) {
    const bool is_better = to_string(each) == mailbox || equal_ignoring_case(each.domain, call.recipient.domain);
    if (equal_ignoring_case(each.local_part, owner) && is_better) mailbox = to_string(each);
  }
  std::string bare = path;
  while (bare.ends_with('/') || bare.ends_with("/.")) bare.pop_back();
  (delivery.kind == procmail::Delivery::Kind::mbox ? files_ : directories_).insert(bare);
  return {std::move(mailbox), rules::folder_name(path, below + owner, outcome.default_folder), std::move(message),
          to_file_line(delivery.at)};
}

void ProcmailCommands::carry_out(const procmail::Delivery& delivery, const procmail::Outcome& outcome,
                                 const router::CommandCall& call, const procmail::MailText& given,
                                 CommandResult& result) {
  using Kind = procmail::Delivery::Kind;
  if (delivery.kind == Kind::discard) {
    if (outcome.deliveries.size() == 1) result.discarded_by = to_file_line(delivery.at);
    return;
  }
  if (delivery.kind == Kind::program) {
    result.not_understood.push_back({delivery.at, fmt::format("the message ends in `{}`", delivery.command)});
    return;
  }
  mail::Message message = message_of(delivery, given, call.message);
  if (delivery.is_folder()) {
    result.kept.push_back(kept(delivery, outcome, call, std::move(message)));
    return;
  }
  CommandResult::Submitted submitted;
  const procmail::SendmailArguments arguments = procmail::sendmail_arguments_of(delivery);
  if (arguments.reverse_path) {
    const bool is_null = arguments.reverse_path->empty();
    submitted.reverse_path =
        is_null ? mail::ReversePath() : mail::ReversePath(router::address_from_internal(*arguments.reverse_path));
  }
  // sendmail(1) takes a bare name for a local user; the router completes it.
  for (const std::string& one : arguments.recipients) {
    submitted.recipients.push_back({mail::ForwardPath(router::address_from_internal(one)), {}, {}});
  }
  submitted.message = std::move(message);
  submitted.detail = delivery.is_answer && arguments.recipients_from_header ? "auto-reply" : "redirect";
  submitted.decided_by = to_file_line(delivery.at);
  if (!submitted.recipients.empty()) result.submitted.push_back(std::move(submitted));
}

std::vector<std::string> ProcmailCommands::rules_taken(const procmail::Coverage& coverage) const {
  std::vector<std::string> taken;
  for (const auto& [recipe, count] : coverage) {
    for (const auto& [path, rcfile] : rules_.files) {
      if (rcfile->file != recipe.first) continue;
      const std::string place = to_file_line({rcfile->file, rcfile->recipes[recipe.second].line, 0});
      for (std::uint64_t i = 0; i < count.taken; ++i) taken.push_back(place);
    }
  }
  return taken;
}

std::optional<CommandResult> ProcmailCommands::run(const router::CommandCall& call) {
  const std::string& command = call.arguments.front();
  if (command.substr(command.rfind('/') + 1) != "procmail") return std::nullopt;
  const auto line = procmail::read_command_line(std::span(call.arguments).subspan(1));
  if (!line) return not_understood({}, line.error().message);
  const auto rcfile = open(line->rcfile);
  if (!rcfile) return not_understood({}, fmt::format("{} is no file below the host's procmail folder", line->rcfile));
  const procmail::MailText mail = procmail::MailText::of(call.message);
  procmail::KnownPrograms programs(caches_);
  const procmail::Outcome outcome = procmail::evaluate(*rcfile, {.mail = mail,
                                                                 .arguments = line->arguments,
                                                                 .variables = line->variables,
                                                                 .host = hostname_,
                                                                 .logname = call.user,
                                                                 .programs = &programs,
                                                                 .rcfiles = this,
                                                                 .folders = this});
  if (outcome.error) return not_understood(outcome.error->at, outcome.error->message);
  CommandResult result;
  result.exit_code = outcome.exit_code;
  // procmail(1), -t: what nothing took stays in the mailer's queue.
  constexpr int exit_cannot_create = 73;
  if (line->fails_softly && outcome.exit_code == exit_cannot_create) result.exit_code = exit_temporary_failure;
  for (const procmail::Assumption& each : outcome.assumptions) result.not_understood.push_back({each.at, each.text});
  for (const procmail::Delivery& each : outcome.deliveries) carry_out(each, outcome, call, mail, result);
  result.rules_taken = rules_taken(outcome.coverage);
  return result;
}

}  // namespace watershed::harness
