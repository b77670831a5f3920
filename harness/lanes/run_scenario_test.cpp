// A run rests on every configuration that its hosts had, on those that steps brought as well.
#include "harness/lanes/run_scenario.hpp"

#include "base/test_files.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace watershed::harness {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class RunScenarioTest : public ::testing::Test {
 protected:
  RunScenarioTest() {
    write("dns/w.zone",
          "$ORIGIN example.\n$TTL 300\n@ IN SOA ns.example. host.example. 1 1 1 1 300\n@ IN NS ns\n"
          "ns IN A 192.0.2.53\n");
    write("spam.yaml", "version: 1\nrules: []\n");
    for (const char* name : {"before", "after"}) folder(name, "");
    write("change.yaml", R"(version: 1
scenario: A host is given another folder while it runs.
requirements: [OPS-1]
worlds: [w]
steps:
  - configure: { host: mx.example, router: after }
expect:
  - world: { queue_empty: all }
)");
  }
  void write(const std::string& name, const std::string& text) { files_.write(name, text); }

  void folder(const std::string& name, const std::string& settings) {
    write(name + "/main.cf", "compatibility_level = 3.6\nmynetworks = 127.0.0.0/8\n" + settings);
    write(name + "/master.cf", "smtp inet n - n - - smtpd\nsmtp unix - - n - - smtp\n");
  }

  ScenarioResult run(const std::string& host_keys = "", const std::string& waivers = "") {
    write("world.yaml", R"(version: 1
world: w
zones:
  inside: { carries: [verification] }
  internet: { external: true }
dns: dns/w.zone
hosts:
  mx.example: { zone: inside, address: 192.0.2.25, router: before)" +
                            host_keys + R"( }
  out.example: { zone: internet, address: 198.51.100.1, mta: {} }
)" + waivers);
    const auto world = load_world(folder_, "worlds/w");
    if (!world) {
      ADD_FAILURE() << render(world.error());
      return {};
    }
    const auto scenario = read_scenario(folder_ / "change.yaml", "change.yaml", folder_);
    if (!scenario) {
      ADD_FAILURE() << render(scenario.error());
      return {};
    }
    return run_scenario(*scenario, *world, {}, {});
  }

  TestFiles files_;
  const fs::path& folder_ = files_.path();
};

TEST_F(RunScenarioTest, AFolderThatIsUnderstoodPasses) { EXPECT_EQ(run().verdict, Verdict::passed); }

TEST_F(RunScenarioTest, AFolderThatAStepBringsMakesTheVerdictInconclusiveToo) {
  folder("after", "smtpd_proxy_filter = inet:127.0.0.1:10025\n");
  const ScenarioResult result = run();
  EXPECT_EQ(result.verdict, Verdict::inconclusive);
  EXPECT_THAT(result.not_understood,
              ElementsAre(AllOf(Field(&NotUnderstoodLine::place, "worlds/w/after/main.cf:3"),
                                Field(&NotUnderstoodLine::text, HasSubstr("smtpd_proxy_filter")))));
}

TEST_F(RunScenarioTest, AMilterThatAStepBringsAndNothingStandsForIsNotUnderstood) {
  folder("after", "smtpd_milters = unix:a, unix:b\n");
  EXPECT_THAT(run(", spam_filter: spam.yaml").not_understood,
              ElementsAre(Field(&NotUnderstoodLine::text, HasSubstr("milter unix:b: "))));
}

TEST_F(RunScenarioTest, WhatAStepBringsMayBeWaived) {
  folder("after", "smtpd_proxy_filter = inet:127.0.0.1:10025\n");
  const ScenarioResult result = run("", "waive: [ { at: \"after/main.cf:3\", because: not of this run } ]\n");
  EXPECT_EQ(result.verdict, Verdict::passed);
  EXPECT_THAT(result.not_understood, IsEmpty());
}

TEST_F(RunScenarioTest, ALineOfSuchAFolderThatIsUnderstoodNeedsNoWaiver) {
  run();
  std::ofstream(folder_ / "world.yaml", std::ios::app) << "waive: [ { at: \"after/main.cf:1\", because: x } ]\n";
  const auto world = load_world(folder_, "worlds/w");
  ASSERT_FALSE(world);
  EXPECT_THAT(render(world.error()), HasSubstr("needs a waiver"));
}

class UnknownDomainTest : public RunScenarioTest {
 protected:
  UnknownDomainTest() {
    write("note.eml", "From: op@out.example\r\nTo: a@far.example\r\nSubject: note\r\n\r\nHello.\r\n");
    write("change.yaml", R"(version: 1
scenario: A router passes mail on, with a copy for an archive.
requirements: [OPS-1]
worlds: [w]
steps:
  - send: { id: note, class: verification, from: op@out.example, to: a@far.example, message: note.eml }
expect:
  - note: { delivered: { to: a@far.example, times: 1 } }
)");
  }

  ScenarioResult run_with_copy_to(const std::string& archive, const std::string& more_zones = "") {
    write("dns/w.zone",
          "$ORIGIN example.\n$TTL 300\n@ IN SOA ns.example. host.example. 1 1 1 1 300\n@ IN NS ns\n"
          "ns IN A 192.0.2.53\nmx IN A 192.0.2.25\nout IN A 198.51.100.1\nfar IN MX 10 mx\n" +
              more_zones);
    folder("before",
           "relay_domains = far.example\ntransport_maps = inline:{ {far.example = smtp:[198.51.100.2]} }\n"
           "always_bcc = " +
               archive + "\n");
    return run(R"( }
  far.example: { zone: internet, address: 198.51.100.2, mta: {})");
  }
};

TEST_F(UnknownDomainTest, ACopyForADomainInNoZoneMakesTheVerdictInconclusive) {
  const ScenarioResult result = run_with_copy_to("archive@tenant.test");
  EXPECT_EQ(result.verdict, Verdict::inconclusive);
  EXPECT_THAT(result.findings,
              ElementsAre(Field(&Finding::sentence, HasSubstr("tenant.test is in no zone of world w"))));
}

TEST_F(UnknownDomainTest, ADomainThatAZoneDoesNotHaveDoesNotExist) {
  EXPECT_EQ(run_with_copy_to("archive@tenant.example").verdict, Verdict::passed);
  const std::string nothing_below = "$ORIGIN test.\n@ IN SOA ns.example. host.example. 1 1 1 1 300\n";
  EXPECT_EQ(run_with_copy_to("archive@tenant.test", nothing_below).verdict, Verdict::passed);
}

}  // namespace
}  // namespace watershed::harness
