// See compared.hpp.
#include "harness/parity/compared.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace watershed::harness {

using stage::FactKind;

namespace {

// Lines in an order of their own: the lanes need not agree on who came first. Two copies are not one; but of what is
// said anew at every attempt, how often is a matter of the lane's clock.
class Lines {
 public:
  enum class Repeats { counted, once };
  explicit Lines(Repeats repeats = Repeats::counted) : repeats_(repeats) {}

  void add(std::string_view line) {
    std::string masked = masked_srs(line);
    if (repeats_ == Repeats::counted || !lines_.contains(masked)) lines_.insert(std::move(masked));
  }
  std::string text() const { return fmt::format("{}", fmt::join(lines_, "\n")); }

 private:
  Repeats repeats_;
  std::multiset<std::string> lines_;
};

bool is_notice_kind(std::string_view why) {
  return why == "dsn" || why == "delay-notice" || why == "auto-reply" || why == "reply";
}

class MessageComparer {
 public:
  MessageComparer(const Evidence& evidence, const RootMessage& root, const std::string& recipient)
      : evidence_(evidence), root_(root), recipient_(recipient) {
    for (const stage::Custody id : root.custodies) {
      const CustodyRecord& record = *evidence.lineage.custody(id);
      for (const Duty& duty : record.duties) {
        if (equal_ignoring_case(duty.root_recipient, recipient)) custodies_.insert(id);
      }
    }
  }

  ComparedMessage run(const MessageResult& result) {
    read_duties();
    read_facts();
    read_copies();
    ComparedMessage compared{root_.label, recipient_, {}, std::move(journal_)};
    compared.aspects = {{"fate", result.fate},        {"mailbox", mailboxes_.text()},   {"hops", hops_.text()},
                        {"replies", replies_.text()}, {"rewriting", rewriting_.text()}, {"envelope", envelope_.text()},
                        {"notices", notices_.text()}, {"content", content_.text()}};
    return compared;
  }

 private:
  bool is_mine(const Duty& duty) const { return equal_ignoring_case(duty.root_recipient, recipient_); }

  const std::string& name(stage::HostId host) const { return evidence_.journal.host_name(host); }

  // The hosts on the way to a custody; where another message comes of it, which kind.
  std::string way(const CustodyRecord& record) const {
    std::string way;
    for (const CustodyRecord* step : evidence_.lineage.chain(record.id)) {
      if (step->why == "accepted" || step->why == "offered") {
        way += (way.empty() ? "" : " > ") + name(step->host);
      } else {
        way += fmt::format(" [{}]", step->why);
      }
    }
    return way;
  }

  // What a script keeps and sends on has two ends, and the order of the two says nothing.
  std::string end_of(const CustodyRecord& record, const Duty& duty) const {
    if (duty.end != End::stored && duty.end != End::spawned) return std::string(to_string(duty.end));
    const bool is_kept = std::any_of(root_.deliveries.begin(), root_.deliveries.end(), [&](const Delivery& each) {
      return each.custody == record.id && equal_ignoring_case(each.recipient, duty.recipient);
    });
    const bool is_sent_on = std::any_of(root_.custodies.begin(), root_.custodies.end(), [&](stage::Custody id) {
      const CustodyRecord& other = *evidence_.lineage.custody(id);
      const bool sends_on = other.why == "redirect" || other.why == "forward";
      return other.parent == record.id && sends_on && equal_ignoring_case(other.parent_recipient, duty.recipient);
    });
    return is_kept && is_sent_on ? "delivered and passed on" : is_kept ? "delivered" : "passed on";
  }

  bool is_part_of_notice(const CustodyRecord& record) const {
    const auto chain = evidence_.lineage.chain(record.id);
    return std::any_of(chain.begin(), chain.end(), [](const CustodyRecord* step) { return is_notice_kind(step->why); });
  }

  void read_duties() {
    for (const stage::Custody id : custodies_) {
      const CustodyRecord& record = *evidence_.lineage.custody(id);
      for (const Duty& duty : record.duties) {
        if (!is_mine(duty)) continue;
        const bool goes_on = duty.end == End::relayed || duty.end == End::replaced || duty.end == End::merged;
        if (!goes_on) hops_.add(fmt::format("{}: {} {}", way(record), end_of(record, duty), to_lower(duty.recipient)));
        if (is_notice_kind(record.why)) {
          notices_.add(fmt::format("{}: {} to {}", name(record.host), record.why, to_lower(duty.recipient)));
        }
      }
    }
    for (const Delivery& delivery : root_.deliveries) {
      if (!equal_ignoring_case(delivery.root_recipient, recipient_)) continue;
      mailboxes_.add(fmt::format("{}/{}{}", to_lower(delivery.mailbox), delivery.folder,
                                 delivery.is_notice ? " (" + delivery.kind + ")" : ""));
    }
  }

