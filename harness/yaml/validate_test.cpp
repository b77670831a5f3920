// What must hold: whatever is wrong is said at its place with what was expected, all of it at once; what is right
// passes.
#include "harness/yaml/validate.hpp"

#include "harness/yaml/load.hpp"
#include "harness/yaml/sample_shape.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace watershed::yaml {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* good_head = "version: 1\nscenario: s\n";

Diagnostics errors_of(const std::string& text) {
  const auto loaded = load_text(text, "f", sample_shape());
  return loaded ? Diagnostics{} : loaded.error();
}

TEST(Validate, AcceptsWhatTheTableAllows) {
  const char* cases[] = {
      "version: 1\nscenario: 'A sentence: no'\nsteps: [{advance: 5d}]\n",
      "version: 1\nscenario: 42\nsteps: [{advance: 5d}]\n",
      "version: 1\nscenario: A sentence\nsteps:\n  - send: {id: a, from: <>, to: a@b.example}\n",
      "version: 1\nscenario: A sentence\nsteps:\n  - send: {id: a, from: '<>', to: [a@b.example, c@d.example], count: "
      "2}\n",
      "version: 1\nscenario: A sentence\nsteps:\n  - repeat:\n      - repeat:\n          - advance: 5s\n",
      "version: 1\nscenario: s\nsteps: [{host_down: '2001:db8::1'}]\nnotes: {any: [thing, {at: all}], n: ~}\n",
      "version: 1\nscenario: s\nsteps: [{advance: 1s}]\nexpect: [{queue: empty}, {request: {never: {zone: "
      "personal}}}]\n",
      "version: 1\nscenario: s\nsteps:\n  - send: {id: a, from: <>, to: a@b.example, subject: '', size: 1MB, rate: "
      "5/s, "
      "spam_score: 7, tls: true, class: personal}\n",
  };
  for (const char* text : cases) EXPECT_EQ(render(errors_of(text)), "") << text;
}

struct Wrong {
  const char* text;  // after good_head, so it begins on line 3
  const char* at;
  const char* says;
  const char* hint;
};

