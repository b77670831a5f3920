// The steps of a reading, in their order. See wire_journal.hpp.
#include "harness/lanes/wire/wire_journal.hpp"

#include "base/text.hpp"
#include "harness/lanes/wire/wire_reading.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::harness {

struct WireJournal::State {
  WireHost& host(stage::HostId id) {
    return *std::find_if(hosts.begin(), hosts.end(), [id](const WireHost& each) { return each.id == id; });
  }

  std::vector<WireHost> hosts;
  std::int64_t start_unix_ns = 0;
  std::map<std::string, stage::Custody> custodies;
  std::map<std::string, std::optional<sieve::Outcome>> scripts;
  std::map<std::string, std::optional<router::CommandResult>> commands;
};

WireJournal::WireJournal(std::vector<WireHost> hosts, std::int64_t start_unix_ns) : state_(std::make_unique<State>()) {
  state_->hosts = std::move(hosts);
  state_->start_unix_ns = start_unix_ns;
}

WireJournal::~WireJournal() = default;

void WireJournal::reconfigure(stage::HostId host, stage::Time from,
                              std::shared_ptr<const router::RouteDecider> decider) {
  state_->host(host).decider.replace(from, std::move(decider));
}

void WireJournal::reconfigure(stage::HostId host, stage::Time from,
                              std::shared_ptr<const std::vector<store::MailboxSettings>> mailboxes) {
  state_->host(host).mailboxes.replace(from, std::move(mailboxes));
}

JournalReading WireJournal::read(const WireSources& sources) {
  WireReading reading{state_->hosts,    state_->custodies,     state_->scripts,
                      state_->commands, state_->start_unix_ns, sources};
  reading.result.facts.assign(sources.direct.begin(), sources.direct.end());
  reading.read_logs();
  reading.join_connections();
  reading.take_accepted();
  reading.take_notices();
  reading.take_submitted();
  reading.foresee_procmail();
  reading.take_sent_by_postfix();
  reading.take_sent_by_store();
  reading.record_spawned();
  reading.take_filtered();
  reading.end_store();
  reading.note_branches();
  reading.end_rule_processors();
  reading.note_recipes();
  reading.end_postfix();
  reading.check_queues();
  reading.take_strays();
  reading.check_witnesses();
  reading.result.facts = in_causal_order(std::move(reading.result.facts));
  return std::move(reading.result);
}

const WireHost* WireReading::host_at(const IpAddress& address) const {
  for (const WireHost& host : hosts) {
    if (std::find(host.addresses.begin(), host.addresses.end(), address) != host.addresses.end()) return &host;
  }
  return nullptr;
}

Held* WireReading::find(const WireHost& host, std::string_view id) {
  const auto found = by_id.find({host.id, std::string(id)});
  return found == by_id.end() ? nullptr : found->second;
}

Held& WireReading::hold(const WireHost& host, std::string id) {
  // Numbers of our own, far above those of the fakes: a message that was read once keeps its number.
  constexpr stage::Custody first = stage::Custody{1} << 32;
  const std::string key = fmt::format("{}/{}", host.id, id);
  const auto [number, is_new] = custodies.try_emplace(key, first + custodies.size());
  Held& added = held.emplace_back();
  added.custody = number->second;
  added.host = &host;
  by_id[{host.id, id}] = &added;
  added.id = std::move(id);
  return added;
}

stage::Fact& WireReading::record(stage::FactKind kind, const Held& of, stage::Time at, std::string recipient) {
  stage::Fact fact;
  fact.kind = kind;
  fact.host = of.host->id;
  fact.at = at;
  fact.custody = of.custody;
  fact.body_hash = of.body_hash;
  fact.size_octets = of.size_octets;
  fact.recipient = std::move(recipient);
  fact.reverse_path = of.reverse_path;
  return result.facts.emplace_back(std::move(fact));
}

void WireReading::fault(std::string sentence, const WireHost* host) {
  Finding found;
  found.rule = "lane live";
  found.sentence = std::move(sentence);
  if (host != nullptr) found.path = {host->name};
  found.is_inconclusive = true;
  result.faults.push_back(std::move(found));
}

void WireReading::read_logs() {
  for (const WireHost& host : hosts) {
    if (const auto gone = sources.forgotten_lines.find(host.id); gone != sources.forgotten_lines.end()) {
      fault(
          fmt::format("the log of {} lacks its first {} lines: there were more than are kept", host.name, gone->second),
          &host);
    }
    const auto entries = sources.logs.find(host.id);
    if (host.program != HostProgram::postfix || entries == sources.logs.end()) continue;
    for (const LogEntry& entry : entries->second) {
      if (auto line = parse_postfix_log(entry.text)) log[host.id].emplace_back(entry.at, std::move(*line));
    }
  }
}

std::string peer_name(const WireReading& reading, const Endpoint& endpoint) {
  const WireHost* host = reading.host_at(endpoint.address);
  return fmt::format("{}[{}]:{}", host == nullptr ? "unknown" : host->name, to_string(endpoint.address), endpoint.port);
}

void record_sending(WireReading& reading, const Held& held, const WireTransaction& transaction) {
  const witness::SmtpTransaction& seen = *transaction.seen;
  const std::string peer = peer_name(reading, seen.server);
  stage::Fact& attempted = reading.record(stage::FactKind::attempted, held, transaction.began, {});
  attempted.connection = transaction.connection;
  attempted.transaction = seen.number;
  attempted.reverse_path = seen.reverse_path;
  attempted.detail = peer;
  attempted.body_hash = 0;
  attempted.size_octets = 0;
  for (const witness::SeenRecipient& recipient : seen.recipients) {
    if (!seen.is_accepted(recipient)) continue;
    stage::Fact& relayed = reading.record(stage::FactKind::relayed, held, transaction.ended, recipient.forward_path);
    relayed.connection = transaction.connection;
    relayed.transaction = seen.number;
    relayed.code = static_cast<std::uint16_t>(recipient.final_reply->code);
    relayed.reverse_path = seen.reverse_path;
    relayed.body_hash = transaction.marks.body_hash;
    relayed.size_octets = transaction.marks.size_octets;
    relayed.detail = peer;
    relayed.text = to_line(*recipient.final_reply);
  }
}

}  // namespace watershed::harness
