// Numbers keep their last bit; errors have a place.
#include "base/json_reader.hpp"

#include "base/json_writer.hpp"

#include <gmock/gmock.h>

namespace watershed {
namespace {

using testing::HasSubstr;

std::string error_of(std::string_view text) {
  const auto read = read_json(text, "a.json");
  return read ? "no error" : render(read.error());
}

TEST(JsonReader, KeepsTheLastBitOfADouble) {
  for (const double number : {0.1, 0.0125, 1e-7, 123.456, 5e-324, 1.7976931348623157e308, 6.02214076e23, 1.1e-13}) {
    std::string text;
    JsonWriter(text).value(number);
    const auto read = read_json(text, "a.json");
    ASSERT_TRUE(read) << text;
    EXPECT_EQ(read->as_double(), number) << text;
  }
}

TEST(JsonReader, ReadsEveryKind) {
  const auto read = read_json(R"( {"a": [null, true, -1, 18446744073709551615, "x\u0000\n"], "b": {}} )", "a.json");
  ASSERT_TRUE(read);
  const auto& list = read->as_object().at("a").as_array();
  EXPECT_TRUE(list[0].is_null());
  EXPECT_TRUE(list[1].as_bool());
  EXPECT_EQ(list[2].as_int64(), -1);
  EXPECT_EQ(list[3].as_uint64(), 18446744073709551615U);
  EXPECT_EQ(std::string_view(list[4].as_string().data(), list[4].as_string().size()), std::string_view("x\0\n", 3));
}

TEST(JsonReader, SaysWhereTheErrorIs) {
  EXPECT_THAT(error_of("{\"a\": 1,\n \"b\": tru }"), HasSubstr("a.json:2:"));
  EXPECT_THAT(error_of("{\"a\": 1"), HasSubstr("a.json:1:"));
  EXPECT_THAT(error_of("{}\n{}"), HasSubstr("a.json:2:1: error: something follows"));
  EXPECT_THAT(error_of(""), HasSubstr("the file is empty"));
  EXPECT_THAT(error_of("   "), HasSubstr("no valid JSON"));
  EXPECT_THAT(error_of("\"\xff\""), HasSubstr("no valid JSON"));
  EXPECT_THAT(error_of(std::string(100, '[')), HasSubstr("no valid JSON"));
  EXPECT_THAT(error_of("1e999999"), HasSubstr("no valid JSON"));
}

}  // namespace
}  // namespace watershed
