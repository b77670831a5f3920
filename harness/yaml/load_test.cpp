// What must hold: what was loaded is read without a check, and a default is there as if someone had written it.
#include "harness/yaml/load.hpp"

#include "harness/yaml/read.hpp"
#include "harness/yaml/sample_shape.hpp"
#include "harness/yaml/shape_check.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace watershed::yaml {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* good =
    "version: 1\n"
    "scenario: A request is answered\n"
    "steps:\n"
    "  - repeat:\n"
    "      - send: {id: a, from: op@station.example, to: autodrm@ctbto.int, size: 10KB, rate: 90/m, spam_score: 1.5}\n"
    "  - send: {id: b, from: <>, to: [x@a.example, y@b.example], count: 3, within: 200ms, tls: true}\n"
    "  - host_down: 2001:db8::25\n";

TEST(Load, GivesTypedValues) {
  const auto loaded = load_text(good, "f", sample_shape());
  ASSERT_TRUE(loaded) << render(loaded.error());
  const Node& steps = (*loaded)["steps"];
  const Node& first = steps.items[0]["repeat"].items[0]["send"];
  EXPECT_EQ(as_text(first["id"]), "a");
  EXPECT_EQ(as_address(first["from"]), (mail::Address{.local_part = "op", .domain = "station.example"}));
  EXPECT_EQ(as_size(first["size"]), 10'000U);
  EXPECT_DOUBLE_EQ(as_rate(first["rate"]), 1.5);
  EXPECT_DOUBLE_EQ(as_number(first["spam_score"]), 1.5);
  EXPECT_THAT(as_texts(first["to"]), ElementsAre("autodrm@ctbto.int"));
  const Node& second = steps.items[1]["send"];
  EXPECT_THAT(as_texts(second["to"]), ElementsAre("x@a.example", "y@b.example"));
  EXPECT_EQ(items_of(second["to"]).size(), 2U);
  EXPECT_EQ(as_integer(second["count"]), 3);
  EXPECT_EQ(as_duration(second["within"]), 200ms);
  EXPECT_TRUE(as_boolean(second["tls"]));
  EXPECT_EQ(to_string(as_ip_address(steps.items[2]["host_down"])), "2001:db8::25");
}

TEST(Load, FillsDefaultsAtAnyDepthAndOnlyWhereNothingWasWritten) {
  const auto loaded = load_text(good, "f", sample_shape());
  ASSERT_TRUE(loaded);
  const Node& worlds = (*loaded)["worlds"];
  EXPECT_THAT(as_texts(worlds), ElementsAre("phase1", "phase2"));
  EXPECT_TRUE(worlds.is_default);
  EXPECT_EQ(to_file_line(worlds.items[1].position()), "f:1");
  const Node& first = (*loaded)["steps"].items[0]["repeat"].items[0]["send"];
  EXPECT_EQ(as_integer(first["count"]), 1);
  EXPECT_EQ(as_duration(first["within"]), 5s);
  EXPECT_FALSE(as_boolean(first["tls"]));
  EXPECT_EQ(to_file_line(first["count"].position()), "f:5");
  EXPECT_FALSE(first.has("subject"));
  const Node& second = (*loaded)["steps"].items[1]["send"];
  EXPECT_FALSE(second["count"].is_default);
  EXPECT_EQ(second.entries.size(), 6U);
}

TEST(LoadDeathTest, ReadingWhatTheShapeDoesNotPromiseIsABug) {
  const auto loaded = load_text(good, "f", sample_shape());
  ASSERT_TRUE(loaded);
  EXPECT_DEATH((*loaded)["steeps"], "not promise");
  EXPECT_DEATH(as_duration((*loaded)["scenario"]), "not promise");
}

TEST(ShapeProblems, FindsNoneInASoundTable) { EXPECT_THAT(shape_problems(sample_shape()), IsEmpty()); }

TEST(ShapeProblems, FindsWhatWouldMisleadReaders) {
  const std::pair<Shape, const char*> cases[] = {
      {map({optional("a", duration(), "Doc.", "5")}), "root.a: the example '5' does not fit"},
      {map({defaulted("a", integer(1, 2), "3", "Doc.")}), "root.a: the default '3' does not fit"},
      {map({optional("a", list_of(integer().example("x")), "Doc.")}), "root.a[]: the example 'x' does not fit"},
      {map({optional("a", text(), "Doc.", "[")}), "root.a: the example '[' is not YAML"},
      {map({optional("a", text(), "")}), "root.a: the key has no documentation"},
      {map({optional("a", text(), "A."), optional("a", text(), "A.")}), "root.a: the key is in the table twice"},
      {map({optional("a", text(), "A.")}).exactly_one_of({"b"}), "root: a group names 'b', which is not a key"},
      {map({required("a", text(), "A.")}).exactly_one_of({"a"}), "root: a group names 'a', which is required"},
      {either({map({}), map({})}), "root: two alternatives are maps"},
      {either({list_of(text()), list_of(text())}), "root: two alternatives are lists"},
      {list_of(reference("step")), "root[]: reference('step') is outside that shape"},
      {map_of(list_of(text()), text()), "root: free keys are not scalars"},
  };
  for (const auto& [shape, says] : cases) {
    EXPECT_THAT(shape_problems(shape), testing::Contains(HasSubstr(says)));
  }
}

}  // namespace
}  // namespace watershed::yaml
