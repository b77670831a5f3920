// Demands of recipes that give points: which of their conditions a message meets. procmailsc(5). See demand.hpp.
#include "components/filter/rules/demand.hpp"

#include <algorithm>
#include <bit>

namespace watershed::rules {

namespace {

/// A bit for each condition that can be met or not.
using Choice = std::uint32_t;

constexpr std::size_t open_max = 10;     // 1024 choices
constexpr std::size_t all_up_to = 4;     // so many open conditions are tried in every combination
constexpr std::size_t demands_max = 24;  // of one recipe
constexpr unsigned repeats_max = 64;

class Score {
 public:
  explicit Score(const std::vector<ScoredCondition>& conditions) : conditions_(conditions) {
    for (std::size_t i = 0; i < conditions.size() && open_.size() < open_max; ++i) {
      if (!conditions[i].always_holds && !conditions[i].traits.empty()) open_.push_back(i);
    }
  }

  Choice choices() const { return Choice{1} << open_.size(); }
  std::size_t open() const { return open_.size(); }

  // procmailsc(5): the first match gives w, the next w * x, and so on; an inverted condition gives w once.
  double points(Choice choice, unsigned repeats) const {
    double sum = 0;
    for (std::size_t i = 0; i < conditions_.size(); ++i) {
      const ScoredCondition& one = conditions_[i];
      const bool is_met = one.always_holds || is_chosen(i, choice);
      if (one.is_inverted) {
        sum += is_met ? 0 : one.weight;
        continue;
      }
      double points = one.weight;
      for (unsigned time = 0; is_met && time < times(one, repeats); ++time, points *= one.exponent) sum += points;
    }
    return sum;
  }

  Demand demand(const Demand& plain, Choice choice, unsigned repeats) const {
    Demand demand = plain;
    for (std::size_t i = 0; i < conditions_.size(); ++i) {
      const ScoredCondition& one = conditions_[i];
      if (!is_chosen(i, choice)) continue;
      for (unsigned time = 0; time < times(one, repeats); ++time) {
        demand.needed.insert(demand.needed.end(), one.traits.begin(), one.traits.end());
      }
    }
    return demand;
  }

 private:
  bool is_chosen(std::size_t condition, Choice choice) const {
    const auto found = std::find(open_.begin(), open_.end(), condition);
    return found != open_.end() && ((choice >> (found - open_.begin())) & 1U) != 0;
  }
  static unsigned times(const ScoredCondition& one, unsigned repeats) {
    return one.exponent > 0 && !one.is_inverted && !one.always_holds ? repeats : 1;
  }

  const std::vector<ScoredCondition>& conditions_;
  std::vector<std::size_t> open_;
};

/// Whether one condition more or less decides otherwise.
bool is_on_the_edge(const Score& score, Choice choice, unsigned repeats) {
  const bool is_enough = score.points(choice, repeats) > 0;
  for (std::size_t bit = 0; bit < score.open(); ++bit) {
    if ((score.points(choice ^ (Choice{1} << bit), repeats) > 0) != is_enough) return true;
  }
  return false;
}

}  // namespace

std::vector<Demand> demands_of_score(const Demand& plain, const std::vector<ScoredCondition>& conditions) {
  const Score score(conditions);
  // Points that must be gathered match by match are gathered until some choice is enough.
  unsigned repeats = 1;
  const auto some_is_enough = [&] {
    for (Choice choice = 0; choice < score.choices(); ++choice) {
      if (score.points(choice, repeats) > 0) return true;
    }
    return false;
  };
  while (!some_is_enough() && repeats < repeats_max) repeats *= 2;
  if (!some_is_enough()) repeats = 1;

  std::vector<Choice> chosen;
  for (Choice choice = 0; choice < score.choices(); ++choice) {
    if (score.open() <= all_up_to || is_on_the_edge(score, choice, repeats)) chosen.push_back(choice);
  }
  if (chosen.empty()) chosen.push_back(0);
  // What is enough with the fewest conditions comes first.
  std::stable_sort(chosen.begin(), chosen.end(), [&](Choice a, Choice b) {
    const bool a_is_enough = score.points(a, repeats) > 0;
    const bool b_is_enough = score.points(b, repeats) > 0;
    if (a_is_enough != b_is_enough) return a_is_enough;
    return a_is_enough ? std::popcount(a) < std::popcount(b) : std::popcount(a) > std::popcount(b);
  });
  // Half of the room for either kind, so that a recipe with many ways to be enough shows what is not, too.
  std::vector<Demand> demands;
  const auto first_failing =
      std::find_if(chosen.begin(), chosen.end(), [&](Choice choice) { return score.points(choice, repeats) <= 0; });
  const auto take = [&](auto begin, auto end) {
    for (std::size_t taken = 0; begin != end && taken < demands_max / 2; ++begin, ++taken) {
      demands.push_back(score.demand(plain, *begin, repeats));
    }
  };
  take(chosen.begin(), first_failing);
  take(first_failing, chosen.end());
  return demands;
}

}  // namespace watershed::rules
