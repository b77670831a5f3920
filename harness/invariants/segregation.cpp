// Segregation by lineage, default deny: whatever comes of a message (copies, notices, auto-replies, quarantine, queue
// entries, a transaction that was refused) is handled only in zones that carry the message's class.
#include "harness/invariants/invariant_table.hpp"

#include "base/text.hpp"
#include "mail/reply.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

namespace watershed::harness {

namespace {

std::string chain_text(const std::vector<std::string>& hosts) { return fmt::format("{}", fmt::join(hosts, " > ")); }

std::string what_of(const CustodyRecord& record) {
  if (record.why == "offered" || record.why == "accepted") return "message";
  return fmt::format("{} of message", record.why);
}

// The decision that brought a message to a host was made by the host before it.
std::string decided_before(const Evidence& evidence, const CustodyRecord& record) {
  if (record.parent == 0) return {};
  return evidence.decided_by(record.parent, record.parent_recipient);
}

// A route only follows the recipient; who pointed the recipient there is the rewriting or redirect before it.
std::string turned_by(const std::vector<std::string>& trail) {
  for (auto line = trail.rbegin(); line != trail.rend(); ++line) {
    for (const char* turn : {" becomes ", ": redirect to ", ": forward to ", ": copy to "}) {
      if (line->find(turn) != std::string::npos) return *line;
    }
  }
  return {};
}

std::string what_of_chain(const Evidence& evidence, const CustodyRecord& record) {
  for (const CustodyRecord* step : evidence.lineage.chain(record.id)) {
    if (step->why != "offered" && step->why != "accepted") return what_of(*step);
  }
  return "message";
}

std::optional<IpAddress> address_in(std::string_view text) {
  const auto address = parse_ip_address(text);
  return address ? std::optional(*address) : std::nullopt;
}

// `192.0.2.25:25` or `[2001:db8::1]:25`.
std::optional<IpAddress> address_of(std::string_view endpoint) {
  endpoint = endpoint.substr(0, endpoint.rfind(':'));
  if (endpoint.starts_with('[') && endpoint.ends_with(']')) endpoint = endpoint.substr(1, endpoint.size() - 2);
  return address_in(endpoint);
}

// Mail that found no way in, told by the text with which its host put it off: smtp(8) names the host that it was on its
// way to, `connect to mx.example[192.0.2.25]:25: Connection refused`, and what waits behind such mail without a try of
// its own has the same text. What a peer said is not looked at: it may speak of hosts of its own.
std::optional<IpAddress> host_not_reached(std::string_view text) {
  constexpr std::string_view expired = " in the queue: ";  // `expired after 120 hours in the queue: connect to …`
  constexpr std::string_view suspended = "delivery temporarily suspended: ";
  constexpr std::string_view provider = " [Message=";  // a provider's 4.4.315 to 4.4.317
  const std::string_view first_word = text.substr(0, text.find(' '));
  if (first_word.size() < text.size() && mail::parse_enhanced_status(first_word)) {
    text.remove_prefix(first_word.size() + 1);
  }
  if (const std::size_t at = text.find(expired); text.starts_with("expired after ") && at != std::string_view::npos) {
    text.remove_prefix(at + expired.size());
  }
  if (text.starts_with(suspended)) text.remove_prefix(suspended.size());
  if (const std::size_t at = text.find(provider); text.starts_with("450 4.4.31") && at != std::string_view::npos) {
    text.remove_prefix(at + provider.size());
  }
  const std::size_t open = text.find('[');
  const std::size_t close = text.find(']', open);
  if (open == std::string_view::npos || close == std::string_view::npos) return std::nullopt;
  bool is_unreached = text.starts_with("host ") && text.substr(close + 1).starts_with(" refused to talk to me: ");
  for (const char* start : {"connect to ", "lost connection with ", "conversation with "}) {
    is_unreached = is_unreached || text.starts_with(start);
  }
  return is_unreached ? address_in(text.substr(open + 1, close - open - 1)) : std::nullopt;
}

class SegregationCheck {
 public:
  SegregationCheck(const Evidence& evidence, Findings& findings) : evidence_(evidence), findings_(findings) {}