TEST(Validate, SaysWhatIsWrongWhereAndWhatToDo) {
  const Wrong cases[] = {
      {"stepps: [{advance: 5s}]", "3:1", "unknown key 'stepps'; expected one of: version, scenario, worlds, steps,",
       "did you mean 'steps'?"},
      {"steps: [{advance: 5s}]\nzzzzzzzzz: 1", "4:1", "unknown key 'zzzzzzzzz'; expected one of", ""},
      {"steps: [{advance: 5s}]\nsteps: []", "4:1", "repeated key 'steps'; it was first written on line 3", ""},
      {"expect: []", "1:1", "missing key 'steps' in the file", "example: steps: [{advance: 5s}]"},
      {"steps: 5", "3:8", "'steps' must be a list; found '5'", "example: steps: [{advance: 5s}]"},
      {"steps:", "3:1", "'steps' must be a list; nothing is written there", "example: steps"},
      {"steps: {}", "3:8", "'steps' must be a list; found a map", "example: steps"},
      {"steps: []", "3:8", "'steps' must have at least 1 item; it has 0", ""},
      {"steps: [5s]", "3:9", "item 1 of 'steps' must be a map; found '5s'", ""},
      {"steps: [{}]", "3:9", "item 1 of 'steps' needs exactly one of: send, advance, repeat, host_down", ""},
      {"steps: [{advance: 5s, host_down: 192.0.2.1}]", "3:23", "'advance' and 'host_down' exclude each other", ""},
      {"steps: [{advnce: 5s}]", "3:10", "unknown key 'advnce'; expected one of: send, advance",
       "did you mean 'advance'?"},
      {"steps: [{advance:5s}]", "3:10", "unknown key 'advance:5s'", "a blank must follow the ':'"},
      {"steps: [{advance: 5}]", "3:19", "'advance' must be a duration such as 5s or 200ms; found '5'",
       "durations carry units: 5s, 200ms"},
      {"steps: [{advance: 5 sec}]", "3:19", "found '5 sec'", "unknown unit"},
      {"steps: [{advance: [5s]}]", "3:19", "'advance' must be a duration such as 5s or 200ms; found a list",
       "example: advance: 5d"},
      {"steps: [{host_down: 1.2.3}]", "3:21", "must be an IP address such as 192.0.2.1; found '1.2.3'",
       "example: host_down"},
      {"steps: [{repeat: [{repeat: [{advance: x}]}]}]", "3:39", "'advance' must be a duration", "not a duration"},
      {"steps: [{repeat: []}]", "3:18", "'repeat' must have at least 1 item;", ""},
      {"steps: [{advance: 1s}]\nworlds: [Phase 1]", "4:10",
       "item 1 of 'worlds' must be a word in lower case; found 'Phase 1'", "example: request"},
      {"steps: [{advance: 1s}]\nexpect: [{queue: full}]", "4:18", "'queue' must be 'empty'; found 'full'", ""},
      {"steps: [{advance: 1s}]\nexpect: [{Request: {never: {zone: a}}}]", "4:11",
       "unknown key 'Request'; expected one of: queue, or a word in lower case", ""},
      {"steps: [{advance: 1s}]\nexpect: [{a: {}}]", "4:11", "'a' needs exactly one of: delivered, never", ""},
      {"steps: [{advance: 1s}]\nexpect: [{a: {never: {}}}]", "4:15", "missing key 'zone' in 'never'",
       "example: zone: personal"},
      {"steps: [{advance: 1s}]\nexpect: [{queue: empty, a: {never: {zone: a}}}]", "4:10",
       "item 1 of 'expect' must have at most 1 key; it has 2", ""},
  };
  for (const Wrong& each : cases) {
    const Diagnostics errors = errors_of(std::string(good_head) + each.text + "\n");
    ASSERT_EQ(errors.size(), 1U) << each.text << "\n" << render(errors);
    EXPECT_EQ(fmt::format("{}:{}", errors[0].at.line, errors[0].at.column), each.at) << each.text << render(errors);
    EXPECT_THAT(errors[0].message, HasSubstr(each.says)) << each.text;
    EXPECT_THAT(errors[0].hint, HasSubstr(each.hint)) << each.text;
    EXPECT_EQ(errors[0].hint.empty(), std::string_view(each.hint).empty()) << each.text << errors[0].hint;
    EXPECT_EQ(errors[0].at.file, "f");
    EXPECT_FALSE(errors[0].source_line.empty());
  }
}

TEST(Validate, SaysWhatIsWrongWithEachKindOfScalar) {
  const std::tuple<const char*, const char*, const char*> cases[] = {
      {"from: nobody", "must be an address such as someone@host.example or '<>'", ""},
      {"class: verfication", "must be one of: verification, personal; found 'verfication'",
       "did you mean 'verification'?"},
      {"class: '550'", "found '550'", ""},
      {"body: ''", "'body' must be text; found ''", "the text is empty"},
      {"body: ~", "'body' must be text; nothing is written there", ""},
      {"size: 10", "must be a size such as 10KB or 1MiB; found '10'", "sizes carry units: 10KB, 1MiB"},
      {"size: 1GB", "found '1GB'", "too large"},
      {"size: 0B", "found '0B'", "too small"},
      {"rate: 50", "must be a rate such as 50/s; found '50'", "rates carry units"},
      {"spam_score: high", "must be a number from 0 to 100; found 'high'", "not a number"},
      {"spam_score: 101", "must be a number from 0 to 100", "too large"},
      {"count: 0", "must be a whole number from 1 to 1000000; found '0'", "too small"},
      {"count: 1000001", "found '1000001'", "too large"},
      {"count: 010", "found '010'", "leading zero"},
      {"count: '3'", "found '3'", "quotes make it text"},
      {"count: 2.5", "found '2.5'", "not a whole number"},
      {"within: 2h", "must be a duration such as 5s or 200ms; found '2h'", "too large"},
      {"within: 0s", "found '0s'", "too small"},
      {"tls: yes", "must be true or false; found 'yes'", "example: tls: true"},
      {"tls: 'true'", "must be true or false", "quotes make it text"},
      {"message: m.eml, body: b", "'message' and 'body' exclude each other", ""},
  };
  for (const auto& [value, says, hint] : cases) {
    const std::string head = std::string_view(value).starts_with("from") ? "" : "from: <>, ";
    const Diagnostics errors =
        errors_of(fmt::format("{}steps:\n  - send: {{id: a, {}to: a@b.example, {}}}\n", good_head, head, value));
    ASSERT_EQ(errors.size(), 1U) << value << "\n" << render(errors);
    EXPECT_EQ(errors[0].at.line, 4) << value;
    EXPECT_THAT(errors[0].message, HasSubstr(says)) << value;
    EXPECT_THAT(errors[0].hint, HasSubstr(hint)) << value;
  }
}

