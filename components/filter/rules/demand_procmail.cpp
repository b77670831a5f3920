// Demands of procmail recipes. See demand.hpp.
#include "base/text.hpp"
#include "components/filter/procmail/condition.hpp"
#include "components/filter/procmail/regex.hpp"
#include "components/filter/rules/demand.hpp"

#include <algorithm>
#include <map>

namespace watershed::rules {

using procmail::Condition;

namespace {

/// Values that are known without a message: assignments of plain words, `$1` for the recipient.
class Known {
 public:
  void assign(const procmail::Assignment& one) {
    if (!one.value) return;
    std::string value;
    for (const procmail::Piece& piece : one.value->pieces) {
      if (piece.kind == procmail::Piece::Kind::literal) value += piece.text;
      if (piece.kind == procmail::Piece::Kind::variable && piece.text == "1") value += "$1";
    }
    values_[one.name] = value;
  }
  bool is_recipient(const std::string& name) const {
    if (name == "LOGNAME") return true;
    const auto found = values_.find(name);
    return found != values_.end() && found->second == "$1";
  }

 private:
  std::map<std::string, std::string> values_;
};

std::vector<Trait> body_traits(std::string_view text) {
  return {{.kind = Trait::Kind::body_text, .text = std::string(text)}};
}

/// formail -D: succeeds for what it has seen before. formail(1).
bool asks_for_duplicates(std::string_view command) {
  if (command.find("formail") == std::string_view::npos) return false;
  const auto words = split(command, " \t");
  return std::any_of(words.begin(), words.end(), [](std::string_view word) {
    return word.starts_with('-') && !word.starts_with("--") && word.find('D') != std::string_view::npos &&
           word.find_first_of("IiAaRUuxXz") == std::string_view::npos;
  });
}

std::vector<Trait> traits_of(const procmail::Recipe& recipe, const Condition& condition, const Known& known,
                             Random& random) {
  if (condition.kind == Condition::Kind::larger || condition.kind == Condition::Kind::smaller) {
    const bool is_larger = condition.kind == Condition::Kind::larger;
    const std::uint64_t octets = condition.octets + (is_larger ? 1 : 0) - (is_larger || condition.octets == 0 ? 0 : 1);
    return {{.kind = Trait::Kind::size, .text = {}, .octets = octets}};
  }
  if (condition.kind == Condition::Kind::program && asks_for_duplicates(condition.text)) {
    return {{.kind = Trait::Kind::seen_before, .text = {}}};
  }
  if (condition.kind != Condition::Kind::expression) return {};
  const std::string text = sample(condition.text, random);
  if (known.is_recipient(condition.area)) return {{.kind = Trait::Kind::recipient, .text = std::string(trim(text))}};
  const bool in_body =
      condition.area == "B" || (condition.area.empty() && recipe.flags.body_egrep && !recipe.flags.header_egrep);
  if (in_body) return body_traits(text);
  if (condition.area.empty() || condition.area == "H" || condition.area == "HB" || condition.area == "BH") {
    return header_traits(text);
  }
  return {};
}

constexpr auto seen_before = Trait::Kind::seen_before;

void append(std::vector<Trait>& to, const std::vector<Trait>& more) {
  for (const Trait& one : more) {
    if (std::find(to.begin(), to.end(), one) == to.end()) to.push_back(one);
  }
}

/// What the recipes of one block leave for the flags of the next one. procmailrc(5), "A", "a", "E", "e".
struct Before {
  Demand last;                    ///< that the last recipe without A and a is taken
  std::vector<Trait> of_chain;    ///< what the recipes ask of which an E wants none taken
  bool succeeds_if_seen = false;  ///< the last action: only for what was seen before
};

class Walk {
 public:
  explicit Walk(Random& random) : random_(random) {}

  void statements(const procmail::Statements& list, const Demand& around) {
    Before before{around, {}, false};
    for (const procmail::Statement& statement : list) {
      if (const auto* one = std::get_if<procmail::Assignment>(&statement.what)) {
        known_.assign(*one);
        continue;
      }
      recipe(std::get<procmail::Recipe>(statement.what), around, before);
    }
  }

