// See rspamd_verdict.hpp.
#include "harness/lanes/live/rspamd_verdict.hpp"

#include <fmt/format.h>

namespace watershed::harness {

namespace {

// A tag is `no action` with added fields: harness/lanes/live/rspamd_rules.cpp.
std::string_view in_rspamd(talk::FilterAction action) {
  switch (action) {
    case talk::FilterAction::accept:
    case talk::FilterAction::tag:
      return "no action";
    case talk::FilterAction::tempfail:
      return "soft reject";
    default:
      return talk::to_string(action);
  }
}

// Its name, or the text of its reply.
bool is_named(const spam::Rule& rule, std::string_view said) {
  const bool is_reply = rule.reply.code != 250 && to_line(rule.reply).ends_with(said);
  return rule.name == said || is_reply || said.ends_with(fmt::format("({})", rule.name));
}

const spam::Rule* rule_of(const RspamdLogLine& verdict, std::span<const spam::Rule> rules) {
  const spam::Rule* only = nullptr;
  for (const spam::Rule& rule : rules) {
    if (in_rspamd(rule.action) != verdict.action) continue;
    if (!verdict.forced.empty()) {
      if (is_named(rule, verdict.forced)) return &rule;
    } else if (verdict.action != "no action") {
      if (only != nullptr) return nullptr;
      only = &rule;
    }
  }
  return only;
}

}  // namespace

void name_verdict(const RspamdLogLine& verdict, std::span<const spam::Rule> rules, FilterEntry& entry) {
  entry.action = verdict.action == "no action"     ? "accept"
                 : verdict.action == "soft reject" ? "tempfail"
                                                   : verdict.action;
  if (const spam::Rule* rule = rule_of(verdict, rules)) {
    entry.action = talk::to_string(rule->action);
    entry.rule = rule->name;
    entry.decided_by = rule->decided_by;
  } else if (verdict.action == "reject") {
    // rspamd has GTUBE by itself.
    entry.rule = "GTUBE";
    entry.decided_by = "default GTUBE";
  }
}

}  // namespace watershed::harness
