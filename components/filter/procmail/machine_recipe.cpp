// Whether a recipe is taken: its flags, its conditions, its score. procmailrc(5), procmailsc(5). See machine.hpp.
#include "components/filter/procmail/machine.hpp"
#include "components/filter/procmail/regex.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace watershed::procmail {

namespace {

// procmailsc(5), "Miscellaneous": plus and minus infinity.
constexpr double score_max = 2147483647;
constexpr double score_min = -2147483647;

bool has_recipe(const Statements& statements) {
  return std::any_of(statements.begin(), statements.end(),
                     [](const Statement& one) { return std::holds_alternative<Recipe>(one.what); });
}

}  // namespace

void Machine::recipe(const Recipe& recipe) {
  const std::size_t depth = levels_.size() - 1;
  RecipeCount& count = run_.outcome.coverage[{levels_.back().rcfile->file, recipe.number}];
  ++count.tried;
  const Flags& flags = recipe.flags;
  const bool admitted = is_admitted(recipe);
  const bool held = conditions_hold(recipe);
  if (failed()) return;
  const bool taken = admitted && held;
  {
    Level& level = levels_[depth];
    if (!flags.also && !flags.also_succeeded) level.last_matched = taken;
    if (!flags.otherwise || !level.previous_ran) level.previous_ran = taken;
  }
  if (taken) {
    ++count.taken;
    succeeded_ = act(recipe);
  }
  // procmailsc(5): `$=` is set by every recipe that is read, those of a block that is jumped over among them.
  const bool jumps = recipe.action.block && (!taken || flags.copy) && has_recipe(*recipe.action.block);
  if (jumps || !admitted) environment_.set_score(0);
}

bool Machine::is_admitted(const Recipe& recipe) const {
  const Level& level = levels_.back();
  const Flags& flags = recipe.flags;
  if (flags.also && !level.last_matched) return false;
  if (flags.on_error) return level.previous_ran && !succeeded_;
  if (flags.also_succeeded && !(level.last_matched && succeeded_)) return false;
  return !flags.otherwise || !level.previous_ran;
}

bool Machine::conditions_hold(const Recipe& recipe) {
  if (!is_admitted(recipe)) return false;
  double score = 0;
  bool has_weight = false;
  bool all = true;
  for (const ConditionLine& line : recipe.conditions) {
    if (++run_.steps > run_.input.limits.steps_max) fail(position(line.at), "too many conditions for one message");
    if (failed()) return false;
    if (!holds(recipe, line, score, has_weight)) {
      all = false;
      break;
    }
  }
  environment_.set_score(score);
  return all && (!has_weight || score > 0);
}

/// False ends the recipe: a plain condition that does not hold, or minus infinity.
bool Machine::holds(const Recipe& recipe, const ConditionLine& line, double& score, bool& has_weight) {
  const SourcePosition at = position(line.at);
  if (overflows(line.text.size())) return false;
  Condition condition = parse_condition(line.text);
  while (condition.kind == Condition::Kind::substituted) {
    if (++run_.steps > run_.input.limits.steps_max) fail(at, "a condition that is substituted without end");
    if (failed()) return false;
    const std::string text = expanded(read_quoted(condition.text, line.at), at);
    condition.kind = Condition::Kind::expression;
    condition = parse_condition(text, std::move(condition));
  }
  if (!condition.weight) return matches(recipe, condition, at, score);
  has_weight = true;
  // Once at plus infinity, what has a weight is skipped.
  if (score >= score_max) return true;
  matches(recipe, condition, at, score);
  if (score > score_max) score = score_max;
  if (score <= score_min) {
    score = score_min;
    return false;
  }
  return true;
}

/// Without a weight: whether it holds. With one: adds to the score.
bool Machine::matches(const Recipe& recipe, const Condition& condition, SourcePosition at, double& score) {
  switch (condition.kind) {
    case Condition::Kind::larger:
    case Condition::Kind::smaller:
      return size_holds(recipe, condition, score);
    case Condition::Kind::program:
      return program_holds(condition, at, score);
    default:
      return expression_holds(recipe, condition, at, score);
  }
}

