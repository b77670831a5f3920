// Tables of rules with constant keys. See rule_table.hpp.
#include "components/filter/sieve/commands/rule_table.hpp"

#include "components/filter/sieve/commands/if.hpp"
#include "components/filter/sieve/compiler.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>

namespace watershed::sieve {

namespace {

constexpr std::size_t rules_min = 8;  // below, trying each is as quick

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
};
using Keys = std::unordered_map<std::string, std::vector<std::uint32_t>, TextHash, std::equal_to<>>;

class RuleTable final : public CommandNode {
 public:
  explicit RuleTable(std::vector<std::unique_ptr<IfCommand>> group) : rules_(std::move(group)) {
    at = rules_.front()->at;
    number = rules_.front()->number;
    for (std::uint32_t rule = 0; rule < rules_.size(); ++rule) {
      const KeyedTest keyed = *rules_[rule]->branches.front().test->keyed();
      for (const HeaderName& name : *keyed.names) {
        Column& column = columns_[name.number];
        Keys& keys = keyed.match->folds() ? column.folded : column.exact;
        for (const MatchKey& key : keyed.match->keys) keys[key.compared].push_back(rule);
      }
    }
  }

  Flow run(Evaluation& evaluation) const override {
    // :is sets no match values and the message stays as it is, so all tests can be asked before the first block runs.
    std::vector<std::uint32_t> hits;
    for (const auto& [name, column] : columns_) {
      for (IndexedField* field = evaluation.headers().first(name); field != nullptr;
           field = evaluation.headers().next(*field)) {
        if (!column.folded.empty()) collect(column.folded, field->folded(), hits);
        if (!column.exact.empty()) collect(column.exact, field->text(), hits);
      }
    }
    std::sort(hits.begin(), hits.end());
    hits.erase(std::unique(hits.begin(), hits.end()), hits.end());
    for (const std::uint32_t hit : hits) {
      const Branch& branch = rules_[hit]->branches.front();
      evaluation.take(branch.number);
      const Flow flow = evaluation.run(branch.block);
      if (flow != Flow::next || evaluation.failed()) return flow;
    }
    return Flow::next;
  }

 private:
  struct Column {
    Keys folded;
    Keys exact;
  };

  static void collect(const Keys& keys, std::string_view value, std::vector<std::uint32_t>& hits) {
    const auto found = keys.find(value);
    if (found != keys.end()) hits.insert(hits.end(), found->second.begin(), found->second.end());
  }

  std::vector<std::unique_ptr<IfCommand>> rules_;
  std::map<std::uint32_t, Column> columns_;  // by interned name
};

bool is_rule(const CommandNode& command) {
  const auto* chain = dynamic_cast<const IfCommand*>(&command);
  if (chain == nullptr || chain->branches.size() != 1) return false;
  const TestPointer& test = chain->branches.front().test;
  return test && test->keyed().has_value();
}

}  // namespace

Block with_rule_tables(Block block) {
  Block out;
  out.reserve(block.size());
  for (std::size_t begin = 0; begin < block.size();) {
    std::size_t end = begin;
    while (end < block.size() && is_rule(*block[end])) ++end;
    if (end - begin < rules_min) {
      end = std::max(end, begin + 1);
      std::move(block.begin() + static_cast<std::ptrdiff_t>(begin), block.begin() + static_cast<std::ptrdiff_t>(end),
                std::back_inserter(out));
      begin = end;
      continue;
    }
    std::vector<std::unique_ptr<IfCommand>> group;
    for (; begin < end; ++begin) group.emplace_back(static_cast<IfCommand*>(block[begin].release()));
    out.push_back(std::make_unique<RuleTable>(std::move(group)));
  }
  return out;
}

}  // namespace watershed::sieve
