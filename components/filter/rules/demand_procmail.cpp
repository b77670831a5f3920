// Demands of procmail recipes. See demand.hpp.
#include "base/text.hpp"
#include "components/filter/procmail/condition.hpp"
#include "components/filter/procmail/regex.hpp"
#include "components/filter/rules/demand.hpp"

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

std::vector<Trait> traits_of(const procmail::Recipe& recipe, const Condition& condition, const Known& known,
                             Random& random) {
  if (condition.kind == Condition::Kind::larger || condition.kind == Condition::Kind::smaller) {
    const bool is_larger = condition.kind == Condition::Kind::larger;
    const std::uint64_t octets = condition.octets + (is_larger ? 1 : 0) - (is_larger || condition.octets == 0 ? 0 : 1);
    return {{.kind = Trait::Kind::size, .text = {}, .octets = octets}};
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

class Walk {
 public:
  explicit Walk(Random& random) : random_(random) {}

  void statements(const procmail::Statements& list, const Demand& around) {
    for (const procmail::Statement& statement : list) {
      if (const auto* one = std::get_if<procmail::Assignment>(&statement.what)) {
        known_.assign(*one);
        continue;
      }
      const auto& recipe = std::get<procmail::Recipe>(statement.what);
      Demand demand = around;
      for (const procmail::ConditionLine& line : recipe.conditions) {
        const Condition condition = procmail::parse_condition(line.text);
        std::vector<Trait> traits = traits_of(recipe, condition, known_, random_);
        auto& list_of = condition.inverted ? demand.unwanted : demand.needed;
        for (Trait& trait : traits) list_of.push_back(std::move(trait));
      }
      found.push_back(demand);
      if (recipe.action.block) statements(*recipe.action.block, demand);
    }
  }

  std::vector<Demand> found;

 private:
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
