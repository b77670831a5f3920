// See results.hpp.
#include "harness/lanes/results.hpp"

#include "base/text.hpp"
#include "harness/expectations/shared_hosts.hpp"

#include <fmt/format.h>

#include <map>

namespace watershed::harness {

namespace {

constexpr std::size_t messages_listed_max = 1000;  // a load's messages are alike; counts cover them all

// The content's own copies: no notices, no answers.
bool is_message_itself(const Evidence& evidence, const CustodyRecord& record) {
  for (const CustodyRecord* step : evidence.lineage.chain(record.id)) {
    if (step->why == "dsn" || step->why == "auto-reply" || step->why == "notification" || step->why == "delay-notice" ||
        step->why == "reply") {
      return false;
    }
  }
  return true;
}

}  // namespace

MessageResult message_result(const Evidence& evidence, const RootMessage& root, const std::string& recipient) {
  MessageResult result;
  result.label = root.label;
  result.message_class = root.message_class;
  result.reverse_path = root.reverse_path;
  result.recipient = recipient;
  result.fate = "lost";
  int best = 0;
  const auto offer = [&](int rank, const char* fate, const CustodyRecord& record, const Duty& duty) {
    if (rank <= best) return;
    best = rank;
    result.fate = fate;
    result.code = duty.code;
    result.text = duty.text;
    result.path = evidence.host_names(evidence.lineage.path(record.id));
    result.trail = evidence.trail(record.id, duty.recipient);
  };
  for (const stage::Custody id : root.custodies) {
    const CustodyRecord& record = *evidence.lineage.custody(id);
    if (!is_message_itself(evidence, record)) continue;
    for (const Duty& duty : record.duties) {
      if (!equal_ignoring_case(duty.root_recipient, recipient)) continue;
      if (duty.end == End::stored || duty.end == End::answered) offer(7, "delivered", record, duty);
      if (duty.end == End::open) offer(6, "lost", record, duty);
      if (duty.end == End::failed) offer(5, record.why == "offered" ? "rejected" : "bounced", record, duty);
      if (duty.end == End::queued || duty.end == End::held) offer(4, "queued", record, duty);
      if (duty.end == End::discarded) offer(3, "discarded", record, duty);
      // What was passed on, merged or replaced has its end elsewhere; alone it means a copy merged away.
      if (duty.end == End::merged) offer(2, "delivered", record, duty);
    }
  }
  for (const Delivery& delivery : root.deliveries) {
    if (delivery.is_notice || !equal_ignoring_case(delivery.root_recipient, recipient)) continue;
    result.mailbox = delivery.mailbox;
    result.folder = delivery.folder;
    result.latency_ns = (delivery.at - root.offered_at).count();
    result.path = evidence.host_names(evidence.lineage.path(delivery.custody));
    result.trail = evidence.trail(delivery.custody, delivery.recipient);
    break;
  }
  return result;
}

namespace {

void count(const std::string& fate, MessageCounts& counts) {
  ++counts.offered;
  if (fate == "delivered") ++counts.delivered;
  if (fate == "rejected") ++counts.rejected;
  if (fate == "bounced") ++counts.bounced;
  if (fate == "discarded") ++counts.discarded;
  if (fate == "queued") ++counts.queued;
  if (fate == "lost") ++counts.lost;
}

std::uint64_t duplicates(const RootMessage& root) {
  std::map<std::string, std::uint64_t> seen;
  std::uint64_t doubled = 0;
  for (const Delivery& delivery : root.deliveries) {
    if (delivery.is_notice) continue;
    const std::string place =
        fmt::format("{}\n{}\n{}", to_lower(delivery.root_recipient), to_lower(delivery.mailbox), delivery.folder);
    if (++seen[place] > 1) ++doubled;
  }
  return doubled;
}

}  // namespace

void fill_results(const Evidence& evidence, ScenarioResult& result) {
  for (const auto& [index, root] : evidence.lineage.roots()) {
    for (const std::string& recipient : root.recipients) {
      MessageResult message = message_result(evidence, root, recipient);
      count(message.fate, result.counts);
      const bool replaced =
          message.fate == "delivered" && !message.mailbox.empty() && !equal_ignoring_case(message.mailbox, recipient);
      if (replaced) ++result.stragglers[fmt::format("{} from {}", to_lower(recipient), to_lower(root.reverse_path))];
      if (result.messages.size() < messages_listed_max) {
        result.messages.push_back(std::move(message));
      } else {
        ++result.messages_left_out;
      }
    }
    for (const stage::Custody id : root.custodies) {
      if (evidence.lineage.custody(id)->why == "accepted") ++result.hops;
    }
    result.counts.duplicated += duplicates(root);
  }
  result.shared_hosts = shared_hosts(evidence);
  result.figures = evidence.figures();
}

}  // namespace watershed::harness
