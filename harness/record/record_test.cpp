// What the scenarios of this repository leave behind for pages: stories, hops, lines, series, inputs.
#include "harness/record/record_suite.hpp"

#include "harness/suite/run_suite.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <sstream>

namespace watershed::harness {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

Outcome outcome_of(const std::string& scenario, const std::string& world, bool wanted = true) {
  const std::string root = WATERSHED_SOURCE_DIR "/scenarios";
  SuiteOptions options;
  options.paths = {root + "/" + scenario};
  options.scenarios_root = root;
  const auto suite = load_suite(options);
  EXPECT_TRUE(suite) << render(suite.error());
  SuiteRunOptions run;
  run.worlds = {world};
  run.run.record.wanted = wanted;
  return *run_suite(*suite, run, {});
}

TEST(Record, TellsTheStoryOfAnExample) {
  const Outcome outcome = outcome_of("robots/data-request.yaml", "phase2");
  ASSERT_THAT(outcome.scenarios, SizeIs(1));
  const ScenarioResult& run = outcome.scenarios.front();
  ASSERT_THAT(run.stories, SizeIs(1));
  const MessageStory& story = run.stories.front();
  EXPECT_EQ(story.fates.front(), "delivered");
  EXPECT_EQ(story.events.front().fact, "offered");
  EXPECT_THAT(story.events, Contains(Field(&StoryEvent::fact, "stored")));
  EXPECT_THAT(story.events, Contains(Field(&StoryEvent::decided_by, HasSubstr("/transport:2"))));
  ASSERT_THAT(story.dialogues, Not(IsEmpty()));
  EXPECT_THAT(story.dialogues.front().lines, Contains(Field(&DialogueLine::text, HasSubstr("RCPT TO:<autodrm@"))));
  ASSERT_THAT(story.copies, Not(IsEmpty()));
  EXPECT_TRUE(story.copies.front().body_unchanged);
  EXPECT_THAT(story.copies.front().header, Contains(Field(&HeaderChange::field, HasSubstr("Received: "))));
}

TEST(Record, TellsWhoseStoryBrokeARule) {
  const Outcome outcome = outcome_of("must-fail/sieve-redirects-to-a-person.yaml", "phase2");
  ASSERT_THAT(outcome.scenarios, SizeIs(1));
  const ScenarioResult& run = outcome.scenarios.front();
  ASSERT_THAT(run.stories, Not(IsEmpty()));
  EXPECT_THAT(run.stories.front().broken, Contains(Field(&BrokenExpectation::rule, "invariant segregation")));
  EXPECT_THAT(run.stories.front().events, Contains(Field(&StoryEvent::is_crossing, true)));
  EXPECT_THAT(run.flow, Contains(Field(&FlowHop::is_crossing, true)));
  EXPECT_TRUE(run.has_changed_files);
}

TEST(Record, CountsHopsAsTheRunDoes) {
  const Outcome outcome = outcome_of("load/busy-morning.yaml", "phase1");
  const ScenarioResult& run = outcome.scenarios.front();
  std::uint64_t hops = 0;
  for (const FlowHop& hop : run.flow) {
    if (hop.way == "relay") hops += hop.count;
    EXPECT_FALSE(hop.is_crossing) << hop.from << " to " << hop.to;
  }
  EXPECT_EQ(hops, run.hops);
  std::uint64_t offered = 0;
  std::uint64_t delivered = 0;
  for (const TimeBucket& bucket : run.series.buckets) {
    offered += bucket.offered;
    delivered += bucket.delivered;
    EXPECT_LE(bucket.latency_p50_ns, bucket.latency_p95_ns);
    EXPECT_LE(bucket.latency_p99_ns, bucket.latency_max_ns);
  }
  EXPECT_EQ(offered, run.counts.offered);
  EXPECT_GE(delivered, run.counts.delivered);
  EXPECT_LE(run.series.buckets.size(), 61U);
}

TEST(Record, KnowsItsInputs) {
  const Outcome outcome = outcome_of("robots/data-request.yaml", "phase2");
  const auto find = [&](std::string_view end) {
    return std::find_if(outcome.inputs.begin(), outcome.inputs.end(),
                        [&](const InputFile& file) { return file.path.ends_with(end); });
  };
  const auto transport = find("phase2/postfix/filter-int/transport");
  ASSERT_NE(transport, outcome.inputs.end());
  EXPECT_THAT(transport->hosts, Not(IsEmpty()));
  EXPECT_THAT(transport->rule_lines, Contains(2));
  EXPECT_EQ(transport->sha256.size(), 64U);
  // Every line that decided is one that could: else a total would be over a hundred per cent.
  for (const auto& [place, count] : outcome.scenarios.front().lines) {
    const std::size_t colon = place.rfind(':');
    const auto file = find(place.substr(0, colon));
    ASSERT_NE(file, outcome.inputs.end()) << place;
    EXPECT_THAT(file->rule_lines, Contains(std::stoi(place.substr(colon + 1)))) << place;
  }
  EXPECT_NE(find("robots/data-request.yaml"), outcome.inputs.end());
  EXPECT_EQ(find("/phase1/world.yaml"), outcome.inputs.end()) << "phase1 was not run";
  ASSERT_THAT(outcome.worlds, SizeIs(1));
  EXPECT_EQ(outcome.worlds.front().name, "phase2");
  EXPECT_FALSE(outcome.record.versions.at("ldns").empty());
}

// A parameter decides itself or through the tables that it names; one that only describes the host does not.
TEST(Record, KnowsWhichParametersCanDecide) {
  const Outcome outcome = outcome_of("robots/data-request.yaml", "phase2");
  const std::string folder = outcome.worlds.empty() ? "" : "phase2/postfix/int-mx/";
  const auto main = std::find_if(outcome.inputs.begin(), outcome.inputs.end(),
                                 [&](const InputFile& file) { return file.path.ends_with(folder + "main.cf"); });
  ASSERT_NE(main, outcome.inputs.end());
  std::map<std::string, int> line_of;
  int number = 0;
  std::istringstream lines(main->text);
  for (std::string line; std::getline(lines, line);) line_of[line.substr(0, line.find_first_of(" ="))] = ++number;
  for (const char* name : {"virtual_transport", "virtual_alias_maps", "smtpd_recipient_restrictions"}) {
    EXPECT_THAT(main->rule_lines, Contains(line_of.at(name))) << name;
  }
  for (const char* name : {"myhostname", "mynetworks", "biff", "alias_maps"}) {
    EXPECT_THAT(main->rule_lines, Not(Contains(line_of.at(name)))) << name;
  }
  const auto names = [&](const char* parameter, const std::string& table) {
    return std::any_of(main->uses.begin(), main->uses.end(), [&](const LineUse& use) {
      return use.line == line_of.at(parameter) && use.path.ends_with(folder + table);
    });
  };
  EXPECT_TRUE(names("virtual_alias_maps", "virtual"));
  EXPECT_FALSE(names("virtual_mailbox_maps", "virtual"));
  EXPECT_TRUE(names("smtpd_client_restrictions", "clients.cidr"));
}

TEST(Record, IsTheSameForTheSameInputs) {
  const Outcome one = outcome_of("faults/greylisting.yaml", "phase2");
  const Outcome two = outcome_of("faults/greylisting.yaml", "phase2");
  const MessageStory& a = one.scenarios.front().stories.front();
  const MessageStory& b = two.scenarios.front().stories.front();
  ASSERT_EQ(a.events.size(), b.events.size());
  for (std::size_t index = 0; index < a.events.size(); ++index) EXPECT_EQ(a.events[index].at_ns, b.events[index].at_ns);
  EXPECT_EQ(one.scenarios.front().lines, two.scenarios.front().lines);
  EXPECT_GT(one.scenarios.front().series.bucket_ns, 0) << "what was refused for a time is worth a plot";
}

TEST(Record, CostsNothingWhereNobodyWantsIt) {
  const Outcome outcome = outcome_of("robots/data-request.yaml", "phase2", false);
  const ScenarioResult& run = outcome.scenarios.front();
  EXPECT_THAT(run.stories, IsEmpty());
  EXPECT_THAT(run.flow, IsEmpty());
  EXPECT_THAT(outcome.inputs, IsEmpty());
}

}  // namespace
}  // namespace watershed::harness
