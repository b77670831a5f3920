// How recipients changed and ended on Postfix hosts: the envelope's difference between what came in and what went out,
// with the log's reason and the line that our own route decider names where it agrees. See wire_reading.hpp.
#include "base/text.hpp"
#include "components/router/engine/engine.hpp"
#include "components/router/engine/intake.hpp"
#include "harness/lanes/wire/wire_reading.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::harness {

using stage::FactKind;
using Kind = PostfixLogLine::Kind;

namespace {

bool contains(const std::vector<std::string>& list, std::string_view text) {
  return std::any_of(list.begin(), list.end(),
                     [&](const std::string& each) { return equal_ignoring_case(each, text); });
}

void add(std::vector<std::string>& list, const std::string& text) {
  if (!contains(list, text)) list.push_back(text);
}

class PostfixEnds {
 public:
  PostfixEnds(WireReading& reading, Held& held) : reading_(reading), held_(held) {
    for (const auto& each : reading.log[held.host->id]) {
      if (each.second.queue_id == held.id) lines_.push_back(&each);
    }
  }

  void run() {
    observe();
    rewrite();
    route();
    for (const auto* line : lines_) take(line->first, line->second);
    if (lines_.empty()) end_by_wire();
    for (const QueueEntry& entry : reading_.sources.queues) {
      if (!is_mine(entry)) continue;
      const auto recipients = entry.recipient.empty() ? left() : std::vector<std::string>{entry.recipient};
      for (const std::string& recipient : recipients) queue(entry, recipient);
    }
  }

 private:
  using Line = std::pair<stage::Time, PostfixLogLine>;

  bool is_mine(const QueueEntry& entry) const {
    return entry.host == held_.host->id && entry.queue_id == held_.id && entry.queue != "maildrop";
  }

  // What is decided about a message is decided once it is there.
  stage::Time known_at() const { return std::max(held_.began, held_.answered); }

  // Whose end is not known: besides those that were tried, those that are foreseen or, where nothing is, came in.
  std::vector<std::string> left() const {
    std::vector<std::string> all = observed_;
    for (const std::string& each : foreseen_) add(all, each);
    for (const std::string& each : held_.recipients) {
      if (foreseen_.empty() && !contains(replaced_, each)) add(all, each);
    }
    std::erase_if(all, [&](const std::string& each) { return held_.done.contains(to_lower(each)); });
    return all;
  }

  void queue(const QueueEntry& entry, const std::string& recipient) {
    stage::Fact& fact = reading_.record(FactKind::queued, held_, reading_.sources.now, recipient);
    fact.detail = entry.queue;
    fact.text = entry.reason;
    for (const auto* line : lines_) {
      const PostfixLogLine& said = line->second;
      if (said.status == "deferred" && equal_ignoring_case(said.to, recipient)) fact.text = said.text;
    }
  }

  // Every recipient that this message turned out to have here.
  void observe() {
    for (const WireTransaction* sent : held_.sent) {
      for (const witness::SeenRecipient& each : sent->seen->recipients) {
        add(observed_, each.forward_path);
        if (sent->seen->is_accepted(each)) held_.done.insert(to_lower(each.forward_path));
      }
    }
    for (const auto* line : lines_) {
      if (!line->second.to.empty()) add(observed_, line->second.to);
      is_finished_ = is_finished_ || line->second.kind == Kind::removed;
    }
    for (const QueueEntry& entry : reading_.sources.queues) {
      if (is_mine(entry) && !entry.recipient.empty()) add(observed_, entry.recipient);
    }
  }

  void change(FactKind kind, const std::string& from, std::string to, std::string decided_by) {
    if (!equal_ignoring_case(from, to)) add(replaced_, from);
    stage::Fact& fact = reading_.record(kind, held_, known_at(), from);
    fact.detail = std::move(to);
    fact.decided_by = std::move(decided_by);
  }

  void rewrite() {
    if (observed_.empty() || observed_ == held_.recipients) return;
    if (held_.host->decider.at(known_at()) != nullptr && rewrite_as_foreseen()) return;
    for (const std::string& recipient : observed_) {
      if (contains(held_.recipients, recipient)) continue;
      const std::string from = origin_of(recipient);
      if (from.empty()) {
        reading_.fault(fmt::format("{} delivers message {} to {}, and for whom is not known", held_.host->name,
                                   held_.id, recipient),
                       held_.host);
        continue;
      }
      if (contains(observed_, from)) change(FactKind::rewritten, from, from, {});
      change(FactKind::rewritten, from, recipient, {});
    }
  }

