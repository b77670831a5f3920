// Hermetic: no packet goes to an address outside the world, every name is looked up at the world's own stub, and no way
// that mail takes rests on a name that the world knows nothing of.
#include "harness/invariants/invariant_table.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <cctype>
#include <map>
#include <set>
#include <utility>

namespace watershed::harness {

namespace {

std::string plain_name(std::string_view name) {
  if (name.ends_with('.')) name.remove_suffix(1);
  return to_lower(name);
}

// The name itself, not the end or the start of a longer one.
bool names(std::string_view text, std::string_view name) {
  const auto is_part = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '.'; };
  for (std::size_t at = text.find(name); at != std::string_view::npos; at = text.find(name, at + 1)) {
    const std::size_t end = at + name.size();
    const bool goes_on = end < text.size() && is_part(text[end]) &&
                         (text[end] != '.' || (end + 1 < text.size() && is_part(text[end + 1])));
    if ((at == 0 || !is_part(text[at - 1])) && !goes_on) return true;
  }
  return false;
}

// Outside all zones the stub has to say NXDOMAIN, but nobody wrote that: the real name may exist and lead anywhere.
// That matters where mail was to go by it; what smtpd(8) or a filter asks about a client, its HELO or a reverse-path
// decides nothing about the way.
class UnknownNames {
 public:
  UnknownNames(const Evidence& evidence, Findings& findings) : evidence_(evidence), findings_(findings) {}

  void run() {
    for (const stage::Fact& fact : evidence_.journal.facts()) {
      if (fact.kind == stage::FactKind::answered_query) note_answer(fact);
    }
    if (missing_.empty()) return;
    for (const stage::Fact& fact : evidence_.journal.facts()) note_way(fact);
    for (const stage::Fact& fact : evidence_.journal.facts()) {
      if (fact.kind != stage::FactKind::looked_up) continue;
      const std::string asked = plain_name(fact.recipient);
      const auto missing = missing_.find({asked, fact.detail});
      if (missing == missing_.end()) continue;
      if (const stage::Fact* because = reason(fact.host, asked)) report(fact, missing->second, *because);
    }
  }

 private:
  void note_answer(const stage::Fact& fact) {
    if (fact.detail != "MX" && fact.detail != "A" && fact.detail != "AAAA") return;
    constexpr std::string_view before = "in no zone: ";  // exchangers that the answer names
    const std::size_t at = fact.text.find(before);
    const std::string asked = plain_name(fact.recipient);
    if (fact.text.starts_with("unknown name")) {
      missing_[{asked, fact.detail}] = asked;
    } else if (at != std::string::npos) {
      missing_[{asked, fact.detail}] = fact.text.substr(at + before.size());
    }
  }

  void note_way(const stage::Fact& fact) {
    if (fact.kind == stage::FactKind::looked_up || fact.kind == stage::FactKind::answered_query) return;
    note_domain(fact, fact.recipient);
    if (fact.kind == stage::FactKind::rewritten) note_domain(fact, fact.detail);
    if (fact.kind == stage::FactKind::routed) note_next_hops(fact);
    const bool is_trouble = fact.kind == stage::FactKind::deferred || fact.kind == stage::FactKind::failed;
    // A peer's words are about names that the peer has looked up.
    if (is_trouble && fact.text.find(" said: ") == std::string::npos) trouble_[fact.host].push_back(&fact);
  }

  void note_domain(const stage::Fact& fact, std::string_view recipient) {
    const std::size_t at_sign = recipient.rfind('@');
    if (at_sign != std::string_view::npos) note_name(fact, recipient.substr(at_sign + 1));
  }

  // postconf(5) transport_maps, `smtp:[mx.example]:587, other.example`; a provider's route is a domain alone.
  void note_next_hops(const stage::Fact& fact) {
    const std::string_view detail = fact.detail;
    for (std::string_view hop : split(detail.substr(detail.find(':') + 1), ", \t")) {
      const bool is_host = hop.starts_with('[');
      if (is_host) hop.remove_prefix(1);
      note_name(fact, hop.substr(0, hop.find(is_host ? ']' : ':')));
    }
  }

  void note_name(const stage::Fact& fact, std::string_view name) {
    ways_.try_emplace({fact.host, plain_name(name)}, &fact);
  }

  // Why a host needed a name to route mail; null where it did not.
  const stage::Fact* reason(stage::HostId host, const std::string& name) const {
    if (const auto way = ways_.find({host, name}); way != ways_.end()) return way->second;
    const auto trouble = trouble_.find(host);
    if (trouble == trouble_.end()) return nullptr;
    for (const stage::Fact* fact : trouble->second) {
      if (names(to_lower(fact->text), name)) return fact;
    }
    return nullptr;
  }

  void report(const stage::Fact& lookup, const std::string& missing, const stage::Fact& because) {
    if (!reported_.insert({lookup.host, missing}).second) return;
    const std::string& host = evidence_.journal.host_name(lookup.host);
    Finding found;
    found.rule = "invariant hermetic";
    found.is_inconclusive = true;
    found.path = {host};
    found.decided_by = evidence_.decided_by(because.custody, because.recipient);
    if (const CustodyRecord* record = evidence_.lineage.custody(because.custody)) {
      found.label = evidence_.lineage.roots().at(record->root).label;
    }
    found.sentence = fmt::format(
        "{} looked up {} {} to route mail for {}, and {} is in no zone of world {}: that it does not exist is nobody's "
        "word, and mail may really go there; expected a zone with it or, if it is not to exist, a zone above it that "
        "has nothing but its SOA record",
        host, plain_name(lookup.recipient), lookup.detail, because.recipient.empty() ? "it" : because.recipient,
        missing, evidence_.world.name);
    findings_.push_back(std::move(found));
  }

  const Evidence& evidence_;
  Findings& findings_;
  std::map<std::pair<std::string, std::string>, std::string> missing_;  // name and type asked for: what is in no zone
  std::map<std::pair<stage::HostId, std::string>, const stage::Fact*> ways_;
  std::map<stage::HostId, std::vector<const stage::Fact*>> trouble_;
  std::set<std::pair<stage::HostId, std::string>> reported_;
};

}  // namespace

void check_hermetic(const Evidence& evidence, Findings& findings) {
  std::set<std::string> asked;
  for (const stage::Fact& fact : evidence.journal.facts()) {
    if (fact.kind == stage::FactKind::answered_query) asked.insert(fact.recipient + " " + fact.detail);
  }
  std::set<std::string> reported;
  for (const stage::Fact& fact : evidence.journal.facts()) {
    Finding found;
    found.rule = "invariant hermetic";
    found.path = {evidence.journal.host_name(fact.host)};
    if (fact.kind == stage::FactKind::escaped) {
      found.sentence = fmt::format("{} sent something to {}, which is not part of the world",
                                   evidence.journal.host_name(fact.host), fact.detail);
    } else if (fact.kind == stage::FactKind::looked_up && !asked.contains(fact.recipient + " " + fact.detail)) {
      found.sentence = fmt::format("{} looked up {} {}, and the stub never saw the query",
                                   evidence.journal.host_name(fact.host), fact.recipient, fact.detail);
    } else {
      continue;
    }
    if (reported.insert(found.sentence).second) findings.push_back(std::move(found));
  }
  UnknownNames(evidence, findings).run();
}

}  // namespace watershed::harness
