// notify, valid_notify_method, notify_method_capability: notices by mail. RFC 5435, RFC 5436.
#include "base/text.hpp"
#include "components/filter/sieve/address_list.hpp"
#include "components/filter/sieve/compiler.hpp"
#include "components/filter/sieve/evaluation.hpp"
#include "components/filter/sieve/header_value.hpp"
#include "components/filter/sieve/mailto.hpp"
#include "components/filter/sieve/vocabulary.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::sieve {

namespace {

/// What is wrong with a method; empty when nothing is. RFC 5435 §3.3: a URI of a scheme that is known here.
std::string method_fault(std::string_view method) {
  const std::size_t colon = method.find(':');
  const std::string scheme = to_lower(method.substr(0, colon));
  const bool has_scheme =
      colon != std::string_view::npos && !scheme.empty() && std::all_of(scheme.begin(), scheme.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
      });
  if (!has_scheme) return fmt::format("invalid scheme part for method URI '{}'", printable(method));
  if (scheme != "mailto") return fmt::format("invalid method '{}'; expected mailto:", scheme);
  const auto mailto = parse_mailto(method);
  return mailto ? std::string() : fmt::format("invalid mailto URI '{}': {}", printable(method), mailto.error().message);
}

class NotifyCommand final : public CommandNode {
 public:
  Flow run(Evaluation& evaluation) const override {
    evaluation.take(number);
    const std::string uri = evaluation.expanded(method);
    if (const std::string fault = method_fault(uri); !fault.empty()) {
      evaluation.fail(at, "notify action: " + fault);
      return Flow::stop;
    }
    Notify notify;
    auto mailto = parse_mailto(uri);
    leave_out_notified(evaluation, *mailto);
    for (const auto* list : {&mailto->to, &mailto->cc, &mailto->bcc}) {
      notify.to.insert(notify.to.end(), list->begin(), list->end());
    }
    if (!fill(evaluation, notify, *mailto)) return Flow::stop;
    // RFC 5436 §2.7.1: no notice of what a program sent on its own. What the script added to the header does not count.
    const std::string submitted = to_lower(trim(evaluation.received_message().value("Auto-Submitted")));
    if (!submitted.empty() && submitted != "no" && !submitted.starts_with("no;") && !submitted.starts_with("no ")) {
      evaluation.note(at, "no notification: the message was sent by a program (Auto-Submitted)");
      return Flow::next;
    }
    if (notify.to.empty()) {
      evaluation.warn(at, "notify mailto uri specifies no recipients; action has no effect");
      return Flow::next;
    }
    evaluation.act(at, std::move(notify));
    return Flow::next;
  }

  Text method;
  std::optional<Text> from;
  std::optional<Text> importance;
  std::optional<Text> message;

 private:
  /// As with Pigeonhole, who gets a notice of this message already gets no second one.
  static void leave_out_notified(Evaluation& evaluation, Mailto& mailto) {
    for (const Action& other : evaluation.actions().all()) {
      const auto* notice = std::get_if<Notify>(&other.what);
      if (notice == nullptr) continue;
      for (auto* list : {&mailto.to, &mailto.cc, &mailto.bcc}) {
        std::erase_if(*list, [&](const mail::ForwardPath& path) {
          return std::any_of(notice->to.begin(), notice->to.end(), [&](const mail::ForwardPath& one) {
            return mail::same_mailbox(one.address(), path.address());
          });
        });
      }
    }
  }

  bool fill(Evaluation& evaluation, Notify& notify, const Mailto& mailto) const {
    if (from) {
      notify.from = evaluation.expanded(*from);
      if (parse_single_address(notify.from).empty()) {
        evaluation.fail(
            at, fmt::format("specified :from address '{}' is invalid for the mailto method", printable(notify.from)));
        return false;
      }
    }
    if (importance) {
      const std::string value = evaluation.expanded(*importance);
      notify.importance = value == "1" ? 1 : value == "3" ? 3 : 2;
    }
    // RFC 5436 §2.6: :message, even an empty one, goes before the URI's subject, and both before one made up here.
    if (message) {
      notify.message = evaluation.expanded(*message);
    } else {
      notify.message =
          mailto.subject ? *mailto.subject : "Notification: " + subject_of(evaluation).value_or("(no subject)");
    }
    notify.body = mailto.body;
    const auto add = [&](std::string_view name, const std::vector<mail::ForwardPath>& paths) {
      std::string value;
      for (const mail::ForwardPath& path : paths) value += (value.empty() ? "" : ", ") + mail::display(path);
      if (!value.empty()) notify.header += fmt::format("{}: {}\r\n", name, value);
    };
    add("To", mailto.to);
    add("Cc", mailto.cc);
    for (const auto& [name, value] : mailto.fields) {
      notify.header += fmt::format("{}: {}\r\n", name, encode_header_value(value));
    }
    return true;
  }

