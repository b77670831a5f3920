// date and currentdate. RFC 5260 §4, §5.
#include "base/text.hpp"
#include "components/filter/sieve/date_part.hpp"
#include "components/filter/sieve/tests/fields.hpp"
#include "components/filter/sieve/vocabulary.hpp"

#include <fmt/format.h>

namespace watershed::sieve {

namespace {

enum class ZoneChoice { local, given, original };

/// What both tests share: which part, in which zone, against which keys.
struct DateQuestion {
  Text part;
  ZoneChoice zone_choice = ZoneChoice::local;
  Text zone;
  Match match;

  /// Nothing when the part or the zone is not known, which a variable may bring about.
  std::optional<std::string> value(Evaluation& evaluation, const WrittenDate& date) const {
    const auto wanted = find_date_part(evaluation.expanded(part));
    if (!wanted) return std::nullopt;
    int zone_minutes = evaluation.input().zone_minutes;
    if (zone_choice == ZoneChoice::original) zone_minutes = date.zone_minutes;
    if (zone_choice == ZoneChoice::given) {
      // As with Pigeonhole, a zone that is none leaves the local one.
      zone_minutes = parse_zone(evaluation.expanded(zone)).value_or(zone_minutes);
    }
    return format_date_part(*wanted, date.unix_seconds, zone_minutes);
  }
};

class DateTest final : public TestNode {
 public:
  bool holds(Evaluation& evaluation) const override {
    MatchRun run(evaluation, question.match);
    const auto visit = [&](IndexedField& field) {
      // RFC 5260 §4: a field whose date cannot be read does not take part.
      const auto date = parse_written_date(field.text());
      const auto value = date ? question.value(evaluation, *date) : std::nullopt;
      return value && run.offer(std::string_view(*value));
    };
    return any_chosen_field(evaluation, name, choice, {}, visit) || run.finish();
  }

  std::vector<HeaderName> name;  // one
  FieldChoice choice;
  DateQuestion question;
};

class CurrentDateTest final : public TestNode {
 public:
  bool holds(Evaluation& evaluation) const override {
    MatchRun run(evaluation, question.match);
    const auto value =
        question.value(evaluation, {evaluation.input().now_unix_seconds, evaluation.input().zone_minutes});
    return (value && run.offer(std::string_view(*value))) || run.finish();
  }

  DateQuestion question;
};

std::optional<DateQuestion> compile_question(Compiler& compiler, const Bound& bound, const ast::Argument& part,
                                             const ast::Argument& keys) {
  DateQuestion question;
  question.part = compiler.text(part);
  if (question.part.is_constant() && !find_date_part(question.part.constant)) {
    // RFC 5260 §4 leaves it open; such a test never holds.
    compiler.warning(part.at,
                     fmt::format("unknown date part '{}'; expected year, month, day, date, julian, hour, minute, "
                                 "second, time, iso8601, std11, zone or weekday",
                                 printable(question.part.constant)));
  }
  if (const BoundTag* zone = bound.group(TagGroup::zone)) {
    question.zone_choice = zone->value == nullptr ? ZoneChoice::original : ZoneChoice::given;
    if (zone->value != nullptr) {
      question.zone = compiler.text(*zone->value);
      if (question.zone.is_constant() && !parse_zone(question.zone.constant)) {
        compiler.warning(
            zone->value->at,
            fmt::format("specified :zone argument '{}' is not a valid timezone; expected \"+hhmm\" or \"-hhmm\"",
                        printable(question.zone.constant)));
      }
    }
  }
  auto match = compiler.match(bound, keys);
  if (!match) return std::nullopt;
  question.match = std::move(*match);
  return question;
}

TestPointer compile_date(Compiler& compiler, const ast::Node&, const Bound& bound) {
  auto test = std::make_unique<DateTest>();
  test->name = compiler.header_names(*bound.positional[0]);
  test->choice = compiler.field_choice(bound);
  auto question = compile_question(compiler, bound, *bound.positional[1], *bound.positional[2]);
  if (!question) return nullptr;
  test->question = std::move(*question);
  return test;
}

TestPointer compile_current_date(Compiler& compiler, const ast::Node&, const Bound& bound) {
  auto test = std::make_unique<CurrentDateTest>();
  auto question = compile_question(compiler, bound, *bound.positional[0], *bound.positional[1]);
  if (!question) return nullptr;
  test->question = std::move(*question);
  return test;
}

}  // namespace

std::vector<TestDefinition> date_tests() {
  const Tags zone = {{":zone", Extension::core, TagGroup::zone, ValueKind::string}};
  const Tags original = {{":originalzone", Extension::core, TagGroup::zone, {}}};
  const std::vector<ValueKind> part_and_keys = {ValueKind::string, ValueKind::string_list};
  return {{"date",
           Extension::date,
           {joined({match_tags(), index_tags(), zone, original}),
            {ValueKind::string, ValueKind::string, ValueKind::string_list}},
           compile_date},
          {"currentdate", Extension::date, {joined({match_tags(), zone}), part_and_keys}, compile_current_date}};
}

}  // namespace watershed::sieve
