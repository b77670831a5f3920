// See pipe_delivery.hpp.
#include "components/router/engine/pipe_delivery.hpp"

#include "base/text.hpp"
#include "components/router/engine/engine.hpp"
#include "components/router/engine/intake.hpp"
#include "mail/trace.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::router {

namespace {

// Seen in Postfix 3.7: the codes of sysexits(3) that have a status and a text of their own.
struct ExitText {
  int code;
  std::string_view status;
  std::string_view text;
};
constexpr ExitText exit_texts[] = {
    {64, "5.3.0", "command line usage error"},  {65, "5.6.0", "data format error"},
    {66, "5.3.0", "cannot open input"},         {67, "5.1.1", "user unknown"},
    {68, "5.1.2", "host name unknown"},         {69, "5.3.0", "service unavailable"},
    {70, "5.3.0", "internal software error"},   {71, "4.3.0", "system resource problem"},
    {72, "5.3.0", "critical OS file missing"},  {73, "5.2.0", "can't create user output file"},
    {74, "5.3.0", "input/output error"},        {75, "4.3.0", "temporary failure"},
    {76, "5.5.0", "remote error in protocol"},  {77, "5.7.0", "permission denied"},
    {78, "5.3.5", "local configuration error"},
};

// Debian's base-passwd; any other account is taken for the first that a person gets.
int user_id_of(const std::string& user) {
  if (user == "daemon") return 1;
  if (user == "mail") return 8;
  return user == "nobody" ? 65534 : 1000;
}

Outcome not_modelled(Engine& engine, const postfix::Service& service, const std::string& why) {
  const std::string text = fmt::format("transport {}: {}", service.name, why);
  const postfix::NotUnderstood item{service.at, text};
  engine.note_not_understood({&item, 1});
  return make_outcome(Outcome::Kind::deferred, "4.3.5", text);
}

mail::Message with_fields(const postfix::PipeService& service, const std::string& sender, const QueuedMessage& message,
                          const QueuedRecipient& recipient) {
  mail::Message given = *message.message;
  std::string fields;
  if (service.has_flag('R')) fields += fmt::format("Return-Path: <{}>\r\n", sender);
  if (service.has_flag('O')) fields += fmt::format("X-Original-To: {}\r\n", to_string(recipient.original));
  if (service.has_flag('D')) fields += fmt::format("Delivered-To: {}\r\n", recipient.name());
  if (!fields.empty()) given.prepend(fields);
  return given;
}

void record_kept(Engine& engine, const QueuedMessage& message, const QueuedRecipient& recipient,
                 const CommandResult::Kept& kept) {
  stage::Fact fact = engine.fact(stage::FactKind::stored, message.custody);
  fact.body_hash = kept.message.body_hash();
  fact.size_octets = kept.message.size_octets();
  fact.recipient = recipient.name();
  fact.reverse_path = display(message.envelope.reverse_path);
  fact.detail = kept.folder;
  fact.text = kept.mailbox;
  fact.decided_by = kept.decided_by;
  engine.stage.journal.record(std::move(fact));
  if (engine.options.mailboxes == nullptr) return;
  engine.options.mailboxes->store({message.custody, kept.mailbox, kept.folder,
                                   recipient.recipient.forward_path.address(), message.envelope.reverse_path,
                                   kept.message});
}

// Rules that held and left no other trace: those that only lead to others.
void note_rules(Engine& engine, const QueuedMessage& message, const QueuedRecipient& recipient,
                const CommandResult& result) {
  for (std::string& place : rules_without_trace(result)) {
    stage::Fact fact = engine.fact(stage::FactKind::note, message.custody);
    fact.recipient = recipient.name();
    fact.detail = "rule";
    fact.decided_by = std::move(place);
    engine.stage.journal.record(std::move(fact));
  }
}

// sendmail(1) gives it to pickup(8).
void submit(Engine& engine, const QueuedMessage& cause, const QueuedRecipient& on_behalf_of, const std::string& user,
            CommandResult::Submitted submitted) {
  InternalMail made;
  made.queue_id = engine.new_queue_id();
  const mail::Address own{user, engine.settings->myorigin};
  made.reverse_path = submitted.reverse_path.value_or(mail::ReversePath(own));
  made.recipients = std::move(submitted.recipients);
  made.message = std::move(submitted.message);
  made.cause = cause.custody;
  made.detail = submitted.detail;
  made.on_behalf_of.push_back(on_behalf_of.name());
  made.decided_by = std::move(submitted.decided_by);
  made.user_id = user_id_of(user);
  inject(engine, std::move(made));
}

}  // namespace