  // `mx.example[192.0.2.1]:25` and `192.0.2.1:25` are the same host; the port is the lane's.
  std::string host_of(std::string_view peer) const {
    std::string_view address = peer.substr(0, peer.rfind(':'));
    if (const std::size_t open = address.find('['); open != std::string_view::npos) {
      address = address.substr(open + 1, address.rfind(']') - open - 1);
    }
    const auto parsed = parse_ip_address(address);
    for (const HostSpec& host : evidence_.world.hosts) {
      if (parsed && std::find(host.addresses.begin(), host.addresses.end(), *parsed) != host.addresses.end()) {
        return host.name;
      }
    }
    return std::string(peer);
  }

  void read_facts() {
    for (const stage::Fact& fact : evidence_.journal.facts()) {
      stage::Custody custody = fact.custody;
      if (fact.kind == FactKind::rejected) {
        custody = evidence_.lineage.custody_of_transaction(fact.connection, fact.transaction);
      }
      if (custodies_.count(custody) == 0) continue;
      if (!names_me(fact, *evidence_.lineage.custody(custody))) continue;
      if (take(fact) && journal_.size() < journal_lines_max) {
        std::string line;
        append_json_line(line, evidence_.journal, fact);
        line.pop_back();
        journal_.push_back(std::move(line));
      }
    }
  }

  bool names_me(const stage::Fact& fact, const CustodyRecord& record) const {
    if (fact.recipient.empty()) return true;
    return std::any_of(record.duties.begin(), record.duties.end(), [&](const Duty& duty) {
      return is_mine(duty) && equal_ignoring_case(duty.recipient, fact.recipient);
    });
  }

  // True for facts that are worth showing.
  bool take(const stage::Fact& fact) {
    const std::string recipient = to_lower(fact.recipient);
    switch (fact.kind) {
      case FactKind::relayed:
        replies_.add(fmt::format("{} told {}: {} for {}", host_of(fact.detail), name(fact.host), fact.code, recipient));
        return true;
      case FactKind::rejected:
        replies_.add(
            fmt::format("{} refused: {} for {}", name(fact.host), fact.code, recipient.empty() ? "all" : recipient));
        return true;
      case FactKind::failed:
        replies_.add(fmt::format("{} gave up: {} for {}", name(fact.host), fact.code, recipient));
        return true;
      case FactKind::deferred:
        replies_.add(fmt::format("{} put off: {} for {}", name(fact.host), fact.code, recipient));
        return true;
      case FactKind::rewritten:
      case FactKind::merged:
        rewriting_.add(
            fmt::format("{}: {} {} {}", name(fact.host), recipient, to_string(fact.kind), to_lower(fact.detail)));
        return true;
      case FactKind::accepted:
        envelope_.add(fmt::format("{}: from {} for {}", name(fact.host), to_lower(fact.reverse_path), recipient));
        return true;
      case FactKind::stored:
      case FactKind::spawned:
      case FactKind::discarded:
      case FactKind::held:
      case FactKind::queued:
      case FactKind::answered:
        return true;
      default:
        return false;
    }
  }

  void read_copies() {
    for (const StoredCopy& copy : evidence_.copies) {
      if (custodies_.count(copy.custody) == 0 || copy.message == nullptr) continue;
      const bool is_notice = is_part_of_notice(*evidence_.lineage.custody(copy.custody));
      content_.add(
          fmt::format("{}/{}\n{}", to_lower(copy.mailbox), copy.folder, masked_content(*copy.message, is_notice)));
    }
  }

  static constexpr std::size_t journal_lines_max = 30;

  const Evidence& evidence_;
  const RootMessage& root_;
  const std::string& recipient_;
  std::set<stage::Custody> custodies_;
  std::vector<std::string> journal_;
  Lines mailboxes_;
  Lines hops_;
  Lines replies_{Lines::Repeats::once};
  Lines rewriting_{Lines::Repeats::once};
  Lines envelope_;
  Lines notices_;
  Lines content_;
};

}  // namespace

std::vector<ComparedMessage> compared_messages(const Evidence& evidence, const ScenarioResult& result) {
  std::vector<ComparedMessage> compared;
  std::size_t place = 0;
  for (const auto& [index, root] : evidence.lineage.roots()) {
    for (const std::string& recipient : root.recipients) {
      // A load's first messages stand for all of them, as in the report.
      if (place == result.messages.size()) return compared;
      compared.push_back(MessageComparer(evidence, root, recipient).run(result.messages[place++]));
    }
  }
  return compared;
}

}  // namespace watershed::harness
