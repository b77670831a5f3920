// What is written comes back, every member of it; a damaged or foreign file is told what is wrong with it.
#include "harness/result_file/result_file.hpp"

#include "harness/result_file/fields.hpp"

#include <gmock/gmock.h>

namespace watershed::harness {
namespace {

using testing::HasSubstr;

// Converts to whatever a member is: as many of them as still initialise a struct, so many members it has.
struct Anything {
  template <class T>
  operator T() const;  // NOLINT(google-explicit-constructor): never defined, never called
};

template <class T, class... Members>
constexpr std::size_t member_count() {
  if constexpr (requires { T{Members{}..., Anything{}}; }) {
    return member_count<T, Members..., Anything>();
  } else {
    return sizeof...(Members);
  }
}

// Gives every member another value than it has by default and than all others have, through the table of fields, and
// checks that the table knows every member.
class Filler {
 public:
  void fill(std::string& text) {
    text = "text " + std::to_string(++number_) + " \xff \xf4\x8f\xba\x80 \\ \" \n \u2028";
  }
  void fill(bool& truth) { truth = !truth; }
  void fill(double& number) { number = static_cast<double>(++number_) / 7; }
  template <std::integral T>
  void fill(T& number) {
    number = static_cast<T>(std::numeric_limits<T>::max() - static_cast<T>(++number_));
  }
  void fill(Verdict& verdict) { verdict = static_cast<Verdict>(1 + ++number_ % 4); }
  template <class T>
  void fill(std::vector<T>& list) {
    list.resize(2);
    for (T& element : list) fill(element);
  }
  void fill(std::set<std::string>& list) {
    std::string text;
    fill(text);
    list.insert(text);
  }
  template <class T>
  void fill(std::map<std::string, T>& map) {
    std::string key;
    fill(key);
    fill(map[key]);
  }
  template <class T>
  requires std::is_class_v<T>
  void fill(T& object) {
    Fields fields{*this};
    each_field(object, fields);
    EXPECT_EQ(fields.count, member_count<T>())
        << "harness/result_file/fields.hpp forgets a member of " << testing::internal::GetTypeName<T>();
  }

 private:
  struct Fields {
    Filler& filler;
    std::size_t count = 0;

    void operator()(std::string_view, auto& member) {
      ++count;
      filler.fill(member);
    }
    void derived(std::string_view, auto&&) {}
  };

  std::uint64_t number_ = 0;
};

Outcome filled_outcome() {
  Outcome outcome;
  Filler().fill(outcome);
  outcome.scenarios[1].is_must_fail = false;
  outcome.requirements[0].id = outcome.scenarios[0].requirements[0];
  summarize(outcome);
  return outcome;
}

std::string file_of(const Outcome& outcome, std::string_view version = "1") {
  std::string out;
  JsonWriter json(out, JsonWriter::Layout::pretty);
  json.begin_object().member("schema_version", 1);
  append_members(json, outcome);
  json.end_object();
  return out.replace(out.find('1'), 1, version);
}

std::string error_of(std::string_view text) {
  const auto read = read_outcome(text, "out/report.json");
  return read ? "no error" : render(read.error());
}

std::string with(std::string text, std::string_view what, std::string_view instead) {
  const std::size_t place = text.find(what);
  EXPECT_NE(place, std::string::npos) << what;
  return place == std::string::npos ? text : text.replace(place, what.size(), instead);
}

TEST(ResultFile, KeepsEveryMemberOfAnOutcome) {
  const Outcome outcome = filled_outcome();
  const auto read = read_outcome(file_of(outcome), "out/report.json");
  ASSERT_TRUE(read) << render(read.error());
  EXPECT_TRUE(*read == outcome);
  EXPECT_EQ(file_of(*read), file_of(outcome));
}

TEST(ResultFile, KeepsARunThatAChildHandsToItsParent) {
  const ScenarioResult run = filled_outcome().scenarios[0];
  const std::string line = to_json(run);
  EXPECT_EQ(line.find('\n'), std::string::npos);
  const auto read = read_scenario_result(line, "child");
  ASSERT_TRUE(read) << render(read.error());
  EXPECT_TRUE(*read == run);
  EXPECT_FALSE(read_scenario_result(line.substr(0, line.size() / 2), "child"));
}

TEST(ResultFile, KeepsEveryByte) {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  for (const std::string& text :
       {all, std::string("\xf4\x8f\xba\x80\xf4\x8f\xbb\xbf"), std::string("\xf4\x8f\xba"), std::string("ü \u202e €")}) {
    EXPECT_EQ(from_utf8(to_utf8(text)), text);
  }
  EXPECT_EQ(to_utf8("plain ü"), "plain ü");
  EXPECT_EQ(to_utf8("\xff"), "\U0010feff");
}

TEST(ResultFile, SaysWhatIsWrongWithAFile) {
  const std::string good = file_of(filled_outcome());
  EXPECT_THAT(error_of(good.substr(0, good.size() / 2)), HasSubstr("error: this is no valid JSON"));
  EXPECT_THAT(error_of("<html>"), HasSubstr("out/report.json:1:1: error: this is no valid JSON"));
  EXPECT_THAT(error_of("[]"), HasSubstr("out/report.json: error: this is no result file: it has no schema_version"));
  EXPECT_THAT(error_of("{\"tests\": 1}"), HasSubstr("--report json=PATH"));
  EXPECT_THAT(error_of(file_of(filled_outcome(), "2")), HasSubstr("schema_version is 2; this program reads 1"));
  EXPECT_THAT(error_of(with(good, "\"fate\":", "\"fade\":")), HasSubstr("scenarios[0].messages[0].fate: is missing"));
  EXPECT_THAT(error_of(with(good, "\"title\":", "\"colour\": 1, \"title\":")), HasSubstr("of another version"));
  EXPECT_THAT(error_of(with(good, "\"inconclusive\": true", "\"inconclusive\": 1")),
              HasSubstr("scenarios[0].findings[0].inconclusive: expected true or false, found a number"));
  EXPECT_THAT(error_of(with(good, "\"code\": 6", "\"code\": 96")),
              HasSubstr("expected a whole number from 0 to 65535"));
  EXPECT_THAT(error_of(with(good, "\"verdict\": \"", "\"verdict\": \"x")), HasSubstr("is no verdict; expected passed"));
}

TEST(ResultFile, NoticesASummaryThatContradictsItsScenarios) {
  Outcome outcome = filled_outcome();
  outcome.summary.passed += 1;
  EXPECT_THAT(error_of(file_of(outcome)), HasSubstr("its summary is not that of its scenarios"));
}

}  // namespace
}  // namespace watershed::harness
