// Worlds are read strictly, changes apply exactly, and a zone is compared byte for byte.
#include "harness/world/world.hpp"

#include "base/test_files.hpp"
#include "harness/suite/suite.hpp"
#include "harness/world/changed_folder.hpp"
#include "harness/world/compare.hpp"
#include "harness/world/mailboxes_file.hpp"
#include "harness/world/spam_file.hpp"
#include "harness/yaml/shape_check.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace watershed::harness {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class WorldTest : public ::testing::Test {
 protected:
  WorldTest() {
    write(
        "dns/w.zone",
        "$ORIGIN example.\n$TTL 300\n@ IN SOA ns.example. host.example. 1 1 1 1 300\n@ IN NS ns\nns IN A 192.0.2.53\n");
    write("spam.yaml", "version: 1\nrules: []\n");
  }
  void write(const std::string& name, const std::string& text) { files_.write(name, text); }

  std::string errors(const std::string& yaml) {
    write("world.yaml", yaml);
    const auto world = load_world(folder_, "worlds/w");
    if (world) return {};
    const Diagnostics diagnostics = world.error();
    return render(diagnostics);
  }

  TestFiles files_;
  const fs::path& folder_ = files_.path();
};

const std::string good = R"(version: 1
world: w
zones:
  inside: { carries: [verification] }
  internet: { external: true }
dns: dns/w.zone
hosts:
  mx.example: { zone: inside, address: 192.0.2.25, spam_filter: spam.yaml }
  out.example: { zone: internet, address: 198.51.100.1, mta: {} }
)";

TEST_F(WorldTest, AGoodWorldLoads) { EXPECT_EQ(errors(good), ""); }

TEST_F(WorldTest, WhatIsWrongIsNamedWithItsPlace) {
  const auto with = [](std::string from, std::string to) {
    std::string yaml = good;
    yaml.replace(yaml.find(from), from.size(), to);
    return yaml;
  };
  EXPECT_THAT(errors(with("zone: inside", "zone: insde")), HasSubstr("worlds/w/world.yaml:8:"));
  EXPECT_THAT(errors(with("zone: inside", "zone: insde")), HasSubstr("did you mean 'inside'"));
  EXPECT_THAT(errors(with("198.51.100.1", "192.0.2.25")), HasSubstr("already mx.example's"));
  EXPECT_THAT(errors(with("198.51.100.1", "192.0.2.53")), HasSubstr("DNS stub"));
  EXPECT_THAT(errors(with("spam.yaml", "none.yaml")), HasSubstr("none.yaml"));
  EXPECT_THAT(errors(with("dns/w.zone", "dns/none.zone")), HasSubstr("dns/none.zone"));
  EXPECT_THAT(errors(with("mta: {}", "mta: {}, router: postfix")), HasSubstr("router"));
  EXPECT_THAT(errors(with("external: true", "external: true, carries: [x]")), HasSubstr("carries"));
  EXPECT_THAT(errors(good + "waive: [ { at: \"postfix/main.cf:1\", because: x } ]\n"), HasSubstr("needs a waiver"));
  EXPECT_THAT(errors(good + "bridges: [liaison]\n"), HasSubstr("liaison"));
}

Change change(std::string file, std::string find, std::string replace) {
  Change made;
  made.file = std::move(file);
  made.find = std::move(find);
  made.replace = std::move(replace);
  return made;
}

TEST_F(WorldTest, ChangesApplyToACopyAndExactlyOnce) {
  write("a.txt", "one\ntwo\ntwo\n");
  const auto apply = [&](Change made) { return apply_changes(folder_, std::span(&made, 1)); };
  const auto changed = apply(change("a.txt", "one", "1"));
  ASSERT_TRUE(changed);
  std::ifstream in((*changed)->path() / "a.txt");
  std::string text(std::istreambuf_iterator<char>(in), {});
  EXPECT_EQ(text, "1\ntwo\ntwo\n");
  std::ifstream original(folder_ / "a.txt");
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(original), {}), "one\ntwo\ntwo\n");
  EXPECT_FALSE(apply(change("a.txt", "two", "2"))) << "occurs twice";
  EXPECT_FALSE(apply(change("a.txt", "three", "3"))) << "does not occur";
  EXPECT_FALSE(apply(change("../a.txt", "one", "1"))) << "outside the folder";
  Change line;
  line.file = "a.txt";
  line.line = 9;
  EXPECT_FALSE(apply(line)) << "no such line";
}

