// What must hold: every key and value knows its place, nothing ambiguous or unbounded gets through, and each refusal
// points at the place where a person has to look.
#include "harness/yaml/document.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>

namespace watershed::yaml {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

std::string place(const SourcePosition& at) { return fmt::format("{}:{}:{}", at.file, at.line, at.column); }

Node parse(std::string text) {
  auto parsed = parse_document(std::move(text), "f");
  if (!parsed) {
    ADD_FAILURE() << render(parsed.error());
    return {};
  }
  EXPECT_THAT(parsed->findings, IsEmpty());
  return std::move(parsed->root);
}

TEST(Document, KeepsPlacesKindsAndOrder) {
  const Node root = parse("b: 1\na: {x: [one, \"t\u00fcr\", three], y: ~}\nempty:\nlist:\n  -\n  - z: |\n      text\n");
  ASSERT_EQ(root.kind, NodeKind::map);
  EXPECT_EQ(root.entries[0].key.text, "b");
  EXPECT_EQ(root.entries[1].key.text, "a");
  EXPECT_EQ(place(root["b"].position()), "f:1:4");
  EXPECT_EQ(place(root.entries[1].key.position()), "f:2:1");
  const Node& x = root["a"]["x"];
  ASSERT_EQ(x.items.size(), 3U);
  EXPECT_EQ(x.items[1].text, "t\u00fcr");
  EXPECT_TRUE(x.items[1].is_quoted);
  EXPECT_FALSE(x.items[0].is_quoted);
  EXPECT_EQ(place(x.items[2].position()), "f:2:21") << "columns count characters, not bytes";
  EXPECT_EQ(root["a"]["y"].kind, NodeKind::null);
  EXPECT_EQ(root["empty"].kind, NodeKind::null);
  EXPECT_EQ(place(root["empty"].position()), "f:3:1") << "nothing is written: the key is shown";
  EXPECT_EQ(root["list"].items[0].kind, NodeKind::null);
  EXPECT_EQ(root["list"].items[1]["z"].text, "text\n");
  EXPECT_TRUE(root["list"].items[1]["z"].is_quoted);
  EXPECT_FALSE(root.has("c"));
  EXPECT_EQ(root.find("c"), nullptr);
}

TEST(Document, TakesByteOrderMarkCrlfDirectiveAndDocumentMarks) {
  const Node root = parse("\ufeffa: 1\r\nb: 2\r\n");
  EXPECT_EQ(place(root["a"].position()), "f:1:4");
  EXPECT_EQ(place(root["b"].position()), "f:2:4");
  EXPECT_EQ(root["b"].text, "2");
  EXPECT_EQ(parse("%YAML 1.2\n---\na: 1\n...\n")["a"].text, "1");
}

TEST(Document, ExpandsAliasesAndKeepsThePlaceOfTheAnchor) {
  const Node root = parse("a: &who {x: 1}\nb: *who\nc: &s text\nd: [*s, *s]\n");
  EXPECT_EQ(root["b"]["x"].text, "1");
  EXPECT_EQ(place(root["b"]["x"].position()), "f:1:13");
  EXPECT_EQ(root["d"].items[1].text, "text");
}

struct Refused {
  const char* text;
  const char* at;
  const char* says;
};

TEST(Document, RefusesWithThePlaceAndTheReason) {
  const Refused cases[] = {
      {"", "f:0:0", "the file is empty"},
      {"# only a comment\n", "f:0:0", "the file is empty"},
      {"---\n", "f:0:0", "the file is empty"},
      {"a: 1\n---\nb: 2\n", "f:2:1", "a second document begins"},
      {"{a: 1} c\n", "f:1:8", "document start"},
      {"a:\n\tb: 1\n", "f:2:1", "cannot start any token"},
      {"a: b: c\n", "f:1:5", "mapping values are not allowed"},
      {"a: 1\nb\n", "f:2:1", "could not find expected ':'"},
      {"a: [1, 2\nb: 3\n", "f:2:2", "begins at line 1"},
      {"x: 1\na: 'b\nc: d\n", "f:2:4", "unexpected end of stream"},
      {"a: \"\\q\"\n", "f:1:5", "unknown escape"},
      {"a: @b\n", "f:1:4", "cannot start any token"},
      {"a: *b\n", "f:1:4", "'*b' has no anchor"},
      {"a: &b [*b]\n", "f:1:8", "stands inside '&b' itself"},
      {"a: !!str 1\n", "f:1:4", "the tag 'tag:yaml.org,2002:str' is not used"},
      {"a: !x {b: c}\n", "f:1:4", "the tag '!x' is not used"},
      {"? [a]\n: b\n", "f:1:3", "keys are text"},
      {"? {a: b}\n: b\n", "f:1:3", "keys are text"},
      {"x: &a [1]\n*a : b\n", "f:1:4", "keys are text"},
      {": b\n", "f:1:1", "did not find expected key"},
      {"?\n: b\n", "f:1:2", "key is missing"},
      {"~: b\n", "f:1:1", "key is missing"},
      {"a: &x {b: c}\nd:\n  <<: *x\n", "f:3:3", "merge keys"},
      {"a: \"x\\0y\"\n", "f:1:4", "NUL"},
      {"%YAML 3.0\n---\na: 1\n", "f:1:1", "incompatible"},
  };
  for (const Refused& each : cases) {
    const auto parsed = parse_document(each.text, "f");
    ASSERT_FALSE(parsed) << each.text;
    ASSERT_EQ(parsed.error().size(), 1U) << each.text;
    EXPECT_EQ(place(parsed.error()[0].at), each.at) << each.text << render(parsed.error());
    EXPECT_THAT(parsed.error()[0].message, HasSubstr(each.says)) << each.text;
  }
}

TEST(Document, RefusesBytesThatAreNotPlainText) {
  const std::pair<std::string, const char*> cases[] = {
      {std::string("a: b\0c", 6), "f:1:5"},
      {"a: \x04", "f:1:4"},
      {"a: 1\nb: \xfc\n", "f:2:4"},
      {"a: \x7f", "f:1:4"},
      {"a: 1\rb: 2\n", "f:1:5"},
      {"a: \u0085", "f:1:4"},
      {"a: \u2028x", "f:1:4"},
      {"a: \x1b[31m", "f:1:4"},
      {"a: x\ufeff", "f:1:5"},
      {"\xff\xfe"
       "a",
       "f:1:1"},
  };
  for (const auto& [text, at] : cases) {
    const auto parsed = parse_document(text, "f");
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(place(parsed.error()[0].at), at);
    EXPECT_THAT(parsed.error()[0].message, HasSubstr("YAML files are plain UTF-8 text"));
  }
}

TEST(Document, FindsRepeatedKeysAtAnyDepthAndKeepsTheFirst) {
  const auto parsed = parse_document("a: 1\nb: {c: 1, d: 2, \"c\": 3}\na: 2\n", "f");
  ASSERT_TRUE(parsed);
  ASSERT_EQ(parsed->findings.size(), 2U);
  EXPECT_EQ(place(parsed->findings[0].at), "f:2:17");
  EXPECT_EQ(parsed->findings[0].message, "repeated key 'c'; it was first written on line 2");
  EXPECT_EQ(place(parsed->findings[1].at), "f:3:1");
  EXPECT_EQ(parsed->root["a"].text, "1");
  EXPECT_EQ(parsed->root["b"]["c"].text, "1");

  std::string many;
  for (int index = 0; index < 50; ++index) many += fmt::format("k{}: 0\n", index);
  for (const char* repeated : {"k0: 1\n", "k15: 1\n", "k16: 1\n", "k49: 1\n"}) {
    const auto large = parse_document(many + repeated, "f");
    ASSERT_TRUE(large);
    ASSERT_EQ(large->findings.size(), 1U) << repeated;
    EXPECT_EQ(large->findings[0].at.line, 51);
  }
}

TEST(Document, BoundsDepthAliasesKeysAndSize) {
  const auto nested = [](int levels) {
    return "a: " + std::string(static_cast<std::size_t>(levels), '[') +
           std::string(static_cast<std::size_t>(levels), ']');
  };
  EXPECT_TRUE(parse_document(nested(depth_max - 1), "f"));
  const auto deep = parse_document(nested(depth_max), "f");
  ASSERT_FALSE(deep);
  EXPECT_THAT(deep.error()[0].message, HasSubstr("nested too deeply"));
  EXPECT_FALSE(parse_document("a: " + std::string(1'000'000, '['), "f"));

  std::string laughs = "l0: &l0 [ha, ha, ha, ha, ha, ha, ha, ha, ha, ha]\n";
  for (int level = 1; level < 12; ++level) {
    laughs += fmt::format("l{0}: &l{0} [*l{1}, *l{1}, *l{1}, *l{1}, *l{1}, *l{1}, *l{1}, *l{1}]\n", level, level - 1);
  }
  const auto laughed = parse_document(laughs, "f");
  ASSERT_FALSE(laughed);
  EXPECT_THAT(laughed.error()[0].message, HasSubstr("aliases expanded"));

  std::string heavy = "a: &a " + std::string(1U << 20, 'x') + "\nb: [";
  for (int index = 0; index < 100; ++index) heavy += "*a, ";
  EXPECT_FALSE(parse_document(heavy + "]\n", "f"));

  std::string chain = "a0: &a0 [x]\n";  // no alias is deep, but each holds the one before
  for (int level = 1; level < 80; ++level) chain += fmt::format("a{0}: &a{0} [*a{1}]\n", level, level - 1);
  const auto chained = parse_document(chain, "f");
  ASSERT_FALSE(chained);
  EXPECT_THAT(chained.error()[0].message, HasSubstr("nested too deeply"));

  EXPECT_FALSE(parse_document("\"" + std::string(key_bytes_max + 1, 'k') + "\": 1\n", "f"));
  const auto large = parse_document(std::string(file_size_max + 1, '\n'), "f");
  ASSERT_FALSE(large);
  EXPECT_THAT(large.error()[0].message, HasSubstr("at most 16777216"));
}

TEST(Document, ReadsFilesAndSaysWhyNot) {
  const std::string path = testing::TempDir() + "/document_test.yaml";
  std::ofstream(path) << "a: 1\n";
  const auto parsed = read_document(path);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(place(parsed->root["a"].position()), path + ":1:4");
  std::remove(path.c_str());
  const auto missing = read_document(path);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error()[0].at.file, path);
  EXPECT_THAT(missing.error()[0].message, HasSubstr("No such file"));
  EXPECT_THAT(read_document(testing::TempDir()).error()[0].message, HasSubstr("cannot be read"));
}

TEST(Document, ShowsALineThatFitsUnderItsCaret) {
  const Node root = parse("a: " + std::string(5000, 'x') + "\nb: [" + std::string(300, ' ') + "y]\n");
  EXPECT_EQ(root["a"].error("m").source_line.size(), 160U);
  EXPECT_EQ(root["b"].items[0].error("m").source_line, "") << "the caret would be off the screen";
  EXPECT_EQ(root["b"].warning("m").severity, Severity::warning);
  const std::string shown = render(parse("x:\n  \u00e4: b\n")["x"]["\u00e4"].error("wrong", "try this"));
  EXPECT_EQ(shown, "f:2:6: error: wrong\n     2 |   \u00e4: b\n       |      ^\ntry this\n");
}

}  // namespace
}  // namespace watershed::yaml
