// What must hold: quantities are exact, units are never implied, and what is nearly right is refused with its reason.
#include "harness/yaml/scalar.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace watershed::yaml {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

TEST(Scalar, ReadsDurationsExactly) {
  const std::pair<const char*, std::chrono::nanoseconds> cases[] = {
      {"0s", 0ns},    {"5s", 5s},      {"200ms", 200ms}, {"1.5h", 90min},       {"5d", 120h}, {"2w", 336h},
      {"10m", 10min}, {"0.1s", 100ms}, {"3us", 3us},     {"0.000000001s", 1ns}, {"007s", 7s}, {"106751d", 2562024h},
  };
  for (const auto& [text, expected] : cases) {
    const auto parsed = parse_duration(text);
    ASSERT_TRUE(parsed) << text << ": " << parsed.error().message;
    EXPECT_EQ(*parsed, expected) << text;
  }
}

TEST(Scalar, ReadsSizesAndRates) {
  EXPECT_EQ(*parse_size("10KB"), 10'000U);
  EXPECT_EQ(*parse_size("1MiB"), 1'048'576U);
  EXPECT_EQ(*parse_size("1.5KiB"), 1'536U);
  EXPECT_EQ(*parse_size("2GB"), 2'000'000'000U);
  EXPECT_EQ(*parse_size("0B"), 0U);
  EXPECT_DOUBLE_EQ(*parse_rate("50/s"), 50.0);
  EXPECT_DOUBLE_EQ(*parse_rate("90/m"), 1.5);
  EXPECT_DOUBLE_EQ(*parse_rate("0.5/h"), 0.5 / 3600);
}

TEST(Scalar, RefusesQuantitiesWithTheReason) {
  const std::pair<const char*, const char*> durations[] = {
      {"5", "durations carry units: 5s, 200ms"},
      {"1.5", "carry units"},
      {"5 s", "unknown unit"},
      {"5sec", "us, ms, s, m"},
      {"5S", "unknown unit"},
      {"", "not a duration"},
      {"s", "not a duration"},
      {"-5s", "not a duration"},
      {"+5s", "not a duration"},
      {"1.s", "not a duration"},
      {".5s", "not a duration"},
      {"1e3s", "unknown unit"},
      {"0.5ns", "unknown unit"},
      {"0.0000000001s", "finer than a nanosecond"},
      {"106752d", "too large"},
      {"999999999999999999w", "too large"},
      {"9999999999999999999s", "too many digits"},
      {"1.0000000000000000000s", "too many digits"},
      {"1h30m", "unknown unit"},
  };
  for (const auto& [text, reason] : durations) {
    const auto parsed = parse_duration(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_THAT(parsed.error().message, HasSubstr(reason)) << text;
  }
  for (const char* text : {"10", "10kb", "10K", "0.3B", "20000000000GiB", "-1B"})
    EXPECT_FALSE(parse_size(text)) << text;
  for (const char* text : {"50", "50/", "50/x", "0/s", "/s", "50 /s", "50/s/s"}) EXPECT_FALSE(parse_rate(text)) << text;
}

TEST(Scalar, ReadsNumbersThatEveryYamlVersionReadsAlike) {
  EXPECT_EQ(*parse_integer("0"), 0);
  EXPECT_EQ(*parse_integer("-42"), -42);
  EXPECT_EQ(*parse_integer("9223372036854775807"), 9223372036854775807);
  for (const char* text : {"", "-", "+1", "010", "0x10", "0o7", "1_000", "1.0", "1e3", " 1", "9223372036854775808"}) {
    EXPECT_FALSE(parse_integer(text)) << text;
  }
  EXPECT_DOUBLE_EQ(*parse_number("-1.5"), -1.5);
  EXPECT_DOUBLE_EQ(*parse_number("1e6"), 1e6);
  for (const char* text : {"", ".5", "5.", "01.5", "inf", "nan", ".inf", "1e999", "0x1p3", "1,5", "-inf"}) {
    EXPECT_FALSE(parse_number(text)) << text;
  }
  EXPECT_TRUE(*parse_boolean("true"));
  EXPECT_FALSE(*parse_boolean("false"));
  for (const char* text : {"yes", "no", "on", "off", "True", "TRUE", "1", ""})
    EXPECT_FALSE(parse_boolean(text)) << text;
}

}  // namespace
}  // namespace watershed::yaml