  void run() {
    for (const auto& [index, root] : evidence_.lineage.roots()) {
      for (const stage::Custody id : root.custodies) check_custody(root, *evidence_.lineage.custody(id));
    }
    for (const stage::Fact& fact : evidence_.journal.facts()) {
      if (fact.kind != stage::FactKind::rejected || fact.recipient.empty()) continue;
      refused_.try_emplace({fact.connection, fact.transaction}, fact.recipient);
    }
    for (const stage::Fact& fact : evidence_.journal.facts()) {
      if (fact.kind == stage::FactKind::connected) note_peer(fact);
      if (fact.kind == stage::FactKind::attempted) check_attempted(fact);
      if (fact.kind == stage::FactKind::filtered) check_filtered(fact);
      const bool is_trouble = fact.kind == stage::FactKind::deferred || fact.kind == stage::FactKind::failed;
      if (const auto tried = is_trouble ? host_not_reached(fact.text) : std::nullopt) check_on_its_way(fact, *tried);
    }
    // These name the message and no recipient: a host that was tried before the last one shows here only.
    for (const stage::Fact& fact : evidence_.journal.facts()) {
      constexpr std::string_view no_session = "no session with ";
      if (fact.kind != stage::FactKind::note || !fact.detail.starts_with(no_session)) continue;
      const std::string_view endpoint = std::string_view(fact.detail).substr(no_session.size());
      if (const auto tried = address_of(endpoint)) check_on_its_way(fact, *tried);
    }
  }

 private:
  bool may_handle(stage::HostId host, std::string_view message_class, std::string& zone_name) const {
    const ZoneSpec* zone = evidence_.zone_of(host);
    if (zone == nullptr) {
      // Default deny: a host that stands in no zone carries nothing.
      zone_name = "none";
      return false;
    }
    zone_name = zone->name;
    return zone->may_carry(message_class);
  }

  void report(const RootMessage& root, const CustodyRecord& record, stage::HostId host, const std::string& zone,
              std::string_view what, std::string decided_by, std::string_view recipient,
              const std::vector<std::string>& before, std::string_view stopped_by = {}) {
    // One cause is one finding: a copy that crossed is reported where it entered, not again at each later host.
    if (!reported_.insert({root.custody, host, std::string(what)}).second) return;
    std::vector<std::string> path = evidence_.host_names(evidence_.lineage.path(record.id));
    if (path.empty() || path.back() != evidence_.journal.host_name(host)) {
      path.push_back(evidence_.journal.host_name(host));
    }
    Finding found;
    found.rule = "invariant segregation";
    found.label = root.label;
    found.path = path;
    found.trail = evidence_.trail(record.id, {});
    found.decided_by = decided_by.empty() ? exchanger_line(recipient) : std::move(decided_by);
    found.sentence = fmt::format("{} '{}' (class {}) {} zone {}: {}{}", what, root.label, root.message_class,
                                 stopped_by.empty() ? "crossed into" : "was on its way into", zone, chain_text(path),
                                 found.decided_by.empty() ? "" : fmt::format(", sent there by {}", found.decided_by));
    if (const std::string turn = turned_by(before); !turn.empty()) found.sentence += fmt::format(", after {}", turn);
    if (!stopped_by.empty()) found.sentence += fmt::format("; nothing but this kept it out: {}", stopped_by);
    findings_.push_back(std::move(found));
  }

  // Outside nobody has a configuration of ours: what led there is the MX record of the recipient's domain.
  std::string exchanger_line(std::string_view recipient) const {
    const std::size_t at_sign = recipient.rfind('@');
    if (at_sign == std::string_view::npos) return {};
    std::string line;
    for (const stage::Fact& fact : evidence_.journal.facts()) {
      const bool asks = fact.kind == stage::FactKind::answered_query && fact.detail == "MX";
      if (asks && equal_ignoring_case(fact.recipient, recipient.substr(at_sign + 1))) line = fact.decided_by;
    }
    return line;
  }

  void check_custody(const RootMessage& root, const CustodyRecord& record) {
    std::string zone;
    if (may_handle(record.host, root.message_class, zone)) return;
    report(root, record, record.host, zone, what_of_chain(evidence_, record), decided_before(evidence_, record),
           record.parent_recipient, evidence_.trail(record.parent, record.parent_recipient));
  }

  // A host that refused a transaction, or broke it off, has still seen its envelope and maybe its content.
  void check_attempted(const stage::Fact& fact) {
    const auto peer = peers_.find(fact.connection);
    const CustodyRecord* record = evidence_.lineage.custody(fact.custody);
    if (peer == peers_.end() || record == nullptr) return;
    const RootMessage& root = evidence_.lineage.roots().at(record->root);
    const std::string recipient = recipient_of(fact, *record);
    std::string zone;
    if (may_handle(peer->second, root.message_class, zone)) return;
    report(root, *record, peer->second, zone, what_of_chain(evidence_, *record),
           evidence_.decided_by(record->id, recipient), recipient, evidence_.trail(record->id, recipient));
  }