TEST(Validate, ShowsAllErrorsOfAFileInItsOrder) {
  const Diagnostics errors = errors_of(
      "version: 2\nscenario: s\nsteps:\n  - advance: 5\n  - sned: {}\n  - send: {id: A, id: b, to: x}\nexpect: "
      "1\nbogus: 1\n");
  std::vector<std::string> places;
  for (const Diagnostic& error : errors) places.push_back(fmt::format("{}:{}", error.at.line, error.at.column));
  EXPECT_THAT(places, ElementsAre("1:10", "4:14", "5:5", "6:5", "6:16", "6:19", "6:30", "7:9", "8:1"))
      << render(errors);
  EXPECT_EQ(render(errors[2]),
            "f:5:5: error: unknown key 'sned'; expected one of: send, advance, repeat, host_down\n"
            "     5 |   - sned: {}\n       |     ^\ndid you mean 'send'?\n");
}

TEST(Validate, ReportsAnAliasedMistakeOnce) {
  EXPECT_EQ(errors_of("version: 1\nscenario: s\nsteps: [&a {advance: 5}, *a, *a]\n").size(), 1U);
}

TEST(Validate, IsNotFloodedAndShowsNothingHarmful) {
  std::string text = good_head;
  for (int index = 0; index < 5000; ++index) text += fmt::format("bad{}: 1\n", index);
  const Diagnostics errors = errors_of(text);
  ASSERT_EQ(errors.size(), diagnostics_max + 1);
  EXPECT_THAT(errors.back().message, HasSubstr("more errors follow"));

  const Diagnostics hostile =
      errors_of("version: \"\\e[2J" + std::string(100'000, 'x') + "\"\nscenario: s\nsteps: [{advance: 1s}]\n");
  ASSERT_EQ(hostile.size(), 1U);
  EXPECT_EQ(hostile[0].message.find('\x1b'), std::string::npos);
  EXPECT_LT(render(hostile).size(), 1000U);
}

TEST(Validate, NamesThatReferToNothingLookLikeOtherErrors) {
  const auto loaded =
      load_text(std::string(good_head) + "worlds: [phse1]\nsteps: [{advance: 1s}]\n", "f", sample_shape());
  ASSERT_TRUE(loaded);
  const std::vector<std::string> known = {"legacy", "phase1", "phase2"};
  EXPECT_EQ(render(unknown_name((*loaded)["worlds"].items[0], "world", known)),
            "f:3:10: error: unknown world 'phse1'; expected one of: legacy, phase1, phase2\n"
            "     3 | worlds: [phse1]\n       |          ^\ndid you mean 'phase1'?\n");
}

}  // namespace
}  // namespace watershed::yaml
