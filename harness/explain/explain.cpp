// See explain.hpp.
#include "harness/explain/explain.hpp"

#include "harness/content/message_template.hpp"
#include "harness/lanes/simulated_world.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::harness {

namespace {

using stage::Fact;
using stage::FactKind;

std::string words_for(const Fact& fact, const stage::Journal& journal) {
  switch (fact.kind) {
    case FactKind::offered:
      return fmt::format("sends it from {} to {}", fact.reverse_path, fact.recipient);
    case FactKind::accepted:
      return fmt::format("accepts it for {}", fact.recipient);
    case FactKind::spawned:
      return fmt::format("makes a {} to {} on behalf of {}", fact.detail, fact.recipient, fact.text);
    case FactKind::rewritten:
      return fmt::format("{} becomes {}", fact.recipient, fact.detail);
    case FactKind::merged:
      return fmt::format("{} is dropped: {}", fact.recipient, fact.detail);
    case FactKind::routed:
      return fmt::format("{} goes by {}", fact.recipient, fact.detail);
    case FactKind::filtered:
      return fmt::format("the filter of {} says {}", journal.host_name(fact.host), fact.detail);
    case FactKind::deferred:
      return fmt::format("has to wait for {}: {}", fact.recipient, fact.text);
    case FactKind::relayed:
      return fmt::format("{} answers {}", fact.detail, fact.text);
    case FactKind::stored:
      return fmt::format("stores it in {} of {}", fact.detail, fact.text);
    case FactKind::failed:
      return fmt::format("gives up for {}: {}", fact.recipient, fact.text);
    case FactKind::discarded:
      return fmt::format("discards it: {}", fact.text);
    case FactKind::held:
      return fmt::format("holds it: {}", fact.text);
    case FactKind::answered:
      return fmt::format("{} takes it", fact.detail);
    case FactKind::queued:
      return fmt::format("still has it in its queue for {} ({})", fact.recipient, fact.detail);
    case FactKind::rejected:
      return fmt::format("refuses {}: {}", fact.recipient, fact.text);
    case FactKind::looked_up:
      return fmt::format("looks up {} {}: {}", fact.recipient, fact.detail, fact.text);
    default:
      return {};
  }
}

// Facts of one host that belong to one passage of the message, in order.
class Follower {
 public:
  Follower(SimulatedWorld& running, Explanation& out) : running_(running), out_(out) {}

  void follow() {
    for (const Fact& fact : running_.journal().facts()) {
      const std::string words = words_for(fact, running_.journal());
      if (words.empty()) continue;
      if (fact.kind == FactKind::queued && fact.custody == 0) continue;
      hop(fact).decisions.push_back({words, fact.decided_by});
      note_end(fact);
    }
    if (out_.ends.empty()) out_.ends.emplace_back("nothing more is known of it");
  }

 private:
  ExplainedHop& hop(const Fact& fact) {
    const bool begins = fact.kind == FactKind::accepted || fact.kind == FactKind::offered;
    const std::string& host = running_.journal().host_name(fact.host);
    // What a host looked up before it took the message belongs to the same hop.
    if (begins && !out_.hops.empty() && out_.hops.back().host == host && !hop_has_custody_) {
      hop_has_custody_ = true;
      last_custody_ = fact.custody;
      return out_.hops.back();
    }
    if (!begins || (fact.custody != 0 && fact.custody == last_custody_)) {
      for (auto known = out_.hops.rbegin(); known != out_.hops.rend(); ++known) {
        if (known->host == host) return *known;
      }
    }
    last_custody_ = fact.custody;
    hop_has_custody_ = begins;
    const HostSpec* spec = running_.world().spec.host(host);
    out_.hops.push_back({host, spec == nullptr ? "" : spec->zone, std::chrono::duration<double>(fact.at).count(), {}});
    return out_.hops.back();
  }

  void note_end(const Fact& fact) {
    const std::string& host = running_.journal().host_name(fact.host);
    if (fact.kind == FactKind::stored)
      out_.ends.push_back(fmt::format("delivered to {} of {}", fact.detail, fact.text));
    if (fact.kind == FactKind::failed) out_.ends.push_back(fmt::format("failed at {}: {}", host, fact.text));
    if (fact.kind == FactKind::discarded) out_.ends.push_back(fmt::format("discarded at {}: {}", host, fact.text));
    if (fact.kind == FactKind::held) out_.ends.push_back(fmt::format("held at {}: {}", host, fact.text));
    if (fact.kind == FactKind::queued) out_.ends.push_back(fmt::format("queued at {} for {}", host, fact.recipient));
  }

  SimulatedWorld& running_;
  Explanation& out_;
  stage::Custody last_custody_ = 0;
  bool hop_has_custody_ = false;
};

}  // namespace

Result<Explanation, Error> explain(std::shared_ptr<const World> world, const ExplainRequest& request) {
  SimulatedWorld running(world, 1);
  if (auto error = running.start()) return Error{"the world could not be started: " + *error};
  Submission submission;
  submission.label = "explained";
  submission.message_class = "explained";
  submission.via = request.via;
  submission.author =
      request.from.is_null() ? mail::Address{"postmaster", "explained.example"} : request.from.address();
  submission.envelope.reverse_path = request.from;
  submission.envelope.recipients.push_back({mail::ForwardPath(request.to), {}, {}});
  MessageTemplate content;
  content.bytes = "Subject: explained\r\n\r\nThe way of this message is explained.\r\n";
  submission.message = make_message(content, {.from = to_string(submission.author),
                                              .to = to_string(request.to),
                                              .message_id = "<explained@explained.example>",
                                              .unix_seconds = running.executor().unix_seconds()});
  auto error = running.submit(submission);
  if (error && request.via.empty()) {
    // Nobody stands for that domain: any MTA outside will do.
    for (const HostSpec& host : world->spec.hosts) {
      const ZoneSpec* zone = world->spec.zone(host.zone);
      if (zone == nullptr || !zone->is_external || !std::holds_alternative<MtaSpec>(host.role)) continue;
      submission.via = host.name;
      error = running.submit(submission);
      break;
    }
  }
  if (error) return Error{*error};
  running.run_until(std::chrono::minutes(1));
  running.note_queues();
  Explanation explanation;
  Follower(running, explanation).follow();
  explanation.not_understood = world->not_understood;
  return explanation;
}

}  // namespace watershed::harness
