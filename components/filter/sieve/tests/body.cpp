// body: tests on the content of a message. RFC 5173.
#include "base/text.hpp"
#include "components/filter/sieve/compiler.hpp"
#include "components/filter/sieve/evaluation.hpp"
#include "components/filter/sieve/mime_part.hpp"
#include "components/filter/sieve/vocabulary.hpp"

#include <algorithm>

namespace watershed::sieve {

namespace {

enum class BodyPart { raw, content, text };

/// RFC 5173 §5.2: "" is every type, "text" every subtype of text, "text/html" that one.
bool is_of_type(const MimePart& part, std::string_view wanted) {
  const std::size_t slash = wanted.find('/');
  if (wanted.empty()) return true;
  if (slash == std::string_view::npos) return equal_ignoring_case(wanted, part.type);
  return equal_ignoring_case(wanted, part.media_type());
}

class BodyTest final : public TestNode {
 public:
  bool holds(Evaluation& evaluation) const override {
    MatchRun run(evaluation, match);
    run.keep_match_values();  // RFC 5173 §6: a body test sets none
    if (body_part == BodyPart::raw) {
      return run.offer(evaluation.message().body()) || run.finish();
    }
    std::vector<std::string> wanted;
    if (body_part == BodyPart::text) wanted.emplace_back("text");
    for (const Text& type : types) wanted.push_back(evaluation.expanded(type));
    const auto held = evaluation.structure();
    const MimePart* const current = evaluation.current_part();
    return offer_all(run, current == nullptr ? held->root : *current, wanted) || run.finish();
  }

  BodyPart body_part = BodyPart::text;
  std::vector<Text> types;
  Match match;

 private:
  bool offer_all(MatchRun& run, const MimePart& part, const std::vector<std::string>& wanted) const {
    const bool is_wanted =
        std::any_of(wanted.begin(), wanted.end(), [&](const std::string& type) { return is_of_type(part, type); });
    if (is_wanted && offer(run, part)) return true;
    return std::any_of(part.children.begin(), part.children.end(),
                       [&](const MimePart& child) { return offer_all(run, child, wanted); });
  }

  bool offer(MatchRun& run, const MimePart& part) const {
    if (part.is_multipart()) {
      // RFC 5173 §5.2: of a multipart what stands around its parts.
      if (part.children.empty()) return run.offer(std::string_view(part.body));
      return run.offer(part.prologue) || (!part.epilogue.empty() && run.offer(part.epilogue));
    }
    // Of a message within the message its header.
    if (part.is_message() && !part.children.empty()) return run.offer(part.children.front().header);
    if (part.type != "text") return run.offer(std::string_view(decoded_body(part)));
    const std::string text = decoded_text(part);
    if (body_part == BodyPart::text && part.subtype == "html") return run.offer(std::string_view(text_of_html(text)));
    return run.offer(std::string_view(text));
  }
};

TestPointer compile_body(Compiler& compiler, const ast::Node&, const Bound& bound) {
  auto test = std::make_unique<BodyTest>();
  if (const BoundTag* tag = bound.group(TagGroup::body_part)) {
    test->body_part = tag->definition->name == ":raw"       ? BodyPart::raw
                      : tag->definition->name == ":content" ? BodyPart::content
                                                            : BodyPart::text;
    if (tag->value != nullptr) test->types = compiler.texts(*tag->value);
  }
  auto match = compiler.match(bound, *bound.positional[0]);
  if (!match) return nullptr;
  test->match = std::move(*match);
  return test;
}

}  // namespace

std::vector<TestDefinition> body_tests() {
  const Tags parts = {{":raw", Extension::core, TagGroup::body_part, {}},
                      {":content", Extension::core, TagGroup::body_part, ValueKind::string_list},
                      {":text", Extension::core, TagGroup::body_part, {}}};
  return {{"body", Extension::body, {joined({match_tags(), parts}), {ValueKind::string_list}}, compile_body}};
}

}  // namespace watershed::sieve
