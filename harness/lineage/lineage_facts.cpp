// What each kind of fact does to the lineage. See lineage.hpp.
#include "harness/lineage/lineage.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::harness {

using stage::Custody;
using stage::Fact;
using stage::FactKind;

namespace {

// `mx.example: routed smtp:[192.0.2.1] (transport:3)`. Put together by hand: it is made several times for each message.
std::string trail_line(const stage::Journal& journal, const Fact& fact) {
  const std::string_view parts[] = {
      journal.host_name(fact.host), ": ", to_string(fact.kind), " ", fact.detail, " (", fact.decided_by, ")"};
  std::size_t length = 0;
  for (const std::string_view part : parts) length += part.size();
  std::string line;
  line.reserve(length);
  for (const std::string_view part : parts) line += part;
  return line;
}

}  // namespace

void Lineage::on_offered(const Fact& fact) {
  const auto known = custodies_.find(fact.custody);
  const RootIndex index = known != custodies_.end() ? known->second.root : next_root_++;
  RootMessage& root = roots_[index];
  if (known == custodies_.end()) {
    root.label = fact.detail;
    root.message_class = fact.text;
    root.reverse_path = fact.reverse_path;
    root.host = fact.host;
    root.custody = fact.custody;
    root.offered_at = fact.at;
    root.body_hash = fact.body_hash;
  }
  root.recipients.push_back(fact.recipient);
  add_duty(begin(fact, "offered", 0, index), fact.recipient, fact.recipient);
}

void Lineage::on_accepted(const Fact& fact) {
  const auto sent = transactions_.find(key(fact.connection, fact.transaction));
  if (sent == transactions_.end()) {
    return anomaly(fact, fmt::format("accepted a message for {} that nobody is known to have sent", fact.recipient));
  }
  sent->second.to = fact.custody;
  CustodyRecord& parent = custodies_.at(sent->second.from);
  const Duty* from = duty(fact, parent, true);
  std::string root_recipient = from != nullptr ? from->root_recipient : fact.recipient;
  const Custody parent_id = parent.id;
  const RootIndex root = parent.root;
  CustodyRecord& record = begin(fact, "accepted", parent_id, root);
  if (record.parent_recipient.empty()) record.parent_recipient = fact.recipient;
  add_duty(record, fact.recipient, std::move(root_recipient));
}

void Lineage::on_spawned(const Fact& fact) {
  const auto cause = custodies_.find(fact.cause);
  if (cause == custodies_.end()) {
    return anomaly(fact, fmt::format("made a {} because of a message that no host has", fact.detail));
  }
  const RootIndex root = cause->second.root;
  std::string root_recipient = fact.text;
  for (Duty& duty : cause->second.duties) {
    if (!equal_ignoring_case(duty.recipient, fact.text)) continue;
    root_recipient = duty.root_recipient;
    const bool passes_on = fact.detail == "forward" || fact.detail == "redirect";
    if (passes_on && duty.end == End::open) {
      duty.end = End::spawned;
      duty.ended_at = fact.at;
      duty.decided_by = fact.decided_by;
      --roots_.at(root).open_duties;
    }
    if (!fact.decided_by.empty()) {
      duty.trail.push_back(fmt::format("{}: {} to {} ({})", journal_.host_name(fact.host), fact.detail, fact.recipient,
                                       fact.decided_by));
    }
    break;
  }
  CustodyRecord& record = begin(fact, fact.detail, fact.cause, root);
  if (record.parent_recipient.empty()) record.parent_recipient = fact.text;
  add_duty(record, fact.recipient, std::move(root_recipient));
}

