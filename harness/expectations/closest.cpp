// What arrived nearest to what was wanted: for an author who wrote one word wrong. See support.hpp.
#include "harness/expectations/support.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>

namespace watershed::harness {

namespace {

constexpr std::size_t shown_max = 3;
constexpr std::size_t reply_octets_max = 70;  // code, status and the first words; the path has the rest

struct Near {
  std::size_t differing = 0;
  std::string text;  ///< the delivery, and the first thing that differs
};

struct Aspect {
  std::string_view name;
  std::string_view wanted;
  bool fits;
};

Near near_of(std::string what, std::span<const Aspect> aspects) {
  Near near;
  near.text = std::move(what);
  for (const Aspect& aspect : aspects) {
    if (aspect.fits) continue;
    if (near.differing++ == 0) near.text += fmt::format(" (another {}, wanted {})", aspect.name, aspect.wanted);
  }
  return near;
}

class Nearest {
 public:
  bool is_full() const { return all_.size() > 1000; }  // of a load, messages are alike

  void add(Near near) {
    const bool is_known =
        std::any_of(all_.begin(), all_.end(), [&](const Near& each) { return each.text == near.text; });
    if (!is_known) all_.push_back(std::move(near));
  }

  std::string text() {
    std::stable_sort(all_.begin(), all_.end(), [](const Near& a, const Near& b) { return a.differing < b.differing; });
    if (all_.size() > shown_max) all_.resize(shown_max);
    std::string out;
    for (const Near& near : all_) out += (out.empty() ? "; closest: " : ", ") + near.text;
    return out;
  }

 private:
  std::vector<Near> all_;
};

std::string_view past_tense(stage::FactKind kind) {
  return kind == stage::FactKind::failed ? "failed" : kind == stage::FactKind::deferred ? "deferred" : "rejected";
}

}  // namespace

std::string closest_deliveries(const Evidence& evidence, std::string_view label, std::string_view mailbox,
                               std::string_view folder) {
  Nearest nearest;
  for (const auto& [index, root] : evidence.lineage.roots()) {
    for (const Delivery& delivery : root.deliveries) {
      if (delivery.is_notice || nearest.is_full()) continue;
      const Aspect aspects[] = {
          {"message", label, root.label == label},
          {"mailbox", mailbox, mailbox.empty() || equal_ignoring_case(mailbox, delivery.mailbox)},
          {"folder", folder, folder.empty() || folder == delivery.folder},
      };
      nearest.add(near_of(fmt::format("'{}' in {} of {}", root.label, delivery.folder, delivery.mailbox), aspects));
    }
  }
  return nearest.text();
}

std::string closest_replies(const Evidence& evidence, const ReplyWanted& wanted) {
  Nearest nearest;
  for (const stage::Fact& fact : evidence.journal.facts()) {
    const bool is_reply = fact.kind == stage::FactKind::rejected || fact.kind == stage::FactKind::deferred ||
                          fact.kind == stage::FactKind::failed;
    if (!is_reply || nearest.is_full()) continue;
    const CustodyRecord* record = evidence.lineage.record_of(fact);
    if (record == nullptr) continue;
    const RootMessage& root = evidence.lineage.roots().at(record->root);
    const std::string& host = evidence.journal.host_name(fact.host);
    const bool right_recipient =
        wanted.recipient.empty() || fact.recipient.empty() || equal_ignoring_case(wanted.recipient, fact.recipient);
    const Aspect aspects[] = {
        {"message", wanted.label, root.label == wanted.label},
        {"end", past_tense(wanted.kind), fact.kind == wanted.kind},
        {"host", wanted.host, wanted.host.empty() || equal_ignoring_case(wanted.host, host)},
        {"recipient", wanted.recipient, right_recipient},
        {"reply", trim(wanted.reply), wanted.fits(fact.code, fact.text)},
    };
    const std::string reply = printable(fact.text.substr(0, reply_octets_max));
    nearest.add(near_of(fmt::format("'{}' {} by {} for {}: {}{}", root.label, past_tense(fact.kind), host,
                                    fact.recipient.empty() ? "all" : fact.recipient, reply,
                                    fact.text.size() > reply_octets_max ? " …" : ""),
                        aspects));
  }
  return nearest.text();
}

}  // namespace watershed::harness