std::vector<std::string> rules_without_trace(const CommandResult& result) {
  std::vector<std::string> rest = result.rules_taken;
  const auto take_away = [&](const std::string& decided_by) {
    const auto found = std::find(rest.begin(), rest.end(), decided_by);
    if (found != rest.end()) rest.erase(found);
  };
  for (const CommandResult::Kept& each : result.kept) take_away(each.decided_by);
  for (const CommandResult::Submitted& each : result.submitted) take_away(each.decided_by);
  if (result.discarded_by) take_away(*result.discarded_by);
  return rest;
}

Result<PreparedCommand, Error> prepare_command(const postfix::PostfixConfig& config, const postfix::Service& service,
                                               const std::string& next_hop, const QueuedMessage& message,
                                               const QueuedRecipient& recipient) {
  auto pipe = postfix::pipe_service_of(service);
  if (!pipe) return pipe.error();
  const mail::ReversePath& reverse_path = message.envelope.reverse_path;
  const std::string sender = reverse_path.is_null() ? pipe->null_sender : display(reverse_path);
  auto arguments =
      postfix::expand_command(*pipe, {sender, recipient.recipient.forward_path.address(), recipient.original, next_hop,
                                      message.id, config.parameters_of(&service).text("recipient_delimiter"),
                                      std::to_string(message.message->size_octets())});
  if (!arguments) return arguments.error();
  mail::Message given = with_fields(*pipe, sender, message, recipient);
  return PreparedCommand{std::move(*pipe), std::move(*arguments), std::move(given)};
}

Outcome outcome_of_exit(int exit_code, const std::string& output, const std::string& command) {
  const std::string said =
      output.empty() ? std::string() : fmt::format(". Command output: {}", printable(trim(output)));
  if (exit_code == 0) {
    return make_outcome(Outcome::Kind::delivered, "2.0.0", "delivered via command" + said);
  }
  for (const ExitText& each : exit_texts) {
    if (each.code != exit_code) continue;
    return make_outcome(each.status.starts_with('4') ? Outcome::Kind::deferred : Outcome::Kind::failed, each.status,
                        std::string(each.text) + said);
  }
  return make_outcome(Outcome::Kind::failed, "5.3.0",
                      fmt::format("Command died with status {}: \"{}\"{}", exit_code, command, said));
}

Outcome deliver_to_command(Engine& engine, const Destination& destination, const Batch& batch, std::size_t index) {
  const QueuedMessage& message = *batch.message;
  const QueuedRecipient& recipient = message.recipients[index];
  const postfix::PostfixConfig& config = engine.decider->config();
  const postfix::Service& service = *config.master().transport(destination.transport);
  const auto command = prepare_command(config, service, destination.next_hop, message, recipient);
  if (!command) return not_modelled(engine, service, command.error().message);
  const postfix::PipeService& pipe = command->pipe;
  if (pipe.has_flag('D')) {
    for (const std::string& before : mail::delivered_to(*message.message)) {
      if (!equal_ignoring_case(before, recipient.name())) continue;
      return make_outcome(Outcome::Kind::failed, "5.4.6", "mail forwarding loop for " + recipient.name());
    }
  }
  std::optional<CommandResult> result;
  if (engine.options.commands != nullptr) {
    result = engine.options.commands->run({command->arguments, pipe.user, command->given, message.envelope.reverse_path,
                                           recipient.recipient.forward_path.address()});
  }
  if (!result) return not_modelled(engine, service, fmt::format("runs {}, which is not modelled", pipe.command[0]));
  engine.note_not_understood(result->not_understood);
  note_rules(engine, message, recipient, *result);
  for (const CommandResult::Kept& kept : result->kept) record_kept(engine, message, recipient, kept);
  for (CommandResult::Submitted& each : result->submitted) {
    submit(engine, message, recipient, pipe.user, std::move(each));
  }
  Outcome outcome = outcome_of_exit(result->exit_code, result->output, pipe.command.front());
  if (outcome.kind == Outcome::Kind::delivered && result->discarded_by) {
    outcome = make_outcome(Outcome::Kind::discarded, "2.0.0", "thrown away by " + std::string(pipe.program()));
    outcome.decided_by = *result->discarded_by;
  }
  return outcome;
}

}  // namespace watershed::router