  static std::optional<std::string> subject_of(Evaluation& evaluation) {
    const auto field = evaluation.received_message().field("Subject");
    if (!field) return std::nullopt;
    return decode_header_value(field->value).value_or(std::string(trim(field->value)));
  }
};

class ValidMethodTest final : public TestNode {
 public:
  bool holds(Evaluation& evaluation) const override {
    return std::all_of(methods.begin(), methods.end(),
                       [&](const Text& method) { return method_fault(evaluation.expanded(method)).empty(); });
  }

  std::vector<Text> methods;
};

class MethodCapabilityTest final : public TestNode {
 public:
  // RFC 5436 §2.7: for mailto: "online" is "maybe"; RFC 5435 §5: other capabilities are not known.
  bool holds(Evaluation& evaluation) const override {
    const bool is_known = method_fault(evaluation.expanded(method)).empty() &&
                          equal_ignoring_case(evaluation.expanded(capability), "online");
    if (!is_known) return false;
    MatchRun run(evaluation, match);
    return run.offer(std::string_view("maybe")) || run.finish();
  }

  Text method;
  Text capability;
  Match match;
};

CommandPointer compile_notify(Compiler& compiler, const ast::Node&, const Bound& bound) {
  auto command = std::make_unique<NotifyCommand>();
  const auto text = [&](std::string_view name) -> std::optional<Text> {
    const BoundTag* tag = bound.tag(name);
    if (tag == nullptr) return std::nullopt;
    return compiler.text(*tag->value);
  };
  command->from = text(":from");
  command->importance = text(":importance");
  command->message = text(":message");
  command->method = compiler.text(*bound.positional[0]);
  if (command->method.is_constant()) {
    const std::string fault = method_fault(command->method.constant);
    if (!fault.empty()) compiler.error(bound.positional[0]->at, "notify command: " + fault);
  }
  if (command->importance && command->importance->is_constant()) {
    const std::string& value = command->importance->constant;
    if (value != "1" && value != "2" && value != "3") {
      compiler.error(bound.tag(":importance")->value->at,
                     fmt::format("invalid :importance value for notify command: {}; expected \"1\", \"2\" or \"3\"",
                                 printable(value)));
    }
  }
  if (command->from && command->from->is_constant() && parse_single_address(command->from->constant).empty()) {
    compiler.error(bound.tag(":from")->value->at,
                   fmt::format("specified :from address '{}' is invalid for the mailto method",
                               printable(command->from->constant)));
  }
  if (const BoundTag* options = bound.tag(":options")) {
    // RFC 5436 §2.2: mailto knows none.
    compiler.warning(options->at, "notify command: method 'mailto' accepts no options");
  }
  return command;
}

TestPointer compile_valid_method(Compiler& compiler, const ast::Node&, const Bound& bound) {
  auto test = std::make_unique<ValidMethodTest>();
  test->methods = compiler.texts(*bound.positional[0]);
  return test;
}

TestPointer compile_method_capability(Compiler& compiler, const ast::Node&, const Bound& bound) {
  auto test = std::make_unique<MethodCapabilityTest>();
  test->method = compiler.text(*bound.positional[0]);
  test->capability = compiler.text(*bound.positional[1]);
  auto match = compiler.match(bound, *bound.positional[2]);
  if (!match) return nullptr;
  test->match = std::move(*match);
  return test;
}

}  // namespace

std::vector<CommandDefinition> notify_commands() {
  const Tags tags = {{":from", Extension::core, TagGroup::free, ValueKind::string},
                     {":importance", Extension::core, TagGroup::free, ValueKind::string},
                     {":options", Extension::core, TagGroup::free, ValueKind::string_list},
                     {":message", Extension::core, TagGroup::free, ValueKind::string}};
  return {{"notify", Extension::enotify, {tags, {ValueKind::string}}, compile_notify}};
}

std::vector<TestDefinition> notify_tests() {
  return {{"valid_notify_method", Extension::enotify, {{}, {ValueKind::string_list}}, compile_valid_method},
          {"notify_method_capability",
           Extension::enotify,
           {match_tags(), {ValueKind::string, ValueKind::string, ValueKind::string_list}},
           compile_method_capability}};
}

}  // namespace watershed::sieve
