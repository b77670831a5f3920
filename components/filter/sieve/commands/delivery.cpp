// keep, discard, fileinto, redirect, stop. RFC 5228 §3.3, §4; :copy RFC 3894, :flags RFC 5232 §5, :create RFC 5490
// §3.2.
#include "base/text.hpp"
#include "components/filter/sieve/address_list.hpp"
#include "components/filter/sieve/compiler.hpp"
#include "components/filter/sieve/evaluation.hpp"
#include "components/filter/sieve/flags.hpp"
#include "components/filter/sieve/vocabulary.hpp"
#include "mail/address.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::sieve {

namespace {

/// The flags of :flags, or the internal variable's. RFC 5232 §5.
struct FlagsArgument {
  std::optional<std::vector<Text>> texts;

  Flags value(Evaluation& evaluation) const {
    if (!texts) return evaluation.internal_flags();
    Flags flags;
    for (const Text& text : *texts) add_flags(flags, evaluation.expanded(text));
    return flags;
  }
};

FlagsArgument compile_flags(Compiler& compiler, const Bound& bound) {
  const BoundTag* tag = bound.tag(":flags");
  if (tag == nullptr) return {};
  return {compiler.texts(*tag->value)};
}

class KeepCommand final : public CommandNode {
 public:
  Flow run(Evaluation& evaluation) const override {
    evaluation.take(number);
    evaluation.act(at, Keep{flags.value(evaluation), false});
    return Flow::next;
  }

  FlagsArgument flags;
};

class DiscardCommand final : public CommandNode {
 public:
  Flow run(Evaluation& evaluation) const override {
    evaluation.take(number);
    evaluation.act(at, Discard{});
    return Flow::next;
  }
};

class StopCommand final : public CommandNode {
 public:
  Flow run(Evaluation& evaluation) const override {
    evaluation.take(number);
    return Flow::stop;
  }
};

bool has_control(std::string_view mailbox) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  return std::any_of(mailbox.begin(), mailbox.end(), is_control);
}

/// What is wrong with a mailbox name; empty when nothing is.
std::string_view mailbox_fault(std::string_view mailbox) {
  if (!is_utf8(mailbox)) return "it is not valid UTF-8";
  return has_control(mailbox) ? "it has control characters" : "";
}

/// As Pigeonhole, a script is refused only for a name that is no text; the others are seen when they are stored into.
void check_mailbox(Compiler& compiler, std::string_view mailbox, Place at) {
  if (mailbox.empty()) compiler.warning(at, "fileinto command: an empty folder name is taken as INBOX");
  const std::string_view fault = mailbox_fault(mailbox);
  if (fault.empty()) return;
  std::string text = fmt::format("fileinto command: invalid folder name `{}' specified: {}", printable(mailbox), fault);
  if (is_utf8(mailbox)) {
    compiler.warning(at, std::move(text));
  } else {
    compiler.error(at, std::move(text));
  }
}

class FileIntoCommand final : public CommandNode {
 public:
  Flow run(Evaluation& evaluation) const override {
    evaluation.take(number);
    std::string name = evaluation.expanded(mailbox);
    if (name.empty()) name = "INBOX";
    const std::string_view fault = mailbox_fault(name);
    if (!fault.empty()) {
      evaluation.fail(at, fmt::format("the mailbox name '{}' cannot be used: {}", printable(name), fault));
      return Flow::stop;
    }
    FileInto action{std::move(name), flags.value(evaluation), copy, create, {}};
    if (special_use) {
      action.special_use = evaluation.expanded(*special_use);
      const MailboxDirectory* const directory = evaluation.input().mailboxes;
      // RFC 8579 §4: the mailbox with that use comes first; the named one is for when there is none.
      const auto found = directory == nullptr ? std::nullopt : directory->with_special_use(action.special_use, "");
      if (found) action.mailbox = *found;
    }
    evaluation.act(at, std::move(action));
    return Flow::next;
  }

  Text mailbox;
  FlagsArgument flags;
  std::optional<Text> special_use;
  bool copy = false;
  bool create = false;
};

std::optional<mail::ForwardPath> forward_path(std::string_view text) {
  const auto found = parse_single_address(text);
  if (found.empty()) return std::nullopt;
  auto address = mail::parse_address(found.front().all());
  if (!address) return std::nullopt;
  return mail::ForwardPath(std::move(*address));
}

bool was_redirected_here(Evaluation& evaluation) {
  const std::string& email = evaluation.settings().user_email;
  const std::string owner = email.empty() ? mail::to_string(evaluation.envelope_forward_path().address()) : email;
  const auto& fields = evaluation.headers().fields();
  return std::any_of(fields.begin(), fields.end(), [&](const IndexedField& field) {
    return equal_ignoring_case(field.name(), "X-Sieve-Redirected-From") &&
           equal_ignoring_case(trim(field.raw()), owner);
  });
}

