// What must hold: the schema says what the table says, for every kind of shape, in valid JSON (which is YAML as well,
// so our own reader reads it back).
#include "harness/yaml/schema_json.hpp"

#include "harness/yaml/document.hpp"
#include "harness/yaml/sample_shape.hpp"

#include <gtest/gtest.h>

namespace watershed::yaml {
namespace {

std::string without_blanks(std::string_view text) {
  std::string out;
  bool in_string = false;
  for (std::size_t index = 0; index < text.size(); ++index) {
    if (text[index] == '"' && text[index - 1] != '\\') in_string = !in_string;
    if (in_string || (text[index] != ' ' && text[index] != '\n')) out += text[index];
  }
  return out;
}

// What stands after the heading of a schema for `shape`.
std::string body_of(const Shape& shape) {
  const std::string all = without_blanks(json_schema(shape, "t", "i"));
  const std::string head = R"({"$schema":"https://json-schema.org/draft/2020-12/schema","$id":"i","title":"t")";
  EXPECT_EQ(all.substr(0, head.size()), head);
  const std::string rest = all.substr(head.size());
  return rest.substr(rest.starts_with(',') ? 1 : 0, rest.size() - (rest.starts_with(',') ? 2 : 1));
}

TEST(JsonSchema, DescribesEachScalar) {
  const std::pair<Shape, const char*> cases[] = {
      {text(), R"("type":["string","number","boolean"],"minLength":1)"},
      {text_or_empty(), R"("type":["string","number","boolean"])"},
      {text_matching("[a-z]+\\.x", "w", "a.x"),
       R"("examples":["a.x"],"type":"string","pattern":"^([a-z]+\\.x)$","minLength":1)"},
      {text_matching("[0-9]{3}", "c", "550"),
       R"("examples":[550],"type":["string","number"],"pattern":"^([0-9]{3})$","minLength":1)"},
      {integer(), R"("type":"integer")"},
      {integer(1, 5), R"("type":"integer","minimum":1,"maximum":5)"},
      {number(0.5), R"("type":"number","minimum":0.5)"},
      {boolean(), R"("examples":[true],"type":"boolean")"},
      {duration(), R"("examples":["5s"],"type":"string","pattern":"^[0-9]+(\\.[0-9]+)?(us|ms|s|m|h|d|w)$")"},
      {size(), R"("examples":["10KB"],"type":"string","pattern":"^[0-9]+(\\.[0-9]+)?(B|KB|MB|GB|KiB|MiB|GiB)$")"},
      {rate(), R"("examples":["50/s"],"type":"string","pattern":"^[0-9]+(\\.[0-9]+)?/(s|m|h|d)$")"},
      {enumeration({"a", "1"}), R"("enum":["a","1",1])"},
      {ip_address(), R"("examples":["192.0.2.1"],"type":"string","pattern":"^[0-9A-Fa-f:.]+$")"},
      {anything(), ""},
      {anything().about("Why \"not\"."), R"("description":"Why \"not\".")"},
  };
  for (const auto& [shape, expected] : cases) EXPECT_EQ(body_of(shape), expected);
}

TEST(JsonSchema, DescribesStructures) {
  const Shape word = enumeration({"w"});
  EXPECT_EQ(body_of(list_of(integer()).sized(1, 3)),
            R"("type":"array","items":{"type":"integer"},"minItems":1,"maxItems":3)");
  EXPECT_EQ(body_of(either({integer(), list_of(integer())})),
            R"("anyOf":[{"type":"integer"},{"type":"array","items":{"type":"integer"}}])");
  EXPECT_EQ(body_of(map({required("a", integer(), "A."), defaulted("b", integer(), "2", "B.", "3")})),
            R"("type":"object","properties":{"a":{"description":"A.","type":"integer"},)"
            R"("b":{"description":"B.","default":2,"examples":[3],"type":"integer"}},)"
            R"("required":["a"],"additionalProperties":false)");
  EXPECT_EQ(body_of(map_of(word, integer()).sized(1, 1)),
            R"("type":"object","additionalProperties":{"type":"integer"},"propertyNames":{"anyOf":[{"enum":["w"]}]},)"
            R"("minProperties":1,"maxProperties":1)");
  EXPECT_EQ(body_of(map({optional("a", integer(), "A.")}).other_keys(word, boolean().example(""))),
            R"("type":"object","properties":{"a":{"description":"A.","type":"integer"}},)"
            R"("additionalProperties":{"type":"boolean"},"propertyNames":{"anyOf":[{"enum":["w"]},{"enum":["a"]}]})");
}

TEST(JsonSchema, DescribesWhichKeysGoTogether) {
  const Shape both = map({optional("a", integer(), ""), optional("b", integer(), "")});
  const std::string keys = R"("type":"object","properties":{"a":{"type":"integer"},"b":{"type":"integer"}},)"
                           R"("additionalProperties":false,"allOf":[)";
  const std::string pair = R"({"required":["a"]},{"required":["b"]})";
  EXPECT_EQ(body_of(both.exactly_one_of({"a", "b"})), keys + R"({"oneOf":[)" + pair + "]}]");
  EXPECT_EQ(body_of(both.at_least_one_of({"a", "b"})), keys + R"({"anyOf":[)" + pair + "]}]");
  EXPECT_EQ(body_of(both.at_most_one_of({"a", "b"})),
            keys + R"({"oneOf":[)" + pair + R"(,{"not":{"anyOf":[)" + pair + "]}}]}]");
}

TEST(JsonSchema, NamesShapesOnceAndRefersToThem) {
  const Shape tree = named("tree", map({optional("kids", list_of(reference("tree")), "K.")}).about("A tree."));
  EXPECT_EQ(body_of(map({required("a", tree, "A."), optional("b", tree, "B.")})),
            R"("type":"object","properties":{"a":{"description":"A.","$ref":"#/$defs/tree"},)"
            R"("b":{"description":"B.","$ref":"#/$defs/tree"}},"required":["a"],"additionalProperties":false,)"
            R"("$defs":{"tree":{"description":"A tree.","type":"object","properties":{"kids":{"description":"K.",)"
            R"("type":"array","items":{"$ref":"#/$defs/tree"}}},"additionalProperties":false}})");
}

TEST(JsonSchema, IsReadableJsonWithEveryKeyOfTheTable) {
  const std::string schema = json_schema(sample_shape(), "Scenario", "https://watershed.example/scenario.json");
  const auto parsed = parse_document(schema, "schema.json");
  ASSERT_TRUE(parsed) << render(parsed.error());
  ASSERT_TRUE(parsed->findings.empty()) << render(parsed->findings);
  const Node& send = parsed->root["$defs"]["step"]["properties"]["send"]["properties"];
  EXPECT_EQ(send.entries.size(), 13U);
  EXPECT_EQ(send["within"]["default"].text, "5s");
  EXPECT_EQ(parsed->root["properties"]["worlds"]["default"].items.size(), 2U);
  EXPECT_EQ(parsed->root["additionalProperties"].text, "false");
}

}  // namespace
}  // namespace watershed::yaml
