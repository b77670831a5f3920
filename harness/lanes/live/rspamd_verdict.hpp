// What rspamd said of a message, as the world's spam rules say it.
#pragma once

#include "fakes/spam/rule.hpp"
#include "harness/lanes/wire/rspamd_log.hpp"
#include "harness/lanes/wire/wire_journal.hpp"

#include <span>

namespace watershed::harness {

/// The action is rspamd's own word, whatever the rules say; the rule is the one that rspamd names, else the only one
/// with that action. rspamd names no rule for what it holds or drops. Fills action, rule, decided_by of the entry.
void name_verdict(const RspamdLogLine& verdict, std::span<const spam::Rule> rules, FilterEntry& entry);

}  // namespace watershed::harness
