// See reply_script.hpp.
#include "fakes/mta/reply_script.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

namespace watershed::mta {

namespace {

// What encounters with an address are counted under (CountBy::address).
std::string address_key(const Encounter& encounter) {
  if (encounter.envelope == nullptr) return to_string(encounter.client);
  const mail::ReversePath& reverse_path = encounter.envelope->reverse_path;
  std::string key = reverse_path.is_null() ? "<>" : folded(reverse_path.address());
  if (encounter.recipient != nullptr) return key + ' ' + folded(encounter.recipient->forward_path.address());
  for (const mail::Recipient& recipient : encounter.envelope->recipients) {
    key += ' ';
    key += folded(recipient.forward_path.address());
  }
  return key;
}

bool is_content_only(ScriptVerb verb) {
  return verb == ScriptVerb::keep_then_drop || verb == ScriptVerb::lose_then_drop;
}

}  // namespace

std::string_view to_string(ScriptStage at) {
  switch (at) {
    case ScriptStage::connect:
      return "connect";
    case ScriptStage::hello:
      return "hello";
    case ScriptStage::mail:
      return "mail";
    case ScriptStage::rcpt:
      return "rcpt";
    case ScriptStage::data:
      return "data";
    case ScriptStage::content:
      return "content";
    case ScriptStage::any:
      return "any";
  }
  return "?";
}

std::string_view to_string(ScriptVerb verb) {
  switch (verb) {
    case ScriptVerb::go_on:
      return "delay";
    case ScriptVerb::reply:
      return "reply";
    case ScriptVerb::drop:
      return "drop";
    case ScriptVerb::stall:
      return "stall";
    case ScriptVerb::keep_then_drop:
      return "keep, then drop";
    case ScriptVerb::lose_then_drop:
      return "lose, then drop";
  }
  return "?";
}

ReplyScript::ReplyScript(std::vector<ScriptRule> rules, stage::Random random) : random_(random) {
  rules_.reserve(rules.size());
  for (ScriptRule& rule : rules) rules_.push_back(compile(std::move(rule)));
}

ReplyScript::State ReplyScript::compile(ScriptRule rule) {
  assert(!script_rule_fault(rule));
  State state;
  state.recipient = *talk::AddressPattern::compile(rule.recipient);
  state.reverse_path = *talk::AddressPattern::compile(rule.reverse_path);
  state.client = *talk::NetworkPattern::compile(rule.client);
  state.rule = std::move(rule);
  return state;
}

bool ReplyScript::matches(const State& state, const Encounter& encounter) {
  const ScriptRule& rule = state.rule;
  if (rule.at != ScriptStage::any && rule.at != encounter.at) return false;
  if (encounter.now < rule.from || encounter.now >= rule.until) return false;
  if (!state.client.matches(encounter.client)) return false;
  if (!state.reverse_path.matches_all() &&
      (encounter.envelope == nullptr || !state.reverse_path.matches(encounter.envelope->reverse_path))) {
    return false;
  }
  if (state.recipient.matches_all()) return true;
  if (encounter.recipient != nullptr) return state.recipient.matches(encounter.recipient->forward_path.address());
  if (encounter.envelope == nullptr) return false;
  const auto& recipients = encounter.envelope->recipients;
  return std::any_of(recipients.begin(), recipients.end(), [&state](const mail::Recipient& recipient) {
    return state.recipient.matches(recipient.forward_path.address());
  });
}

const ScriptRule* ReplyScript::decide(const Encounter& encounter) {
  for (State& state : rules_) {
    const ScriptRule& rule = state.rule;
    if (is_content_only(rule.action.verb) && encounter.at != ScriptStage::content) continue;
    if (state.acted >= rule.times || !matches(state, encounter)) continue;
    const std::uint64_t nth =
        rule.count_by == CountBy::rule ? ++state.seen : ++state.seen_by_address[address_key(encounter)];
    if (!rule.attempts.contains(nth)) continue;
    if (rule.rate < 1.0 && !random_.chance(rule.rate)) continue;
    ++state.acted;
    return &rule;
  }
  return nullptr;
}

void ReplyScript::add_first(ScriptRule rule) { rules_.insert(rules_.begin(), compile(std::move(rule))); }

std::size_t ReplyScript::remove(std::string_view name) {
  return std::erase_if(rules_, [name](const State& state) { return state.rule.name == name; });
}

std::optional<std::string> script_rule_fault(const ScriptRule& rule) {
  if (const auto pattern = talk::AddressPattern::compile(rule.recipient); !pattern) return pattern.error().message;
  if (const auto pattern = talk::AddressPattern::compile(rule.reverse_path); !pattern) return pattern.error().message;
  if (const auto pattern = talk::NetworkPattern::compile(rule.client); !pattern) return pattern.error().message;
  if (rule.recipient == "<>") return "a recipient is never '<>'; expected an address pattern";
  if (!(rule.rate >= 0.0 && rule.rate <= 1.0)) return fmt::format("rate is {}; expected 0 to 1", rule.rate);
  if (rule.attempts.first == 0 || rule.attempts.every == 0) return "attempts are counted from 1";
  if (rule.attempts.last < rule.attempts.first) return "the last attempt comes before the first";
  if (rule.until <= rule.from) return "the time window is empty";
  if (is_content_only(rule.action.verb) && rule.at != ScriptStage::content && rule.at != ScriptStage::any) {
    return fmt::format("'{}' is for stage content; found stage {}", to_string(rule.action.verb), to_string(rule.at));
  }
  if (rule.action.verb != ScriptVerb::reply) return std::nullopt;
  const int code = rule.action.reply.code;
  if (code < 200 || code > 599) return fmt::format("reply code {}; expected 200 to 599", code);
  // A scripted 2yz or 3yz in the wrong place would break the dialogue for reasons no server has.
  const bool says_yes = code < 400;
  if (says_yes && (rule.at == ScriptStage::any || rule.at == ScriptStage::data)) {
    return fmt::format("reply code {} at stage {}; expected 400 to 599", code, to_string(rule.at));
  }
  if (says_yes && code >= 300)
    return fmt::format("reply code {}; a 3yz asks for data and is given at DATA alone", code);
  if (says_yes && rule.at == ScriptStage::connect && code != 220) return "the only positive greeting is 220";
  return std::nullopt;
}

}  // namespace watershed::mta