TEST_F(WorldTest, AZoneIsComparedByteForByte) {
  ASSERT_EQ(errors(good), "");
  const auto before = load_world(folder_, "a");
  const auto same = load_world(folder_, "b");
  EXPECT_THAT(zone_differences((*before)->spec, (*same)->spec, "inside"), IsEmpty());
  const Change made = change("spam.yaml", "rules: []", "rules:   []");
  const auto after = load_world(folder_, "c", std::span(&made, 1));
  ASSERT_TRUE(after);
  EXPECT_THAT(zone_differences((*before)->spec, (*after)->spec, "inside"),
              ::testing::ElementsAre(HasSubstr("spam.yaml has changed")));
  EXPECT_THAT(zone_differences((*before)->spec, (*same)->spec, "nowhere"),
              ::testing::ElementsAre(HasSubstr("no host to compare")));
}

TEST_F(WorldTest, AMilterThatNothingStandsForIsNotUnderstood) {
  const auto lines = [&](const std::string& keys, const std::string& main, const std::string& master = "") {
    write("pf/main.cf", main + "mynetworks = 127.0.0.0/8\n");
    write("pf/master.cf", "smtp inet n - n - - smtpd\n" + master);
    std::string yaml = good;
    yaml.replace(yaml.find("spam_filter: spam.yaml"), 22, "router: pf" + keys);
    EXPECT_EQ(errors(yaml), "");
    std::vector<std::string> found;
    const auto world = load_world(folder_, "worlds/w");
    if (!world) return found;
    for (const NotUnderstoodLine& line : (*world)->not_understood) found.push_back(line.place + ": " + line.text);
    return found;
  };
  const std::string with_filter = ", spam_filter: spam.yaml";
  EXPECT_THAT(lines(with_filter, "smtpd_milters = unix:a\nnon_smtpd_milters = $smtpd_milters\n"), IsEmpty());
  EXPECT_THAT(lines(with_filter, "smtpd_milters = unix:a, inet:b:1\n"),
              ElementsAre(AllOf(HasSubstr("pf/main.cf:1: milter inet:b:1: "), HasSubstr("stands for another"))));
  EXPECT_THAT(lines("", "smtpd_milters = unix:a\n"),
              ElementsAre(AllOf(HasSubstr("pf/main.cf:1: milter unix:a: "), HasSubstr("no filter"))));
  EXPECT_THAT(lines("", "smtpd_milters = unix:a\nreceive_override_options = no_milters\n"), IsEmpty());
  EXPECT_THAT(lines("", "\n", "26 inet n - n - - smtpd\n  -o smtpd_milters=unix:c\n"),
              ElementsAre(HasSubstr("pf/master.cf:2: milter unix:c: ")));
}

TEST(Shapes, ExamplesAndDefaultsAreTrue) {
  EXPECT_THAT(yaml::shape_problems(world_shape()), IsEmpty());
  EXPECT_THAT(yaml::shape_problems(scenario_shape()), IsEmpty());
  EXPECT_THAT(yaml::shape_problems(requirements_shape()), IsEmpty());
  EXPECT_THAT(yaml::shape_problems(mailboxes_file_shape()), IsEmpty());
  EXPECT_THAT(yaml::shape_problems(spam_file_shape()), IsEmpty());
}

TEST_F(WorldTest, ViewsShowOtherZonesToTheHostsTheyName) {
  write("dns/stale.zone", "$ORIGIN example.\n$TTL 300\n@ IN SOA ns.example. host.example. 1 1 1 1 300\n");
  const auto with_view = [&](const std::string& view) {
    std::string yaml = good;
    yaml.replace(yaml.find("dns: dns/w.zone"), 15, "dns: { zones: dns/w.zone, views: { old: " + view + " } }");
    return yaml;
  };
  EXPECT_EQ(errors(with_view("{ seen_by: [internet, mx.example], zones: dns/stale.zone }")), "");
  const auto world = load_world(folder_, "worlds/w");
  ASSERT_TRUE(world);
  ASSERT_EQ((*world)->dns_views.size(), 1U);
  EXPECT_EQ((*world)->dns_views[0].clients.size(), 2U);
  EXPECT_EQ((*world)->dns_views[0].zones.records.size(), 1U);

  EXPECT_THAT(errors(with_view("{ seen_by: intrnet, zones: dns/stale.zone }")),
              AllOf(HasSubstr("worlds/w/world.yaml:6:"), HasSubstr("did you mean 'internet'?")));
  EXPECT_THAT(errors(with_view("{ seen_by: internet, zones: dns/none.zone }")), HasSubstr("dns/none.zone"));
}

}  // namespace
}  // namespace watershed::harness