  std::string origin_of(const std::string& recipient) const {
    for (const auto* line : lines_) {
      const bool names_it = equal_ignoring_case(line->second.to, recipient) && !line->second.orig_to.empty();
      if (names_it && contains(held_.recipients, line->second.orig_to)) return line->second.orig_to;
    }
    return held_.recipients.size() == 1 ? held_.recipients.front() : std::string();
  }

  // Our own decider expands as Postfix did: then it also knows which line was the reason.
  bool rewrite_as_foreseen() {
    std::vector<mail::Recipient> received;
    for (const std::string& recipient : held_.recipients) {
      const auto address = mail::parse_address(recipient);
      if (!address) return false;
      received.push_back({mail::ForwardPath(*address), {}, {}});
    }
    const router::RouteDecider& decider = *held_.host->decider.at(known_at());
    const router::Expansion expansion = held_.is_own ? decider.expand_internal(reverse_path(), received)
                                                     : decider.expand(reverse_path(), received, "smtp");
    std::vector<std::string> foreseen;
    for (const router::FinalRecipient& each : expansion.recipients) add(foreseen, display(each.recipient.forward_path));
    const auto all_in = [](const std::vector<std::string>& part, const std::vector<std::string>& whole) {
      return std::all_of(part.begin(), part.end(), [&](const std::string& each) { return contains(whole, each); });
    };
    if (!all_in(observed_, foreseen) || (is_finished_ && !all_in(foreseen, observed_))) return false;
    for (router::RecipientChange& each : router::recipient_changes(received, expansion.recipients)) {
      change(each.merged ? FactKind::merged : FactKind::rewritten, each.recipient, std::move(each.replacement),
             std::move(each.decided_by));
    }
    foreseen_ = std::move(foreseen);
    return true;
  }

  mail::ReversePath reverse_path() const {
    const auto address = mail::parse_address(held_.reverse_path);
    return address ? mail::ReversePath(*address) : mail::ReversePath();
  }

  // When the next hop was last chosen: each attempt asks again.
  stage::Time tried_at(const std::string& recipient) const {
    stage::Time last = known_at();
    for (const auto* line : lines_) {
      const bool is_attempt = line->second.kind == Kind::delivery && equal_ignoring_case(line->second.to, recipient);
      if (is_attempt) last = std::max(last, line->first);
    }
    return last;
  }

  // The line that chose the next hop, where our decider chooses the one that Postfix went to.
  void route() {
    for (const std::string& recipient : observed_) {
      const auto address = mail::parse_address(recipient);
      const auto& decider = held_.host->decider.at(tried_at(recipient));
      if (!address || decider == nullptr) continue;
      const router::Resolution resolution = decider->resolve(reverse_path(), *address);
      if (resolution.status != router::Resolution::Status::resolved || !went_to(recipient, resolution.nexthop))
        continue;
      stage::Fact& fact = reading_.record(FactKind::routed, held_, known_at(), recipient);
      fact.detail = resolution.transport + ":" + resolution.nexthop;
      fact.decided_by = router::journal_form(resolution.decided_by);
    }
  }

  bool went_to(const std::string& recipient, std::string_view next_hop) const {
    const std::size_t open = next_hop.find('[');
    const std::size_t close = next_hop.find(']');
    for (const WireTransaction* sent : held_.sent) {
      const auto& recipients = sent->seen->recipients;
      const bool is_in = std::any_of(recipients.begin(), recipients.end(), [&](const witness::SeenRecipient& each) {
        return equal_ignoring_case(each.forward_path, recipient);
      });
      if (!is_in || open == std::string_view::npos || close == std::string_view::npos) continue;
      const std::string_view name = next_hop.substr(open + 1, close - open - 1);
      if (!equal_ignoring_case(name, sent->server->name) && name != to_string(sent->seen->server.address)) return false;
    }
    return true;
  }

