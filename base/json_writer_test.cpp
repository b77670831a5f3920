// What must hold: whatever goes in, valid JSON comes out, in the order written.
#include "base/json_writer.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace watershed {
namespace {

TEST(JsonWriter, WritesCompactJsonOfEveryKindOfValue) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().member("a", 1).member("b", -2LL).member("c", std::uint64_t{18446744073709551615U});
  json.member("d", true).member("e", "x").member("f", std::string("y")).member("g", std::string_view("z"));
  json.key("h").null().member("i", 0.1).member("j", 1e300).member("k", std::numeric_limits<double>::infinity());
  json.key("l").begin_array().value(1).value(false).begin_object().end_object().begin_array().end_array().end_array();
  EXPECT_FALSE(json.is_complete());
  json.end_object();
  EXPECT_TRUE(json.is_complete());
  EXPECT_EQ(out,
            R"({"a":1,"b":-2,"c":18446744073709551615,"d":true,"e":"x","f":"y","g":"z","h":null,"i":0.1,"j":1e+300,)"
            R"("k":null,"l":[1,false,{},[]]})");
}

TEST(JsonWriter, IndentsByTwoWhenPretty) {
  std::string out;
  JsonWriter json(out, JsonWriter::Layout::pretty);
  json.begin_object().member("a", 1).key("b").begin_array().value("x").value("y").end_array();
  json.key("c").begin_object().end_object().key("d").begin_array().end_array().end_object();
  EXPECT_EQ(out, "{\n  \"a\": 1,\n  \"b\": [\n    \"x\",\n    \"y\"\n  ],\n  \"c\": {},\n  \"d\": []\n}");
}

TEST(JsonWriter, EscapesWhatJsonAndHtmlCannotCarry) {
  EXPECT_EQ(json_string("a\"b\\c/\b\f\n\r\t\x01\x1f\x7f"),
            "\"a\\\"b\\\\c/\\u0008\\u000c\\n\\r\\t\\u0001\\u001f\\u007f\"");
  EXPECT_EQ(json_string(std::string_view("\0x", 2)), "\"\\u0000x\"");
  EXPECT_EQ(json_string("gr\u00fc\u00df \u20ac \U0001f4e7"), "\"gr\u00fc\u00df \u20ac \U0001f4e7\"");
  EXPECT_EQ(json_string("\u2028\u2029"), "\"\\u2028\\u2029\"");
}

TEST(JsonWriter, ReplacesEachByteThatIsNotUtf8) {
  // Latin-1, a cut sequence, an overlong form, a surrogate.
  EXPECT_EQ(json_string("\xfc!"), "\"\ufffd!\"");
  EXPECT_EQ(json_string("\xe2\x82"), "\"\ufffd\ufffd\"");
  EXPECT_EQ(json_string("\xc0\xaf"), "\"\ufffd\ufffd\"");
  EXPECT_EQ(json_string("\xed\xa0\x80"), "\"\ufffd\ufffd\ufffd\"");
}

TEST(JsonWriter, LetsItsOwnerDrainTheTextBetweenElements) {
  std::string out;
  std::string drained;
  JsonWriter json(out);
  json.begin_array();
  for (int index = 0; index < 3; ++index) {
    json.value(index);
    drained += out;
    out.clear();
  }
  json.end_array();
  EXPECT_EQ(drained + out, "[0,1,2]");
}

TEST(JsonWriterDeathTest, MisuseIsABug) {
  std::string out;
  EXPECT_DEATH(JsonWriter(out).begin_object().value(1), "key");
  EXPECT_DEATH(JsonWriter(out).begin_array().key("a"), "bracket");
  EXPECT_DEATH(JsonWriter(out).begin_object().end_array(), "bracket");
  EXPECT_DEATH(JsonWriter(out).value(1).value(2), "one value");
}

}  // namespace
}  // namespace watershed
