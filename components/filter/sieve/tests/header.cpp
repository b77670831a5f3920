// header and exists. RFC 5228 §5.5, §5.7; :mime RFC 5703 §4.
#include "components/filter/sieve/tests/fields.hpp"
#include "components/filter/sieve/vocabulary.hpp"

#include <algorithm>

namespace watershed::sieve {

namespace {

class HeaderTest final : public TestNode {
 public:
  bool holds(Evaluation& evaluation) const override {
    MatchRun run(evaluation, match);
    const bool wants_pieces = mime.piece != MimeOptions::Piece::whole;
    const auto visit = [&](IndexedField& field) {
      if (!wants_pieces) return run.offer(field);
      const auto pieces = mime_pieces(evaluation, mime, field.name(), field.raw());
      return std::any_of(pieces.begin(), pieces.end(),
                         [&](const std::string& piece) { return run.offer(std::string_view(piece)); });
    };
    return any_chosen_field(evaluation, names, choice, mime, visit) || run.finish();
  }

  bool add_conditions(std::vector<KeyCondition>& conditions) const override {
    return !mime.is_used && add_key_conditions(match, KeyCondition::Of::field, names, conditions);
  }

  std::vector<HeaderName> names;
  FieldChoice choice;
  MimeOptions mime;
  Match match;
};

class ExistsTest final : public TestNode {
 public:
  // RFC 5228 §5.5: all of the fields must be there.
  bool holds(Evaluation& evaluation) const override {
    for (const std::vector<HeaderName>& name : names) {
      const auto is_there = [](IndexedField&) { return true; };
      if (!any_chosen_field(evaluation, name, {}, mime, is_there)) return false;
    }
    return true;
  }

  std::vector<std::vector<HeaderName>> names;  // one each
  MimeOptions mime;
};

TestPointer compile_header(Compiler& compiler, const ast::Node&, const Bound& bound) {
  auto test = std::make_unique<HeaderTest>();
  test->names = compiler.header_names(*bound.positional[0]);
  test->choice = compiler.field_choice(bound);
  test->mime = compile_mime_options(compiler, bound);
  auto match = compiler.match(bound, *bound.positional[1]);
  if (!match) return nullptr;
  test->match = std::move(*match);
  return test;
}

TestPointer compile_exists(Compiler& compiler, const ast::Node&, const Bound& bound) {
  auto test = std::make_unique<ExistsTest>();
  test->mime = compile_mime_options(compiler, bound);
  for (HeaderName& name : compiler.header_names(*bound.positional[0])) test->names.push_back({std::move(name)});
  return test;
}

}  // namespace

std::vector<TestDefinition> header_tests() {
  const Tags tags = joined({match_tags(), index_tags(), mime_tags(true)});
  return {{"header", Extension::core, {tags, {ValueKind::string_list, ValueKind::string_list}}, compile_header},
          {"exists", Extension::core, {mime_tags(false), {ValueKind::string_list}}, compile_exists}};
}

}  // namespace watershed::sieve
