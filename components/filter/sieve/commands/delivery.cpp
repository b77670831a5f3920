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

/// What is wrong with a mailbox name; empty when nothing is.
std::string_view mailbox_fault(std::string_view mailbox) {
  if (mailbox.empty()) return "it is empty";
  if (!is_utf8(mailbox)) return "it is not valid UTF-8";
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  return std::any_of(mailbox.begin(), mailbox.end(), is_control) ? "it has control characters" : "";
}

class FileIntoCommand final : public CommandNode {
 public:
  Flow run(Evaluation& evaluation) const override {
    evaluation.take(number);
    std::string name = evaluation.expanded(mailbox);
    const std::string_view fault = mailbox_fault(name);
    if (!fault.empty()) {
      evaluation.fail(at, fmt::format("the mailbox name '{}' cannot be used: {}", printable(name), fault));
      return Flow::stop;
    }
    evaluation.act(at, FileInto{std::move(name), flags.value(evaluation), copy, create});
    return Flow::next;
  }

  Text mailbox;
  FlagsArgument flags;
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

class RedirectCommand final : public CommandNode {
 public:
  Flow run(Evaluation& evaluation) const override {
    evaluation.take(number);
    auto to = constant;
    if (!to) {
      const std::string text = evaluation.expanded(address);
      to = forward_path(text);
      if (!to) {
        evaluation.fail(at, fmt::format("'{}' is no address to redirect to", printable(text)));
        return Flow::stop;
      }
    }
    evaluation.act(at, Redirect{std::move(*to), copy});
    return Flow::next;
  }

  Text address;
  std::optional<mail::ForwardPath> constant;
  bool copy = false;
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
  if (command->mailbox.is_constant()) {
    const std::string_view fault = mailbox_fault(command->mailbox.constant);
    if (!fault.empty()) compiler.error(mailbox.at, fmt::format("this mailbox name cannot be used: {}", fault));
  }
  command->flags = compile_flags(compiler, bound);
  command->copy = bound.tag(":copy") != nullptr;
  command->create = bound.tag(":create") != nullptr;
  return command;
}

CommandPointer compile_redirect(Compiler& compiler, const ast::Node&, const Bound& bound) {
  auto command = std::make_unique<RedirectCommand>();
  const ast::Argument& address = *bound.positional[0];
  command->address = compiler.text(address);
  command->copy = bound.tag(":copy") != nullptr;
  if (command->address.is_constant()) {
    command->constant = forward_path(command->address.constant);
    if (!command->constant) {
      compiler.error(address.at, fmt::format("'{}' is no address; expected local-part@domain",
                                             printable(command->address.constant)));
    }
  }
  return command;
}

}  // namespace

std::vector<CommandDefinition> delivery_commands() {
  const Tags flags = {{":flags", Extension::imap4flags, TagGroup::free, ValueKind::string_list}};
  const Tags copy = {{":copy", Extension::copy, TagGroup::free, {}}};
  const Tags create = {{":create", Extension::mailbox, TagGroup::free, {}}};
  return {{"keep", Extension::core, {flags, {}}, compile_keep},
          {"discard", Extension::core, {}, compile_discard},
          {"stop", Extension::core, {}, compile_stop},
          {"fileinto", Extension::fileinto, {joined({copy, flags, create}), {ValueKind::string}}, compile_file_into},
          {"redirect", Extension::core, {copy, {ValueKind::string}}, compile_redirect}};
}

}  // namespace watershed::sieve