  // A host that could not be reached is evidence of the route all the same: the next time it may be there.
  void check_on_its_way(const stage::Fact& fact, const IpAddress& tried) {
    const CustodyRecord* record = evidence_.lineage.custody(fact.custody);
    const stage::HostId host = host_at(tried);
    if (record == nullptr || host == 0) return;
    const RootMessage& root = evidence_.lineage.roots().at(record->root);
    const std::string recipient = fact.recipient.empty() ? recipient_of(fact, *record) : fact.recipient;
    std::string zone;
    if (may_handle(host, root.message_class, zone)) return;
    report(root, *record, host, zone, what_of_chain(evidence_, *record), evidence_.decided_by(record->id, recipient),
           recipient, evidence_.trail(record->id, recipient), fact.text);
  }

  // The recipient that was refused in this transaction; else one that was not replaced by another on the sending host.
  std::string recipient_of(const stage::Fact& attempted, const CustodyRecord& record) const {
    const auto refused = refused_.find({attempted.connection, attempted.transaction});
    if (refused != refused_.end()) return refused->second;
    for (const Duty& duty : record.duties) {
      if (duty.end != End::replaced && duty.end != End::merged) return duty.recipient;
    }
    return {};
  }

  stage::HostId host_at(const IpAddress& address) const {
    for (const HostSpec& host : evidence_.world.hosts) {
      if (std::find(host.addresses.begin(), host.addresses.end(), address) == host.addresses.end()) continue;
      for (stage::HostId id = 1; id < evidence_.journal.hosts().size(); ++id) {
        if (evidence_.journal.host_name(id) == host.name) return id;
      }
    }
    return 0;
  }

  void note_peer(const stage::Fact& fact) {
    const auto address = address_of(fact.detail);
    if (const stage::HostId host = address ? host_at(*address) : stage::HostId{0}; host != 0) {
      peers_[fact.connection] = host;
    }
  }

  void check_filtered(const stage::Fact& fact) {
    const CustodyRecord* record = evidence_.lineage.custody(fact.custody);
    stage::Custody shown = fact.custody;
    if (record == nullptr) {
      shown = evidence_.lineage.custody_of_transaction(fact.connection, fact.transaction);
      record = evidence_.lineage.custody(shown);
    }
    if (record == nullptr || record->host == fact.host) return;  // the host that took it is reported for that
    const bool is_refused = shown != fact.custody;
    const RootMessage& root = evidence_.lineage.roots().at(record->root);
    std::string zone;
    if (may_handle(fact.host, root.message_class, zone)) return;
    report(root, *record, fact.host, zone, "filtered copy of message",
           is_refused ? evidence_.decided_by(shown, fact.recipient) : decided_before(evidence_, *record),
           fact.recipient,
           is_refused ? evidence_.trail(shown, fact.recipient)
                      : evidence_.trail(record->parent, record->parent_recipient));
  }

  const Evidence& evidence_;
  Findings& findings_;
  std::map<stage::ConnectionId, stage::HostId> peers_;
  std::map<std::pair<stage::ConnectionId, std::uint32_t>, std::string> refused_;
  std::set<std::tuple<stage::Custody, stage::HostId, std::string>> reported_;
};

// A class that no zone of the world knows is a slip of the author: nothing could ever be said about it.
void check_classes(const Evidence& evidence, Findings& findings) {
  for (const auto& [index, root] : evidence.lineage.roots()) {
    bool known = false;
    for (const ZoneSpec& zone : evidence.world.zones) {
      known = known || (!zone.is_external && zone.may_carry(root.message_class));
    }
    if (known) continue;
    Finding found;
    found.rule = "invariant segregation";
    found.label = root.label;
    found.sentence = fmt::format("message '{}' has class '{}', which no zone of world {} carries", root.label,
                                 root.message_class, evidence.world.name);
    findings.push_back(std::move(found));
  }
}

}  // namespace

void check_segregation(const Evidence& evidence, Findings& findings) {
  SegregationCheck(evidence, findings).run();
  check_classes(evidence, findings);
}

}  // namespace watershed::harness