class RedirectCommand final : public CommandNode {
 public:
  Flow run(Evaluation& evaluation) const override {
    evaluation.take(number);
    if (is_list) return run_list(evaluation);
    auto to = constant;
    if (!to) {
      const std::string text = evaluation.expanded(address);
      to = forward_path(text);
      if (!to) {
        evaluation.fail(at, fmt::format("'{}' is no address to redirect to", printable(text)));
        return Flow::stop;
      }
    }
    // RFC 5228 §4.2: no loops. Whoever sends on writes himself down (response.hpp); who finds himself there does not.
    if (was_redirected_here(evaluation)) {
      evaluation.note(at, fmt::format("not forwarding to <{}>: the field X-Sieve-Redirected-From tells of a mail loop",
                                      mail::display(*to)));
      return Flow::next;
    }
    evaluation.act(at, Redirect{std::move(*to), copy});
    return Flow::next;
  }

  Text address;
  std::optional<mail::ForwardPath> constant;
  bool copy = false;
  bool is_list = false;

 private:
  // RFC 6134 §2.5: to each member; the limit on redirects holds for them together.
  Flow run_list(Evaluation& evaluation) const {
    const std::string name = evaluation.expanded(address);
    const ExternalLists* const lists = evaluation.input().lists;
    if (lists == nullptr || !lists->exists(name)) {
      evaluation.fail(at, fmt::format("there is no list '{}' to redirect to", printable(name)));
      return Flow::stop;
    }
    for (const std::string& member : lists->members(name)) {
      if (auto to = forward_path(member)) evaluation.act(at, Redirect{std::move(*to), copy});
    }
    return Flow::next;
  }
};

CommandPointer compile_keep(Compiler& compiler, const ast::Node&, const Bound& bound) {
  auto command = std::make_unique<KeepCommand>();
  command->flags = compile_flags(compiler, bound);
  return command;
}

CommandPointer compile_discard(Compiler&, const ast::Node&, const Bound&) { return std::make_unique<DiscardCommand>(); }

CommandPointer compile_stop(Compiler&, const ast::Node&, const Bound&) { return std::make_unique<StopCommand>(); }

CommandPointer compile_file_into(Compiler& compiler, const ast::Node&, const Bound& bound) {
  auto command = std::make_unique<FileIntoCommand>();
  const ast::Argument& mailbox = *bound.positional[0];
  command->mailbox = compiler.text(mailbox);
  if (command->mailbox.is_constant()) check_mailbox(compiler, command->mailbox.constant, mailbox.at);
  command->flags = compile_flags(compiler, bound);
  command->copy = bound.tag(":copy") != nullptr;
  command->create = bound.tag(":create") != nullptr;
  if (const BoundTag* use = bound.tag(":specialuse")) {
    command->special_use = compiler.text(*use->value);
    const bool is_flag = !command->special_use->is_constant() || command->special_use->constant.starts_with('\\');
    if (!is_flag) {
      compiler.error(use->value->at, fmt::format("specialuse tag: invalid special-use flag `{}' specified",
                                                 printable(command->special_use->constant)));
    }
  }
  return command;
}

CommandPointer compile_redirect(Compiler& compiler, const ast::Node&, const Bound& bound) {
  auto command = std::make_unique<RedirectCommand>();
  const ast::Argument& address = *bound.positional[0];
  command->address = compiler.text(address);
  command->copy = bound.tag(":copy") != nullptr;
  command->is_list = bound.tag(":list") != nullptr;
  if (command->address.is_constant() && !command->is_list) {
    command->constant = forward_path(command->address.constant);
    if (!command->constant) {
      compiler.error(address.at, fmt::format("specified redirect address '{}' is invalid; expected local-part@domain",
                                             printable(command->address.constant)));
    }
  }
  return command;
}

}  // namespace

std::vector<CommandDefinition> delivery_commands() {
  const Tags flags = {{":flags", Extension::imap4flags, TagGroup::free, ValueKind::string_list}};
  const Tags copy = {{":copy", Extension::copy, TagGroup::free, {}}};
  const Tags create = {{":create", Extension::mailbox, TagGroup::free, {}},
                       {":specialuse", Extension::special_use, TagGroup::free, ValueKind::string}};
  const Tags list = {{":list", Extension::extlists, TagGroup::free, {}}};
  return {{"keep", Extension::core, {flags, {}}, compile_keep},
          {"discard", Extension::core, {}, compile_discard},
          {"stop", Extension::core, {}, compile_stop},
          {"fileinto", Extension::fileinto, {joined({copy, flags, create}), {ValueKind::string}}, compile_file_into},
          {"redirect", Extension::core, {joined({copy, list}), {ValueKind::string}}, compile_redirect}};
}

}  // namespace watershed::sieve
