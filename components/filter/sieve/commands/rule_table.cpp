// Tables of rules with constant keys. See rule_table.hpp.
#include "components/filter/sieve/commands/rule_table.hpp"

#include "components/filter/sieve/commands/if.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

namespace watershed::sieve {

namespace {

constexpr std::size_t rules_min = 8;  // below, trying each is as quick

/// What must be so if this command does anything; nothing where that is not known.
std::optional<std::vector<KeyCondition>> conditions_of(const CommandNode& command) {
  const auto* chain = dynamic_cast<const IfCommand*>(&command);
  if (chain == nullptr) return std::nullopt;
  std::vector<KeyCondition> conditions;
  for (const Branch& branch : chain->branches) {
    if (!branch.test || !branch.test->add_conditions(conditions)) return std::nullopt;
  }
  return conditions;
}

class RuleTable final : public CommandNode {
 public:
  explicit RuleTable(Block block) : commands_(std::move(block)) {
    at = commands_.front()->at;
    number = commands_.front()->number;
    for (std::uint32_t index = 0; index < commands_.size(); ++index) {
      const auto conditions = conditions_of(*commands_[index]);
      if (!conditions) {
        always_.push_back(index);
        continue;
      }
      for (const KeyCondition& condition : *conditions) {
        Column& column = columns_[{condition.name, condition.of}];
        (condition.folds ? column.folded : column.exact).add(condition.key, condition.within, index);
      }
    }
    for (auto& [of, column] : columns_) {
      column.folded.finish();
      column.exact.finish();
    }
  }

  Flow run(Evaluation& evaluation) const override {
    // The message stays as it is, and a test of which no condition is fulfilled changes nothing either: so all can be
    // asked before the first block runs.
    std::vector<std::uint32_t> chosen = always_;
    for (const auto& [of, column] : columns_) {
      for (IndexedField* field = evaluation.headers().first(of.first); field != nullptr;
           field = evaluation.headers().next(*field)) {
        collect(evaluation, of.second, column, *field, chosen);
      }
    }
    std::sort(chosen.begin(), chosen.end());
    chosen.erase(std::unique(chosen.begin(), chosen.end()), chosen.end());
    for (const std::uint32_t index : chosen) {
      const Flow flow = evaluation.run(*commands_[index]);
      if (flow != Flow::next) return flow;
    }
    return Flow::next;
  }

 private:
  using Of = KeyCondition::Of;
  struct Column {
    KeyIndex folded;
    KeyIndex exact;

    void collect(std::string_view value, std::string_view folded_value, std::vector<std::uint32_t>& chosen) const {
      folded.collect(folded_value, chosen);
      if (!exact.empty()) exact.collect(value, chosen);
    }
  };

  static void collect(Evaluation& evaluation, Of of, const Column& column, IndexedField& field,
                      std::vector<std::uint32_t>& chosen) {
    if (of == Of::field) return column.collect(field.text(), field.folded(), chosen);
    const auto& addresses = field.addresses(evaluation.limits().header_addresses_max);
    // The address test compares a field without any address as it stands.
    if (addresses.empty()) column.collect(field.text(), field.folded(), chosen);
    for (const IndexedAddress& address : addresses) {
      if (of == Of::address) {
        column.collect(address.all, address.folded_all, chosen);
      } else if (of == Of::domain) {
        column.collect(address.domain, address.folded_domain, chosen);
      } else {
        column.collect(address.local_part, address.folded_local_part, chosen);
      }
    }
  }

  Block commands_;
  std::vector<std::uint32_t> always_;  // commands that have no conditions
  std::map<std::pair<std::uint32_t, Of>, Column> columns_;
};

}  // namespace

Block with_rule_table(Block block) {
  std::size_t rules = 0;
  for (const CommandPointer& command : block) rules += conditions_of(*command) ? 1U : 0U;
  if (rules < rules_min) return block;
  Block out;
  out.push_back(std::make_unique<RuleTable>(std::move(block)));
  return out;
}

}  // namespace watershed::sieve
