// Puts the facts of several witnesses into one order. See wire_reading.hpp.
//
// Clocks agree to microseconds only: a mail store sends its auto-reply before it has answered the message itself, and
// the queue manager may connect onwards before smtpd(8) has said 250. The journal tells causes first.
#include "harness/lanes/wire/wire_reading.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace watershed::harness {

using stage::Fact;
using stage::FactKind;

namespace {

using Key = std::pair<stage::ConnectionId, std::uint32_t>;

bool begins_custody(const Fact& fact) {
  return fact.kind == FactKind::offered || fact.kind == FactKind::accepted || fact.kind == FactKind::spawned;
}

class Ordering {
 public:
  explicit Ordering(std::vector<Fact> facts) : facts_(std::move(facts)) {
    std::stable_sort(facts_.begin(), facts_.end(), [](const Fact& a, const Fact& b) { return a.at < b.at; });
    for (const Fact& fact : facts_) {
      if (begins_custody(fact)) ++beginnings_[fact.custody];
      if (fact.kind == FactKind::attempted) ++attempts_[{fact.connection, fact.transaction}];
      if (fact.kind == FactKind::accepted) ++acceptances_[{fact.connection, fact.transaction}];
      if (fact.kind == FactKind::rewritten) ++rewritings_[fact.custody];
    }
  }

  std::vector<Fact> run() {
    std::vector<Fact> waiting;
    for (Fact& fact : facts_) {
      waiting.push_back(std::move(fact));
      // Each fact that goes out may free one that waited; what has waited longest goes first.
      for (bool moved = true; moved;) {
        moved = false;
        for (auto each = waiting.begin(); each != waiting.end(); ++each) {
          if (!is_ready(*each)) continue;
          put(std::move(*each));
          waiting.erase(each);
          moved = true;
          break;
        }
      }
    }
    // A circle or a cause that never came: said as it stands, the lineage then finds fault with it.
    for (Fact& fact : waiting) put(std::move(fact));
    return std::move(ordered_);
  }

 private:
  bool is_ready(const Fact& fact) const {
    const auto is_out = [](const auto& left, const auto& key) {
      const auto found = left.find(key);
      return found == left.end() || found->second == 0;
    };
    if (fact.kind == FactKind::accepted) return is_out(attempts_, Key{fact.connection, fact.transaction});
    if (begins_custody(fact)) return fact.cause == 0 || is_out(beginnings_, fact.cause);
    if (fact.custody != 0 && !is_out(beginnings_, fact.custody)) return false;
    if (fact.kind == FactKind::relayed && !is_out(acceptances_, Key{fact.connection, fact.transaction})) return false;
    const bool follows_rewriting = fact.custody != 0 && fact.kind != FactKind::rewritten;
    return !follows_rewriting || is_out(rewritings_, fact.custody);
  }

  void put(Fact fact) {
    if (begins_custody(fact)) --beginnings_[fact.custody];
    if (fact.kind == FactKind::attempted) --attempts_[{fact.connection, fact.transaction}];
    if (fact.kind == FactKind::accepted) --acceptances_[{fact.connection, fact.transaction}];
    if (fact.kind == FactKind::rewritten) --rewritings_[fact.custody];
    ordered_.push_back(std::move(fact));
  }

  std::vector<Fact> facts_;
  std::vector<Fact> ordered_;
  // What is still to come.
  std::map<stage::Custody, int> beginnings_;
  std::map<stage::Custody, int> rewritings_;
  std::map<Key, int> attempts_;
  std::map<Key, int> acceptances_;
};

}  // namespace

std::vector<Fact> in_causal_order(std::vector<Fact> facts) { return Ordering(std::move(facts)).run(); }

}  // namespace watershed::harness