  void take(stage::Time at, const PostfixLogLine& line) {
    switch (line.kind) {
      case Kind::delivery:
        return take_delivery(at, line);
      case Kind::expired:
        for (const std::string& recipient : observed_) {
          if (held_.done.count(to_lower(recipient)) == 0) fail(at, recipient, 0, "expired in the queue");
        }
        return;
      case Kind::held:
      case Kind::discarded:
      case Kind::milter:
        if (line.kind == Kind::milter && line.status == "reject") return;
        for (const std::string& recipient : held_.recipients) {
          const bool is_held = line.kind == Kind::held || line.status == "hold";
          stage::Fact& fact = reading_.record(is_held ? FactKind::held : FactKind::discarded, held_, at, recipient);
          fact.text = line.text;
        }
        return;
      default:
        return;
    }
  }

  void take_delivery(stage::Time at, const PostfixLogLine& line) {
    if (line.status == "deferred") {
      stage::Fact& fact = reading_.record(FactKind::deferred, held_, at, line.to);
      fact.code = line.code;
      fact.text = line.text;
    } else if (line.status == "bounced") {
      fail(at, line.to, line.code, line.text);
    } else if (line.status == "sent") {
      take_sent(at, line);
    }
  }

  void take_sent(stage::Time at, const PostfixLogLine& line) {
    held_.done.insert(to_lower(line.to));
    if (line.relay.find('[') == std::string::npos) {
      // local(8) and virtual(8) leave a file, which end_store finds; what goes nowhere was dropped on purpose.
      if (line.relay != "none") return;
      reading_.record(FactKind::discarded, held_, at, line.to).text = line.text;
      return;
    }
    const bool was_seen = std::any_of(held_.sent.begin(), held_.sent.end(), [&](const WireTransaction* sent) {
      const auto& recipients = sent->seen->recipients;
      return std::any_of(recipients.begin(), recipients.end(), [&](const witness::SeenRecipient& each) {
        return equal_ignoring_case(each.forward_path, line.to) && sent->seen->is_accepted(each);
      });
    });
    if (was_seen) return;
    reading_.fault(fmt::format("{} logs that {} went to {}, and nothing of it was on the wire", held_.host->name,
                               line.to, line.relay),
                   held_.host);
  }

  void fail(stage::Time at, const std::string& recipient, std::uint16_t code, std::string text) {
    held_.done.insert(to_lower(recipient));
    // RFC 5321 §4.5.5: nobody is told of a notice that failed; it ends here, on purpose.
    const bool ends_here = held_.reverse_path == "<>" || held_.reverse_path.starts_with("double-bounce@");
    stage::Fact& fact = reading_.record(ends_here ? FactKind::discarded : FactKind::failed, held_, at, recipient);
    fact.code = code;
    if (ends_here) text.insert(0, "undeliverable notice to the null reverse-path: ");
    if (held_.asks_no_notice) text += " (no notice: NOTIFY=NEVER)";
    fact.text = std::move(text);
  }

  // A host without a log: replies alone. postconf(5): 5yz is final, 4yz is not.
  void end_by_wire() {
    for (const WireTransaction* sent : held_.sent) {
      for (const witness::SeenRecipient& each : sent->seen->recipients) {
        const mail::Reply* reply = sent->seen->deciding_reply(each);
        if (reply == nullptr || reply->code < 400) continue;
        if (reply->is_permanent()) {
          fail(sent->ended, each.forward_path, static_cast<std::uint16_t>(reply->code), to_line(*reply));
          continue;
        }
        stage::Fact& fact = reading_.record(FactKind::deferred, held_, sent->ended, each.forward_path);
        fact.code = static_cast<std::uint16_t>(reply->code);
        fact.text = to_line(*reply);
      }
    }
  }

  WireReading& reading_;
  Held& held_;
  std::vector<const Line*> lines_;
  std::vector<std::string> observed_;
  std::vector<std::string> foreseen_;  // by our decider, where it agrees with what was observed
  std::vector<std::string> replaced_;
  bool is_finished_ = false;
};

}  // namespace

void WireReading::end_postfix() {
  for (Held& each : held) {
    if (each.host->program == HostProgram::postfix) PostfixEnds(*this, each).run();
  }
}

}  // namespace watershed::harness
