// See fault.hpp.
#include "fakes/dns/fault.hpp"

#include "base/text.hpp"
#include "talk/dns_name.hpp"

#include <algorithm>

namespace watershed::dns {

std::string_view to_string(FaultKind kind) {
  switch (kind) {
    case FaultKind::servfail:
      return "servfail";
    case FaultKind::nxdomain:
      return "nxdomain";
    case FaultKind::refused:
      return "refused";
    case FaultKind::timeout:
      return "timeout";
    case FaultKind::delay:
      return "delay";
    case FaultKind::truncate:
      return "truncate";
  }
  return "?";
}

Result<FaultId, Error> FaultTable::set(Fault fault) {
  std::string_view name = fault.name;
  const bool everything = name == "*";
  const bool below = name.starts_with("*.");
  if (below) name.remove_prefix(2);
  const Result<std::string, Error> owner = talk::to_wire_name(everything ? "." : name);
  if (!owner) return owner.error();
  rules_.push_back({next_id_, std::move(fault), to_lower(*owner), everything, below, 0});
  return next_id_++;
}

bool FaultTable::clear(FaultId id) {
  return std::erase_if(rules_, [id](const Rule& rule) { return rule.id == id; }) > 0;
}

bool FaultTable::matches(const Rule& rule, std::string_view owner, talk::RecordType type, stage::Time now) {
  if (rule.fault.type && *rule.fault.type != type) return false;
  if (now < rule.fault.start || now >= rule.fault.end) return false;
  if (rule.everything) return true;
  if (rule.below) return owner != rule.owner && talk::is_at_or_below(owner, rule.owner);
  return owner == rule.owner;
}

FaultTable::Effect FaultTable::apply(std::string_view owner, talk::RecordType type, stage::Time now) {
  Effect effect;
  for (Rule& rule : rules_) {
    if (!matches(rule, owner, type, now)) continue;
    ++rule.matched;
    if (rule.matched < rule.fault.first_query || rule.matched > rule.fault.last_query) continue;
    if (rule.fault.kind == FaultKind::delay) {
      effect.delay += rule.fault.delay;
      if (effect.delays == nullptr) effect.delays = &rule.fault;
    } else if (effect.decides == nullptr) {
      effect.decides = &rule.fault;
    }
  }
  return effect;
}

}  // namespace watershed::dns
