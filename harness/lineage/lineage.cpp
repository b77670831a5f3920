// See lineage.hpp. Here: the records and the questions about them; what each kind of fact does to them is in
// lineage_facts.cpp.
#include "harness/lineage/lineage.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::harness {

using stage::Custody;
using stage::Fact;
using stage::FactKind;

std::string_view to_string(End end) {
  switch (end) {
    case End::open:
      return "open";
    case End::relayed:
      return "relayed";
    case End::stored:
      return "delivered";
    case End::failed:
      return "failed";
    case End::discarded:
      return "discarded";
    case End::held:
      return "held";
    case End::replaced:
      return "replaced";
    case End::merged:
      return "merged";
    case End::answered:
      return "answered";
    case End::spawned:
      return "passed on";
    case End::queued:
      return "queued";
  }
  return "?";
}

void Lineage::forget_finished(std::size_t finished_max,
                              std::function<void(const RootMessage&, const Lineage&)> on_finished) {
  finished_max_ = finished_max;
  on_finished_ = std::move(on_finished);
}

void Lineage::take(const Fact& fact) {
  switch (fact.kind) {
    case FactKind::offered:
      return on_offered(fact);
    case FactKind::accepted:
      return on_accepted(fact);
    case FactKind::spawned:
      return on_spawned(fact);
    case FactKind::rewritten:
      return on_rewritten(fact);
    case FactKind::stored:
      return on_stored(fact);
    case FactKind::attempted:
      if (const CustodyRecord* record = find(fact)) {
        const TransactionKey transaction = key(fact.connection, fact.transaction);
        transactions_[transaction] = {fact.custody, 0};
        if (finished_max_ > 0) transactions_of_[record->root].push_back(transaction);
      }
      return;
    case FactKind::routed:
    case FactKind::deferred:
    case FactKind::filtered:
      return on_decision(fact);
    case FactKind::merged:
      return end(fact, End::merged);
    case FactKind::relayed:
      return end(fact, End::relayed);
    case FactKind::failed:
      return end(fact, End::failed);
    case FactKind::discarded:
      return end(fact, End::discarded);
    case FactKind::held:
      return end(fact, End::held);
    case FactKind::answered:
      return end(fact, End::answered);
    case FactKind::queued:
      return end(fact, End::queued);
    default:
      return;
  }
}

CustodyRecord* Lineage::find(const Fact& fact) {
  const auto found = custodies_.find(fact.custody);
  if (found != custodies_.end()) return &found->second;
  if (fact.kind != FactKind::filtered || fact.custody != 0) {
    anomaly(fact, fmt::format("{} for a message that no host has", to_string(fact.kind)));
  }
  return nullptr;
}

CustodyRecord& Lineage::begin(const Fact& fact, std::string why, Custody parent, RootIndex root) {
  const auto [position, is_new] = custodies_.try_emplace(fact.custody);
  CustodyRecord& record = position->second;
  if (is_new) {
    record.id = fact.custody;
    record.parent = parent;
    record.root = root;
    record.host = fact.host;
    record.began_at = fact.at;
    record.why = std::move(why);
    record.reverse_path = fact.reverse_path;
    const auto known = custodies_.find(parent);
    const bool same_content = known != custodies_.end() && record.why != "dsn" && record.why != "auto-reply" &&
                              record.why != "notification" && record.why != "delay-notice" && record.why != "reply";
    record.expected_hash = same_content ? known->second.expected_hash : fact.body_hash;
    roots_.at(root).custodies.push_back(fact.custody);
  }
  return record;
}

void Lineage::add_duty(CustodyRecord& record, std::string recipient, std::string root_recipient) {
  for (Duty& duty : record.duties) {
    // An address that came up before starts again only if its way had ended by being replaced.
    if (!equal_ignoring_case(duty.recipient, recipient)) continue;
    if (duty.end == End::open) return;
    if (duty.end == End::replaced || duty.end == End::merged) {
      duty.end = End::open;
      ++roots_.at(record.root).open_duties;
      return;
    }
  }
  Duty added;
  added.recipient = std::move(recipient);
  added.root_recipient = std::move(root_recipient);
  record.duties.push_back(std::move(added));
  ++roots_.at(record.root).open_duties;
}

Duty* Lineage::duty(const Fact& fact, CustodyRecord& record, bool must_exist) {
  Duty* ended = nullptr;
  for (Duty& duty : record.duties) {
    if (!equal_ignoring_case(duty.recipient, fact.recipient)) continue;
    if (duty.end == End::open) return &duty;
    ended = &duty;
  }
  if (ended == nullptr && must_exist) {
    anomaly(fact, fmt::format("{} for {}, which this copy of the message was never addressed to", to_string(fact.kind),
                              fact.recipient));
  }
  return ended;
}

void Lineage::anomaly(const Fact& fact, std::string text) {
  constexpr std::size_t anomalies_max = 1000;  // the first ones tell what is wrong; memory stays flat
  if (anomalies_.size() < anomalies_max) anomalies_.push_back({fact.at, fact.host, std::move(text)});
}

bool Lineage::was_accepted(const Fact& relayed) const {
  const auto passage = transactions_.find(key(relayed.connection, relayed.transaction));
  const CustodyRecord* record = passage == transactions_.end() ? nullptr : custody(passage->second.to);
  return record != nullptr && std::any_of(record->duties.begin(), record->duties.end(), [&](const Duty& duty) {
           return equal_ignoring_case(duty.recipient, relayed.recipient);
         });
}

void Lineage::forget(RootIndex index) {
  const auto root = roots_.find(index);
  if (root == roots_.end() || root->second.open_duties != 0) return;
  if (on_finished_) on_finished_(root->second, *this);
  for (const Custody custody : root->second.custodies) custodies_.erase(custody);
  for (const TransactionKey transaction : transactions_of_[index]) transactions_.erase(transaction);
  transactions_of_.erase(index);
  roots_.erase(root);
}

const CustodyRecord* Lineage::custody(Custody id) const {
  const auto found = custodies_.find(id);
  return found == custodies_.end() ? nullptr : &found->second;
}

std::vector<const CustodyRecord*> Lineage::chain(Custody id) const {
  std::vector<const CustodyRecord*> records;
  for (const CustodyRecord* record = custody(id); record != nullptr; record = custody(record->parent)) {
    records.push_back(record);
  }
  std::reverse(records.begin(), records.end());
  return records;
}

std::vector<stage::HostId> Lineage::path(Custody id) const {
  std::vector<stage::HostId> hosts;
  for (const CustodyRecord* record : chain(id)) {
    if (hosts.empty() || hosts.back() != record->host) hosts.push_back(record->host);
  }
  return hosts;
}

std::string_view Lineage::message_class(Custody id) const {
  const CustodyRecord* record = custody(id);
  if (record == nullptr) return {};
  return roots_.at(record->root).message_class;
}

Custody Lineage::custody_of_transaction(stage::ConnectionId connection, std::uint32_t transaction) const {
  const auto found = transactions_.find(key(connection, transaction));
  return found == transactions_.end() ? 0 : found->second.from;
}

const CustodyRecord* Lineage::record_of(const stage::Fact& fact) const {
  const CustodyRecord* record = custody(fact.custody);
  return record != nullptr ? record : custody(custody_of_transaction(fact.connection, fact.transaction));
}

RootIndex Lineage::root_of_transaction(stage::ConnectionId connection, std::uint32_t transaction) const {
  const CustodyRecord* record = custody(custody_of_transaction(connection, transaction));
  return record == nullptr ? no_root : record->root;
}

}  // namespace watershed::harness