void Lineage::on_rewritten(const Fact& fact) {
  CustodyRecord* record = find(fact);
  if (record == nullptr) return;
  Duty* from = duty(fact, *record, true);
  if (from == nullptr) return;
  std::string root_recipient = from->root_recipient;
  std::vector<std::string> trail = from->trail;
  trail.push_back(fmt::format("{}: {} becomes {}{}", journal_.host_name(fact.host), fact.recipient, fact.detail,
                              fact.decided_by.empty() ? "" : fmt::format(" ({})", fact.decided_by)));
  // stage/journal.hpp: a rewriting to itself keeps the recipient (a Bcc is added beside it).
  if (equal_ignoring_case(fact.detail, fact.recipient)) {
    from->stays = true;
    if (from->end == End::replaced) {
      from->end = End::open;
      ++roots_.at(record->root).open_duties;
    }
    return;
  }
  if (from->end == End::open && !from->stays) {
    from->end = End::replaced;
    from->ended_at = fact.at;
    from->decided_by = fact.decided_by;
    --roots_.at(record->root).open_duties;
  }
  add_duty(*record, fact.detail, std::move(root_recipient));
  for (Duty& duty : record->duties) {
    if (equal_ignoring_case(duty.recipient, fact.detail)) duty.trail = trail;
  }
}

void Lineage::on_decision(const Fact& fact) {
  if (fact.custody == 0) return;
  CustodyRecord* record = find(fact);
  if (record == nullptr) return;
  for (Duty& duty : record->duties) {
    if (!fact.recipient.empty() && !equal_ignoring_case(duty.recipient, fact.recipient)) continue;
    if (fact.kind == FactKind::deferred) {
      duty.deferred = true;
      duty.code = fact.code;
      duty.text = fact.text;
    }
    if (fact.decided_by.empty()) continue;
    if (fact.kind == FactKind::routed) duty.decided_by = fact.decided_by;
    duty.trail.push_back(trail_line(journal_, fact));
  }
}

void Lineage::on_stored(const Fact& fact) {
  CustodyRecord* record = find(fact);
  if (record == nullptr) return;
  const Duty* which = duty(fact, *record, false);
  Delivery delivery;
  delivery.custody = fact.custody;
  delivery.host = fact.host;
  delivery.recipient = fact.recipient;
  delivery.root_recipient = which != nullptr ? which->root_recipient : fact.recipient;
  delivery.mailbox = fact.text;
  delivery.folder = fact.detail;
  delivery.at = fact.at;
  delivery.body_hash = fact.body_hash;
  for (const CustodyRecord* step : chain(fact.custody)) {
    if (step->why == "accepted" || step->why == "forward" || step->why == "redirect" || step->why == "copy") continue;
    delivery.kind = step->why;
  }
  delivery.is_notice = delivery.kind != "offered";
  roots_.at(record->root).deliveries.push_back(std::move(delivery));
  end(fact, End::stored);
}

void Lineage::end(const Fact& fact, End how) {
  CustodyRecord* record = find(fact);
  if (record == nullptr) return;
  Duty* which = duty(fact, *record, true);
  if (which == nullptr) return;
  if (!fact.decided_by.empty()) {
    which->trail.push_back(trail_line(journal_, fact));
    which->decided_by = fact.decided_by;
  }
  if (how == End::relayed && !was_accepted(fact)) {
    return anomaly(fact, fmt::format("was told '{}' for {} by {}, which never accepted it", fact.text, fact.recipient,
                                     fact.detail));
  }
  // A second end is fine where a rule asks for it (filed and redirected); a queue entry is an end only for what is
  // open.
  const bool is_released = which->end == End::held && how != End::queued;
  if (which->end != End::open && !is_released) return;
  if (which->end == End::open) --roots_.at(record->root).open_duties;
  which->end = how;
  which->code = fact.code;
  which->text = fact.text;
  which->ended_at = fact.at;
  const RootMessage& root = roots_.at(record->root);
  if (finished_max_ > 0 && root.open_duties == 0) {
    finished_.push_back(record->root);
    if (finished_.size() > finished_max_) {
      const RootIndex oldest = finished_.front();
      finished_.pop_front();
      forget(oldest);
    }
  }
}

}  // namespace watershed::harness
