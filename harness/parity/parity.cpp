// See parity.hpp.
#include "harness/parity/parity.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace watershed::harness {

namespace {

using RunKey = std::pair<std::string, std::string>;

class Comparison {
 public:
  explicit Comparison(const std::vector<DeclaredDifference>& declared) : declared_(declared) {}

  void compare(const ComparedRun& simulated, const ComparedRun& live) {
    scenarios_.emplace_back(simulated.scenario, simulated.world);
    // Several messages may have one label (a burst), and the lanes need not agree on who came first: they are compared
    // in the order of what is said of them.
    using Key = std::pair<std::string, std::string>;
    std::map<Key, std::vector<const ComparedMessage*>> in_live;
    std::map<Key, std::vector<const ComparedMessage*>> in_simulated;
    for (const ComparedMessage& each : *live.messages) in_live[{each.label, each.recipient}].push_back(&each);
    for (const ComparedMessage& each : *simulated.messages) in_simulated[{each.label, each.recipient}].push_back(&each);
    const auto by_what_is_said = [](const ComparedMessage* a, const ComparedMessage* b) {
      return std::lexicographical_compare(
          a->aspects.begin(), a->aspects.end(), b->aspects.begin(), b->aspects.end(),
          [](const ComparedAspect& one, const ComparedAspect& other) { return one.value < other.value; });
    };
    for (auto* all : {&in_live, &in_simulated}) {
      for (auto& [key, messages] : *all) std::stable_sort(messages.begin(), messages.end(), by_what_is_said);
    }
    std::map<Key, std::size_t> taken;
    for (const auto& [key, messages] : in_simulated) {
      const auto& others = in_live[key];
      for (const ComparedMessage* each : messages) {
        const std::size_t place = taken[key]++;
        compare(simulated, *each, place < others.size() ? others[place] : nullptr);
      }
    }
    for (const auto& [key, others] : in_live) {
      for (std::size_t place = taken[key]; place < others.size(); ++place) {
        ++parity_.compared;
        LaneDifference only{simulated.scenario,
                            simulated.world,
                            key.first,
                            key.second,
                            "fate",
                            "no such message",
                            value_of(*others[place], "fate"),
                            {},
                            others[place]->journal,
                            {}};
        if (add(std::move(only))) ++parity_.agree;
      }
    }
  }

  Parity result() { return std::move(parity_); }

  void report_unused(Diagnostics& unused) const {
    for (std::size_t index = 0; index < declared_.size(); ++index) {
      if (used_.count(index) > 0) continue;
      bool was_compared = false;
      for (const auto& [scenario, world] : scenarios_) was_compared |= covers(declared_[index], scenario, world);
      if (!was_compared) continue;
      unused.push_back({Severity::error,
                        declared_[index].at,
                        fmt::format("the lanes do not differ in '{}' here any more: remove this declaration",
                                    declared_[index].aspect),
                        {},
                        {}});
    }
  }

 private:
  static std::string value_of(const ComparedMessage& message, std::string_view aspect) {
    for (const ComparedAspect& each : message.aspects) {
      if (each.name == aspect) return each.value;
    }
    return {};
  }

  static bool covers(const DeclaredDifference& declared, const std::string& scenario, const std::string& world) {
    // Files are shown as the command line gave them: the declaration names their end.
    const bool right_scenario =
        declared.scenario == "*" || scenario == declared.scenario || scenario.ends_with("/" + declared.scenario);
    return right_scenario && (declared.world.empty() || declared.world == world);
  }

  void compare(const ComparedRun& run, const ComparedMessage& simulated, const ComparedMessage* live) {
    ++parity_.compared;
    bool agrees = true;
    if (live == nullptr) {
      agrees = add({run.scenario,
                    run.world,
                    simulated.label,
                    simulated.recipient,
                    "fate",
                    value_of(simulated, "fate"),
                    "no such message",
                    simulated.journal,
                    {},
                    {}});
    } else {
      for (const ComparedAspect& each : simulated.aspects) {
        const std::string other = value_of(*live, each.name);
        if (each.value == other) continue;
        agrees &= add({run.scenario,
                       run.world,
                       simulated.label,
                       simulated.recipient,
                       each.name,
                       each.value,
                       other,
                       simulated.journal,
                       live->journal,
                       {}});
      }
    }
    if (agrees) ++parity_.agree;
  }

  // True when the difference is declared.
  bool add(LaneDifference difference) {
    for (std::size_t index = 0; index < declared_.size(); ++index) {
      const DeclaredDifference& each = declared_[index];
      const bool fits = covers(each, difference.scenario, difference.world) && each.aspect == difference.aspect &&
                        (each.message.empty() || each.message == difference.label);
      if (!fits) continue;
      used_.insert(index);
      difference.declared_because = each.because;
      break;
    }
    const bool is_declared = !difference.declared_because.empty();
    parity_.differences.push_back(std::move(difference));
    return is_declared;
  }

  const std::vector<DeclaredDifference>& declared_;
  std::set<std::size_t> used_;
  std::vector<RunKey> scenarios_;
  Parity parity_;
};

}  // namespace

Parity compare_lanes(const std::vector<ComparedRun>& simulated, const std::vector<ComparedRun>& live,
                     const std::vector<DeclaredDifference>& declared, Diagnostics& unused) {
  std::map<RunKey, const ComparedRun*> in_live;
  for (const ComparedRun& run : live) in_live[{run.scenario, run.world}] = &run;
  Comparison comparison(declared);
  for (const ComparedRun& run : simulated) {
    const auto other = in_live.find({run.scenario, run.world});
    if (other != in_live.end()) comparison.compare(run, *other->second);
  }
  comparison.report_unused(unused);
  return comparison.result();
}

}  // namespace watershed::harness