  std::vector<Demand> found;

 private:
  void recipe(const procmail::Recipe& recipe, const Demand& around, Before& before) {
    const procmail::Flags& flags = recipe.flags;
    const bool depends = flags.also || flags.also_succeeded || flags.on_error;
    Demand demand = depends ? before.last : around;
    if (before.succeeds_if_seen && (flags.also_succeeded || flags.on_error)) {
      append(flags.on_error ? demand.unwanted : demand.needed, {{.kind = seen_before, .text = {}}});
    }
    if (flags.otherwise) append(demand.unwanted, before.of_chain);
    const Demand base = demand;
    std::vector<ScoredCondition> scored;
    for (const procmail::ConditionLine& line : recipe.conditions) ask(recipe, line, demand, scored);
    std::vector<Demand> demands = {demand};
    if (!scored.empty()) demands = demands_of_score(demand, scored);
    found.insert(found.end(), demands.begin(), demands.end());
    demand = demands.front();

    const bool asks_twice =
        recipe.action.kind == procmail::Action::Kind::program && asks_for_duplicates(recipe.action.command);
    if (asks_twice) {
      Demand again = demand;
      append(again.needed, {{.kind = seen_before, .text = {}}});
      found.push_back(std::move(again));
    }
    before.succeeds_if_seen = asks_twice;
    if (!flags.also && !flags.also_succeeded) before.last = demand;
    if (!flags.otherwise) before.of_chain.clear();
    for (const Trait& one : demand.needed) {
      if (std::find(base.needed.begin(), base.needed.end(), one) == base.needed.end()) append(before.of_chain, {one});
    }
    if (recipe.action.block) statements(*recipe.action.block, demand);
  }

  void ask(const procmail::Recipe& recipe, const procmail::ConditionLine& line, Demand& demand,
           std::vector<ScoredCondition>& scored) {
    const Condition condition = procmail::parse_condition(line.text);
    std::vector<Trait> traits = traits_of(recipe, condition, known_, random_);
    if (!condition.weight) {
      append(condition.inverted ? demand.unwanted : demand.needed, traits);
      return;
    }
    const bool is_empty = condition.kind == Condition::Kind::expression && trim(condition.text).empty();
    scored.push_back({.traits = is_empty ? std::vector<Trait>() : std::move(traits),
                      .weight = condition.weight->weight,
                      .exponent = condition.weight->exponent,
                      .is_inverted = condition.inverted,
                      .always_holds = is_empty});
  }

  Random& random_;
  Known known_;
};

}  // namespace

std::vector<Trait> header_traits(std::string_view text) {
  while (text.starts_with('\n')) text.remove_prefix(1);
  std::vector<Trait> traits;
  for (const std::string_view one : split(text, "\n")) {
    const std::string line(one);
    const std::size_t colon = line.find(':');
    const bool is_field =
        colon != std::string::npos && colon > 0 && line.substr(0, colon).find(' ') == std::string::npos;
    const std::string name = line.substr(0, colon);
    if (is_field && equal_ignoring_case(name, "Return-Path")) {
      const std::string_view value = trim(std::string_view(line).substr(colon + 1));
      traits.push_back({.kind = Trait::Kind::reverse_path, .text = value == "<>" ? "" : "robot@station.example"});
    } else {
      traits.push_back({.kind = Trait::Kind::header_line, .text = is_field ? line : "Subject: " + line});
    }
  }
  return traits;
}

std::vector<Demand> demands_of(const procmail::Rcfile& rcfile, Random& random) {
  Walk walk(random);
  walk.statements(rcfile.statements, {});
  return std::move(walk.found);
}

std::string sample(std::string_view expression, Random& random) {
  const auto regex = procmail::Regex::parse(procmail::with_macros(expression), false);
  if (!regex) return {};
  return regex->sample(random);
}

}  // namespace watershed::rules