std::string Machine::area_of(const Recipe& recipe, const Condition& condition) const {
  bool header = recipe.flags.header_egrep || !recipe.flags.body_egrep;
  bool body = recipe.flags.body_egrep;
  if (condition.area == "H" || condition.area == "B" || condition.area == "HB" || condition.area == "BH") {
    header = condition.area != "B";
    body = condition.area != "H";
  } else if (!condition.area.empty()) {
    return environment_.value_of(condition.area);
  }
  if (header && body) return mail_->unfolded_header_and_body();
  return header ? mail_->unfolded_header() : std::string(mail_->body());
}

bool Machine::expression_holds(const Recipe& recipe, const Condition& condition, SourcePosition at, double& score) {
  // Measured: ^FROM_DAEMON makes procmail ignore case in the whole expression, D or not; the other macros do not.
  const bool ignore_case = !recipe.flags.case_matters || condition.text.find("^FROM_DAEMON") != std::string::npos;
  const auto regex = Regex::parse(with_macros(condition.text), ignore_case);
  if (!regex) {
    fail(at, regex.error().message);
    return false;
  }
  if (!regex->defect().empty())
    run_.outcome.log.push_back(fmt::format("procmail: Invalid regexp \"{}\"\n", condition.text));
  const std::string area = area_of(recipe, condition);
  run_.searched_octets += (area.size() + 1) * (1 + condition.text.size() / 16);
  if (run_.searched_octets > run_.input.limits.search_octets_max) fail(at, "too much text is searched for one message");
  if (failed()) return false;
  if (!condition.weight || condition.inverted) {
    const auto found = regex->search(area);
    if (found && found->match) {
      environment_.set("MATCH", area.substr(found->match->begin, found->match->end - found->match->begin));
    }
    const bool is_hit = found.has_value() != condition.inverted;
    if (condition.weight && is_hit) score += condition.weight->weight;
    return is_hit;
  }
  const double exponent = condition.weight->exponent;
  double added = condition.weight->weight;
  for (std::size_t from = 0; added != 0;) {
    const auto found = regex->search(area, from);
    if (!found) break;
    run_.searched_octets += found->end - from;
    if (found->match)
      environment_.set("MATCH", area.substr(found->match->begin, found->match->end - found->match->begin));
    score += added;
    if (found->end == from) {
      // An expression that matches nothing matches without end: the sum of the series.
      if (exponent > 0 && exponent < 1) score += added * exponent / (1 - exponent);
      if (exponent >= 1) score += added < 0 ? score_min : score_max;
      break;
    }
    if (score >= score_max || score <= score_min) break;
    // Seen in procmail 3.22: a shrinking series ends with its first part below one.
    if (std::abs(exponent) < 1 && std::abs(added) < 1) break;
    added *= exponent;
    from = found->end;
  }
  return true;
}

bool Machine::size_holds(const Recipe& recipe, const Condition& condition, double& score) {
  // Without an area it is the whole message, whatever H and B say.
  const double length = condition.area.empty()  ? static_cast<double>(mail_->size_octets())
                        : condition.area == "H" ? static_cast<double>(mail_->header().size())
                                                : static_cast<double>(area_of(recipe, condition).size());
  const auto bound = static_cast<double>(condition.octets);
  const bool is_larger = condition.kind == Condition::Kind::larger;
  if (!condition.weight) return (is_larger ? length > bound : length < bound) != condition.inverted;
  // procmailsc(5), "Weighted length conditions".
  const bool grows = is_larger != condition.inverted;
  const double upper = grows ? length : bound;
  const double lower = grows ? bound : length;
  if (lower == 0) {
    // Seen in procmail 3.22: a division by nothing is plus infinity whatever the weight, but not for `0 < 0`.
    score = upper > 0 || grows ? score_max : score_min;
    return true;
  }
  const double added = condition.weight->weight * std::pow(upper / lower, condition.weight->exponent);
  if (!std::isnan(added)) score = std::clamp(score + added, score_min, score_max);
  return true;
}

bool Machine::program_holds(const Condition& condition, SourcePosition at, double& score) {
  const int code = run_program(condition.text, *mail_, at).value_or(ProgramResult{}).exit_code;
  environment_.set_last_exit(code);
  if (!condition.weight) return (code == 0) != condition.inverted;
  if (!condition.inverted) {
    score += code == 0 ? condition.weight->weight : condition.weight->exponent;
    return true;
  }
  // procmailsc(5): a negated exit code counts as so many matches.
  double added = condition.weight->weight;
  for (int i = 0; i < code; ++i, added *= condition.weight->exponent) score += added;
  return true;
}

}  // namespace watershed::procmail
