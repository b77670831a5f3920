// spamtest and virustest: what a checker before us wrote into the header, as a number. RFC 5235. Which field and which
// scale is the site's setting (Settings::spamtest, Settings::virustest).
#include "base/text.hpp"
#include "components/filter/sieve/compiler.hpp"
#include "components/filter/sieve/evaluation.hpp"
#include "components/filter/sieve/vocabulary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace watershed::sieve {

namespace {

/// What the field says: its value, or what the first group of the expression behind `Name:` takes of it.
std::optional<std::string> reading(Evaluation& evaluation, const std::string& specification) {
  const std::size_t colon = specification.find(':');
  const std::string_view name = trim(std::string_view(specification).substr(0, colon));
  for (IndexedField& field : evaluation.headers().fields()) {
    if (!equal_ignoring_case(field.name(), name)) continue;
    if (colon == std::string::npos) return std::string(trim(field.text()));
    const auto regex =
        Regex::compile(trim(std::string_view(specification).substr(colon + 1)), true, evaluation.limits());
    std::vector<Span> spans;
    if (!regex || !regex->search(field.text(), &spans)) return std::nullopt;
    const Span& span = spans.size() > 1 ? spans[1] : spans[0];
    return std::string(field.text().substr(span.begin, span.length));
  }
  return std::nullopt;
}

std::optional<double> number(std::string_view text) {
  text = trim(text);
  double value = 0;
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

/// The share of the highest value, 0 to 1; nothing where the message was not checked.
std::optional<double> ratio(Evaluation& evaluation, const ScoreSource& source, std::size_t values) {
  const auto status = reading(evaluation, source.status_header);
  if (!status) return std::nullopt;
  if (source.kind == ScoreSource::Kind::text) {
    for (std::size_t value = 0; value <= values; ++value) {
      if (source.texts[value].empty() || source.texts[value] != *status) continue;
      if (value == 0) return std::nullopt;
      return static_cast<double>(value - 1) / static_cast<double>(values - 1);
    }
    return std::nullopt;
  }
  auto most = number(source.max_value);
  if (!source.max_header.empty()) {
    const auto said = reading(evaluation, source.max_header);
    most = said ? number(*said) : std::nullopt;
  }
  if (!most || *most <= 0) return std::nullopt;
  double score = 0;
  if (source.kind == ScoreSource::Kind::length) {
    // As many stars, pluses or whatever as the score; other characters are no such bar.
    const bool is_bar = std::all_of(status->begin(), status->end(), [&](char c) { return c == status->front(); });
    if (!is_bar) return std::nullopt;
    score = static_cast<double>(status->size());
  } else {
    const auto read = number(*status);
    if (!read) return std::nullopt;
    score = *read;
  }
  return std::clamp(score / *most, 0.0, 1.0);
}

class ScoreTest final : public TestNode {
 public:
  ScoreTest(bool of_spam) : is_spam(of_spam) {}

  bool holds(Evaluation& evaluation) const override {
    const ScoreSource& source = is_spam ? evaluation.settings().spamtest : evaluation.settings().virustest;
    // RFC 5235 §2.2: 1 clear to 10 certain spam; §2.3: 1 clear to 5 certain virus; 0 not checked.
    const std::size_t values = is_spam ? 10 : 5;
    std::string value = "0";
    const auto share = source.status_header.empty() ? std::nullopt : ratio(evaluation, source, values);
    if (share && is_percent) {
      value = std::to_string(static_cast<int>(*share * 100 + 0.001));
    } else if (share) {
      value = std::to_string(static_cast<int>(*share * static_cast<double>(values - 1) + 1.001));
    }
    MatchRun run(evaluation, match);
    // RFC 5235 §2.2.1: with :count the test is 0 where nothing was checked, else 1.
    if (run.is_count() && !share) return run.finish();
    return run.offer(std::string_view(value)) || run.finish();
  }

  bool is_spam;
  bool is_percent = false;
  Match match;
};

template <bool is_spam>
TestPointer compile_score(Compiler& compiler, const ast::Node&, const Bound& bound) {
  auto test = std::make_unique<ScoreTest>(is_spam);
  test->is_percent = bound.tag(":percent") != nullptr;
  const ScoreSource& source = is_spam ? compiler.options().settings.spamtest : compiler.options().settings.virustest;
  if (source.status_header.empty()) {
    compiler.warning(bound.positional[0]->at,
                     fmt::format("{}: extension not configured, tests will always match against \"0\"",
                                 is_spam ? "spamtest" : "virustest"));
  }
  auto match = compiler.match(bound, *bound.positional[0]);
  if (!match) return nullptr;
  test->match = std::move(*match);
  return test;
}

}  // namespace

std::vector<TestDefinition> score_tests() {
  const Tags percent = {{":percent", Extension::spamtestplus, TagGroup::free, {}}};
  return {
      {"spamtest", Extension::spamtest, {joined({match_tags(), percent}), {ValueKind::string}}, compile_score<true>},
      {"virustest", Extension::virustest, {match_tags(), {ValueKind::string}}, compile_score<false>}};
}

}  // namespace watershed::sieve
